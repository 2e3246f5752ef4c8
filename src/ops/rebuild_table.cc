#include "ops/rebuild_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/table_copy.h"

namespace segue::ops {
namespace {

class RebuildTable : public WithSpec<RebuildTableSpec> {
 public:
  explicit RebuildTable(RebuildTableSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "rebuild_table"; }
  void Plan(PlanContext& context) const override;

 private:
  Error Refused(const std::string& reason) const;
  void RefuseForeign(const db::Capabilities& can) const;
  void RefuseTraits(const TableWork& work) const;
  std::vector<std::string> Order(const schema::Table& live) const;
  std::vector<std::string> Walk(const TableWork& work) const;
};

Error RebuildTable::Refused(const std::string& reason) const {
  return {ErrorKind::kRefused,
          fmt::format("rebuild_table '{}': {}", spec_.table, reason)};
}

void RebuildTable::RefuseForeign(const db::Capabilities& can) const {
  if (spec_.foreign_keys.empty()) return;
  throw Refused(fmt::format("{}: a table of {} has nothing of that name",
                            base::Join(spec_.foreign_keys, ", "), can.name))
      .WithHint("leave it out");
}

void RebuildTable::RefuseTraits(const TableWork& work) const {
  const plan::TableTraits& traits = spec_.traits;
  std::vector<std::string> given;
  if (!traits.parameters.empty()) given.push_back("storage_parameters");
  if (!traits.tablespace.empty()) given.push_back("tablespace");
  if (!traits.columns.empty()) given.push_back("columns");
  if (!spec_.cluster_by.empty()) given.push_back("cluster_by");
  if (!given.empty() && !work.capabilities().table_storage) {
    throw Refused(fmt::format("{}: {} stores every table in its one way",
                              base::Join(given, ", "),
                              work.capabilities().name))
        .WithHint("leave it out");
  }
  for (const plan::TableTraits::Column& column : traits.columns) {
    schema::RequireColumn(work.live(), column.name);
  }
}

std::vector<std::string> RebuildTable::Order(const schema::Table& live) const {
  const std::vector<std::string> all = live.ColumnNames();
  if (spec_.column_order.empty()) return all;
  std::set<std::string> named;
  for (const std::string& name : spec_.column_order) {
    schema::RequireColumn(live, name);
    if (!named.insert(name).second) {
      throw Refused(fmt::format("column_order names '{}' twice", name));
    }
  }
  std::vector<std::string> missing;
  for (const std::string& name : all) {
    if (named.count(name) == 0) missing.push_back("'" + name + "'");
  }
  if (missing.empty()) return spec_.column_order;
  throw Refused(
      fmt::format("column_order leaves out {}", base::Join(missing, ", ")))
      .WithHint("name every column once");
}

bool LeadsWith(const schema::Index& index,
               const std::vector<std::string>& columns) {
  if (!index.valid || !index.predicate.empty() ||
      index.columns.size() < columns.size()) {
    return false;
  }
  return std::equal(
      columns.begin(), columns.end(), index.columns.begin(),
      [](const std::string& name, const schema::IndexColumn& part) {
        return part.name == name && !part.descending &&
               part.collation.empty() && part.opclass.empty();
      });
}

// The rows are read by an index, chunk by chunk, and stored as they come. A
// chunk ends at a row that no other equals, so that the key follows.
std::vector<std::string> RebuildTable::Walk(const TableWork& work) const {
  if (spec_.cluster_by.empty()) return {};
  const schema::Table& live = work.live();
  for (const std::string& name : spec_.cluster_by) {
    if (!schema::RequireColumn(live, name).nullable) continue;
    throw Refused(fmt::format("cluster_by: column '{}' takes NULL, which has "
                              "no place among the values by which the rows are "
                              "walked",
                              name))
        .WithHint("make it NOT NULL first, or leave it out");
  }
  const bool indexed = std::any_of(
      live.indexes.begin(), live.indexes.end(),
      [&](const auto& index) { return LeadsWith(index, spec_.cluster_by); });
  if (!indexed) {
    throw Refused(
        "cluster_by: no index over all rows begins with these "
        "columns in ascending order, so that each chunk would sort "
        "the table")
        .WithHint("create such an index first");
  }
  std::vector<std::string> walk = spec_.cluster_by;
  for (const std::string& name : live.WalkKey()) {
    if (std::find(walk.begin(), walk.end(), name) == walk.end()) {
      walk.push_back(name);
    }
  }
  return walk;
}

void RebuildTable::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  RefuseForeign(context.capabilities());
  RefuseTraits(work);
  RefuseUncopyable(work);
  CopyRequest request{spec_.traits, Order(work.live()), Walk(work)};
  if (request.columns != work.live().ColumnNames()) {
    work.Note(Phase::kExpanding,
              "SELECT * and INSERT without a list of columns get the new order "
              "with the contract");
    std::vector<schema::Column> columns;
    for (const std::string& column : request.columns) {
      columns.push_back(schema::RequireColumn(work.shape(), column));
    }
    work.shape().columns = std::move(columns);
  }
  if (!request.walk.empty()) {
    work.Note(Phase::kMigrating,
              "the rows are copied in the order of " +
                  base::Join(request.walk, ", ") +
                  "; with several workers in that order within each range, and "
                  "later writes go where there is room");
  }
  PlanTableCopy(work, request);
}

std::string OneOf(const base::Node& map, const Reader& reader,
                  const std::string& key,
                  const std::vector<std::string>& allowed) {
  const std::string text =
      base::ToLower(reader.OptionalString(key).value_or(""));
  const bool known = text.empty() || std::find(allowed.begin(), allowed.end(),
                                               text) != allowed.end();
  if (known) return text;
  throw UsageError(*map.Find(key), fmt::format("'{}' is none of {}", text,
                                               base::Join(allowed, ", ")));
}

bool ConsistsOf(std::string_view text, std::string_view signs) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [&](const char c) {
           const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
           return letter || signs.find(c) != std::string_view::npos;
         });
}

std::vector<plan::TableTraits::Column> ColumnTraits(const Reader& reader) {
  std::vector<plan::TableTraits::Column> columns;
  const base::Node* map = reader.OptionalMap("columns");
  if (map == nullptr) return columns;
  for (const auto& [name, node] : map->entries) {
    const Reader inner(node, {"storage", "compression"});
    columns.push_back(
        {name,
         OneOf(node, inner, "storage",
               {"plain", "external", "extended", "main"}),
         OneOf(node, inner, "compression", {"pglz", "lz4", "default"})});
    if (columns.back().storage.empty() && columns.back().compression.empty()) {
      throw UsageError(node, "neither storage nor compression is given");
    }
  }
  return columns;
}

}  // namespace

// The text has nothing else, so that it cannot end the clause that it will
// stand in.
std::vector<plan::TableTraits::Parameter> ParametersOf(
    const std::string& text) {
  std::vector<plan::TableTraits::Parameter> parameters;
  if (base::Trim(text).empty()) return parameters;
  for (const std::string& part : base::Split(text, ',')) {
    const std::size_t sign = std::min(part.find('='), part.size());
    const std::string name = base::ToLower(base::Trim(part.substr(0, sign)));
    std::string value =
        base::ToLower(base::Trim(part.substr(std::min(sign + 1, part.size()))));
    if (value.size() > 1 && value.front() == '\'' && value.back() == '\'') {
      value = value.substr(1, value.size() - 2);
    }
    if (!ConsistsOf(name, "_.") || !ConsistsOf(value, "_.+-")) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("'{}' is not of the form name = value",
                              base::Trim(part)));
    }
    parameters.push_back({name, value});
  }
  return parameters;
}

NewOperation MakeRebuildTable(RebuildTableSpec spec) {
  return std::make_shared<RebuildTable>(std::move(spec));
}

NewOperation ParseRebuildTable(const base::Node& body) {
  const std::vector<std::string> foreign = {"charset", "collation",
                                            "row_format"};
  std::vector<std::string> keys = {"table",        "storage_parameters",
                                   "tablespace",   "columns",
                                   "column_order", "cluster_by"};
  keys.insert(keys.end(), foreign.begin(), foreign.end());
  const Reader reader(body, keys);
  RebuildTableSpec spec;
  spec.table = reader.RequiredString("table");
  try {
    spec.traits.parameters =
        ParametersOf(reader.OptionalSql("storage_parameters").value_or(""));
  } catch (const Error& error) {
    throw UsageError(*body.Find("storage_parameters"), error.what());
  }
  spec.traits.tablespace = reader.OptionalString("tablespace").value_or("");
  spec.traits.columns = ColumnTraits(reader);
  spec.column_order = ColumnNames(reader.OptionalList("column_order"));
  spec.cluster_by = ColumnNames(reader.OptionalList("cluster_by"));
  for (const std::string& key : foreign) {
    if (reader.Has(key)) spec.foreign_keys.push_back(key);
  }
  return MakeRebuildTable(std::move(spec));
}

}  // namespace segue::ops
