#include "ops/drop_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/key_reference.h"
#include "planning/seal.h"

namespace segue::ops {
namespace {

std::vector<std::string> IndexNames(const schema::Table& table) {
  std::vector<std::string> names;
  for (const schema::Index& index : table.indexes) names.push_back(index.name);
  return names;
}

Error NoSuchIndex(const std::string& name, const std::string& where,
                  const std::vector<std::string>& names) {
  Error error(ErrorKind::kNotFound,
              fmt::format("no index '{}' {}; there {}", name, where,
                          names.empty() ? "is none"
                                        : "are: " + base::Join(names, ", ")));
  const std::string nearest(base::Nearest(name, names));
  if (!nearest.empty())
    error.WithHint(fmt::format("did you mean '{}'?", nearest));
  return error;
}

// Returns the columns of a unique index, sorted; empty when no foreign key can
// refer to it.
std::vector<std::string> KeyOf(const schema::Index& index) {
  std::vector<std::string> columns;
  if (!index.unique || !index.predicate.empty()) return {};
  for (const schema::IndexColumn& part : index.columns) {
    if (part.name.empty()) return {};
    columns.push_back(part.name);
  }
  std::sort(columns.begin(), columns.end());
  return columns;
}

// For a database that does not say which index a foreign key relies on: returns
// the keys that refer to exactly the index's columns, unless another index
// serves them too.
std::vector<std::string> RelyingKeys(const schema::Table& table,
                                     const schema::Index& index) {
  if (!index.referenced_by.empty()) return index.referenced_by;
  const std::vector<std::string> key = KeyOf(index);
  const auto serves = [&](const schema::Index& other) {
    return other.name != index.name && KeyOf(other) == key;
  };
  if (key.empty() ||
      std::any_of(table.indexes.begin(), table.indexes.end(), serves)) {
    return {};
  }
  std::map<std::string, std::vector<std::string>> pointing;
  for (const schema::Dependent& dependent : table.dependents) {
    if (dependent.kind != "foreign key") continue;
    pointing[dependent.ToString()].push_back(dependent.column);
  }
  std::vector<std::string> names;
  for (auto& [name, columns] : pointing) {
    std::sort(columns.begin(), columns.end());
    if (columns == key) names.push_back(name);
  }
  return names;
}

// Returns the foreign keys that rely on the index and that this migration adds.
std::vector<std::string> AddedKeys(const schema::Schema& schema,
                                   const schema::Table& table,
                                   const schema::Index& index) {
  schema::Constraint key;
  key.columns = KeyOf(index);
  const auto serves = [&](const schema::Index& other) {
    return other.name != index.name && KeyOf(other) == key.columns;
  };
  if (key.columns.empty() ||
      std::any_of(table.indexes.begin(), table.indexes.end(), serves)) {
    return {};
  }
  return ReliesOn(schema, table, key);
}

// Why an index cannot be dropped by itself, and what to do instead.
struct Hold {
  std::string reason;  // empty: nothing prevents it
  std::string hint;
};

Hold HoldOn(const schema::Schema& schema, const schema::Table& table,
            const schema::Index& index) {
  if (index.primary) {
    return {"it is the primary key's", "the primary key needs it"};
  }
  if (!index.constraint.empty()) {
    return {fmt::format("it backs the constraint '{}'", index.constraint),
            "drop the constraint instead, with drop_constraint"};
  }
  std::vector<std::string> keys = RelyingKeys(table, index);
  if (keys.empty()) keys = AddedKeys(schema, table, index);
  if (!keys.empty()) {
    return {"foreign keys rely on it: " + base::Join(keys, ", "),
            "drop them first, or let another unique index over the same "
            "columns serve them"};
  }
  if (table.replica_identity_index == index.name) {
    return {
        "it is the table's replica identity, so that a logical subscriber "
        "would no longer see updates and deletes",
        "set another replica identity first"};
  }
  return {};
}

// Returns the table of the index: the one that the file names, or the one that
// has it.
std::string TableOf(const schema::Schema& schema, const DropIndexSpec& spec) {
  if (!spec.table.empty()) {
    return schema::RequireTable(schema, spec.table).shown();
  }
  std::vector<std::string> names;
  for (const schema::Table& table : schema.tables) {
    if (table.FindIndex(spec.name) != nullptr) return table.shown();
    for (const std::string& name : IndexNames(table)) names.push_back(name);
  }
  throw NoSuchIndex(spec.name, fmt::format("in schema '{}'", schema.name),
                    names);
}

class DropIndex : public WithSpec<DropIndexSpec> {
 public:
  explicit DropIndex(DropIndexSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "drop_index"; }

  void Plan(PlanContext& context) const override {
    TableWork work(context, name(), TableOf(context.schema, spec_),
                   Reach::kForeignToo);
    const schema::Index index = TakeDroppable(work, name(), spec_.name);
    work.Describe(kDrop, fmt::format("Drop index '{}' of '{}'", spec_.name,
                                     work.shape().shown()));
    NoteDrop(work, index);
    work.Add(kDrop, plan::DropIndex{work.live().name, index, true});
    NoteUndo(work, kDrop, "nothing to do: it is there until the drop");
    work.Finish();
  }
};

}  // namespace

schema::Index TakeDroppable(TableWork& work, const std::string& operation,
                            const std::string& index) {
  const std::string& table = work.shape().shown();
  work.TakeIndex(index, Use::kDrops);
  const schema::Index* found = work.shape().FindIndex(index);
  if (found == nullptr) {
    throw NoSuchIndex(index, fmt::format("on table '{}'", table),
                      IndexNames(work.shape()));
  }
  const Hold hold = HoldOn(work.context().schema, work.shape(), *found);
  if (!hold.reason.empty()) {
    throw Error(ErrorKind::kRefused,
                fmt::format("{}: index '{}' of table '{}' cannot be dropped: "
                            "{}",
                            operation, index, table, hold.reason))
        .WithHint(hold.hint);
  }
  schema::Index dropped = *found;
  auto& indexes = work.shape().indexes;
  indexes.erase(indexes.begin() + (found - indexes.data()));
  return dropped;
}

void NoteDrop(TableWork& work, const schema::Index& index) {
  if (!index.unique) return;
  std::vector<std::string> parts;
  for (const schema::IndexColumn& part : index.columns) {
    parts.push_back(part.name.empty() ? part.expression : part.name);
  }
  work.Note(
      kDrop,
      fmt::format("index '{}' keeps ({}) unique{}; from the contract on "
                  "nothing does, and it is not brought back",
                  index.name, base::Join(parts, ", "),
                  index.predicate.empty() ? "" : " where " + index.predicate));
}

NewOperation MakeDropIndex(DropIndexSpec spec) {
  return std::make_shared<DropIndex>(std::move(spec));
}

NewOperation ParseDropIndex(const base::Node& body) {
  const Reader reader(body, {"name", "table"});
  DropIndexSpec spec;
  spec.name = reader.RequiredString("name");
  spec.table = reader.OptionalString("table").value_or("");
  return MakeDropIndex(std::move(spec));
}

}  // namespace segue::ops
