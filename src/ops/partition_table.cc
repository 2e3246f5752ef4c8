#include "ops/partition_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/partitioning.h"
#include "planning/table_copy.h"

namespace segue::ops {
namespace {

using Part = plan::Partitioning::Part;
using Method = plan::Partitioning::Method;

class PartitionTable : public WithSpec<PartitionTableSpec> {
 public:
  explicit PartitionTable(PartitionTableSpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return "partition_table"; }
  void Plan(PlanContext& context) const override;

 private:
  Error Refused(const std::string& reason) const;
  void RefuseContext(const TableWork& work) const;
  plan::Partitioning WithRanges(TableWork& work) const;
  void RefuseForm(const plan::Partitioning& how) const;
  void RefuseNames(TableWork& work, const plan::Partitioning& how) const;
};

Error PartitionTable::Refused(const std::string& reason) const {
  return {ErrorKind::kRefused,
          fmt::format("partition_table '{}': {}", spec_.table, reason)};
}

void PartitionTable::RefuseContext(const TableWork& work) const {
  if (!work.capabilities().partitions) {
    throw Refused(
        fmt::format("{} has no partitioned tables", work.capabilities().name));
  }
}

plan::Partitioning PartitionTable::WithRanges(TableWork& work) const {
  plan::Partitioning how = spec_.how;
  if (spec_.interval.empty()) return how;
  if (!IsRangeLength(spec_.interval)) {
    throw Refused("'" + spec_.interval + "' is no length of a range");
  }
  const bool only_default =
      std::all_of(how.parts.begin(), how.parts.end(),
                  [](const Part& part) { return part.is_default; });
  if (how.method != Method::kRange || how.columns.size() != 1 ||
      !only_default) {
    throw Refused(
        "an interval is for a range of one column, and in place of "
        "partitions");
  }
  schema::RequireColumn(work.live(), how.columns[0]);
  const db::Answer& answer = work.context().Ask(db::RangesQuestion{
      work.live().name, how.columns[0], spec_.interval, spec_.ahead});
  if (!answer.error.empty()) {
    throw Refused("interval: " + answer.error)
        .WithHint("write the partitions with 'from' and 'to'");
  }
  how.parts.insert(how.parts.begin(), answer.ranges.begin(),
                   answer.ranges.end());
  if (answer.ranges.empty()) return how;
  work.Note(Phase::kExpanding,
            fmt::format("{} of {}, from {} to {}; later ones are not made by "
                        "themselves",
                        base::CountOf(std::ssize(answer.ranges), "partition"),
                        spec_.interval, answer.ranges.front().from.at(0),
                        answer.ranges.back().to.at(0)));
  return how;
}

// While both versions are live, a row that no partition takes would make a
// write of the application fail.
void PartitionTable::RefuseForm(const plan::Partitioning& how) const {
  const bool hash = how.method == Method::kHash;
  const bool has_default = !how.parts.empty() && how.parts.back().is_default;
  if (how.columns.empty()) throw Refused("the key has no column");
  if (how.method == Method::kList && how.columns.size() != 1) {
    throw Refused("by list, the key is one column");
  }
  if (how.parts.empty()) throw Refused("it would have no partition");
  if (hash && has_default) {
    throw Refused("by hash, each row has a partition, and there is no default");
  }
  if (!hash && !has_default) {
    throw Refused(
        "'default' is missing: the name of a partition for the rows that no "
        "other takes, whose writes would fail without it");
  }
  if (how.method != Method::kRange) return;
  for (const Part& part : how.parts) {
    const auto columns = part.is_default ? 0 : std::ssize(how.columns);
    if (std::ssize(part.from) == columns && std::ssize(part.to) == columns) {
      continue;
    }
    throw Refused(
        fmt::format("'from' and 'to' of partition '{}' need {}, one "
                    "for each column of the key",
                    part.name, base::CountOf(columns, "value")));
  }
}

void PartitionTable::RefuseNames(TableWork& work,
                                 const plan::Partitioning& how) const {
  std::set<std::string> names;
  for (const Part& part : how.parts) {
    if (!names.insert(part.name).second) {
      throw Refused(fmt::format("two partitions are called '{}'", part.name));
    }
    if (part.name.size() > work.capabilities().max_identifier) {
      throw Refused(
          fmt::format("the name of partition '{}' has more than {} "
                      "bytes",
                      part.name, work.capabilities().max_identifier));
    }
    const db::Answer& answer = work.context().Ask(
        db::NameQuestion{{work.live().name.schema, part.name}});
    if (!answer.error.empty()) throw Refused(answer.error);
  }
}

void PartitionTable::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  RefuseContext(work);
  RefuseUncopyable(work);
  const plan::Partitioning how = WithRanges(work);
  RefuseForm(how);
  RefuseNames(work, how);
  CopyRequest request;
  request.columns = work.live().ColumnNames();
  request.partitions = PlanPartitions(work, how);
  PlanTableCopy(work, request);
}

// --- the file ---

// Reads a value, or a list of values.
std::vector<std::string> Values(const base::Node& part, const char* key) {
  const base::Node* given = part.Find(key);
  if (given == nullptr || given->is_null()) {
    throw UsageError(part, fmt::format("'{}' is missing", key));
  }
  std::vector<std::string> values;
  const auto add = [&](const base::Node& node) {
    if (!node.is_scalar()) throw UsageError(node, "a value is expected");
    values.push_back(node.scalar);
  };
  if (given->is_list()) {
    for (const base::Node& node : given->items) add(node);
  } else {
    add(*given);
  }
  if (values.empty()) throw UsageError(*given, "must not be empty");
  return values;
}

Part ReadPart(const base::Node& node, Method method) {
  Part part;
  if (method == Method::kHash) {
    if (!node.is_scalar() || node.scalar.empty()) {
      throw UsageError(node, "by hash, a partition is a name");
    }
    part.name = node.scalar;
    return part;
  }
  const bool range = method == Method::kRange;
  const Reader reader(node, range
                                ? std::vector<std::string>{"name", "from", "to"}
                                : std::vector<std::string>{"name", "values"});
  part.name = reader.RequiredString("name");
  if (range) {
    part.from = Values(node, "from");
    part.to = Values(node, "to");
  } else {
    part.values = Values(node, "values");
  }
  return part;
}

void ReadInterval(const base::Node& body, const Reader& reader,
                  PartitionTableSpec& spec) {
  const auto interval = reader.OptionalSql("interval");
  spec.ahead = reader.OptionalCount("ahead").value_or(spec.ahead);
  if (!interval) {
    if (!reader.Has("ahead")) return;
    throw UsageError(*body.Find("ahead"), "is for an 'interval'");
  }
  spec.interval = base::ToLower(*interval);
  if (IsRangeLength(spec.interval)) return;
  throw UsageError(*body.Find("interval"),
                   fmt::format("'{}' is none as '1 month', '7 days', '1 hour' "
                               "or '1000000'",
                               *interval));
}

Method MethodOf(const base::Node& body, const Reader& reader) {
  const std::string by = base::ToLower(reader.RequiredString("by"));
  if (by == "range") return Method::kRange;
  if (by == "list") return Method::kList;
  if (by == "hash") return Method::kHash;
  throw UsageError(*body.Find("by"),
                   fmt::format("'{}' is none of range, list, hash", by));
}

}  // namespace

NewOperation MakePartitionTable(PartitionTableSpec spec) {
  return std::make_shared<PartitionTable>(std::move(spec));
}

NewOperation ParsePartitionTable(const base::Node& body) {
  const Reader reader(body, {"table", "by", "key", "partitions", "default",
                             "interval", "ahead"});
  PartitionTableSpec spec;
  spec.table = reader.RequiredString("table");
  spec.how.method = MethodOf(body, reader);
  spec.how.columns = ColumnNames(&reader.RequiredList("key"));
  ReadInterval(body, reader, spec);
  const base::Node* parts = spec.interval.empty()
                                ? &reader.RequiredList("partitions")
                                : reader.OptionalList("partitions");
  if (parts != nullptr) {
    for (const base::Node& node : parts->items) {
      spec.how.parts.push_back(ReadPart(node, spec.how.method));
    }
  }
  if (const auto name = reader.OptionalString("default")) {
    spec.how.parts.push_back({*name, true});
  }
  return MakePartitionTable(std::move(spec));
}

}  // namespace segue::ops
