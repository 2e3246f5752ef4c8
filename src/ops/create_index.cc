#include "ops/create_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "ops/drop_index.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/expression.h"
#include "planning/seal.h"
#include "segue/progress.h"

namespace segue::ops {
namespace {

// The rate at which one core sorts and writes keys of about ten bytes; measured
// between 0.3 and 1.2 million on small machines. It answers only whether a
// build takes seconds or hours.
constexpr double kRowsPerSecond = 500'000;
// The time of a smaller build is not worth a note.
constexpr std::int64_t kWorthATime = 100'000;

class CreateIndex : public WithSpec<CreateIndexSpec> {
 public:
  explicit CreateIndex(CreateIndexSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "create_index"; }
  void Plan(PlanContext& context) const override;

 private:
  void TakeColumns(TableWork& work) const;
  void RefuseRenamed(const TableWork& work, const std::string& sql) const;
  void RefuseUnknown(const TableWork& work) const;
  bool SkipExisting(TableWork& work, const schema::Index& wanted,
                    const db::Answer& answer) const;
  void RefuseTakenName(const TableWork& work) const;
  void PlanReplaced(TableWork& work, const schema::Index& built) const;
  Error Refused(const std::string& reason) const;
};

// Returns the index over the columns by the names that they have in the
// database.
schema::Index Physical(schema::Index index, const schema::Table& shape) {
  const auto stored = [&](const std::string& name) {
    const schema::Column* column = shape.FindColumn(name);
    return column == nullptr ? name : column->physical();
  };
  for (schema::IndexColumn& part : index.columns) {
    if (!part.name.empty()) part.name = stored(part.name);
  }
  for (std::string& name : index.include) name = stored(name);
  return index;
}

std::vector<schema::Column> PhysicalColumns(const schema::Table& shape) {
  std::vector<schema::Column> columns;
  for (schema::Column column : shape.columns) {
    column.name = column.physical();
    column.stored_as.clear();
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string PartText(const schema::IndexColumn& part,
                     const db::Spelling& spelling) {
  std::string text = part.name.empty() ? "(" + part.expression + ")"
                                       : spelling.Name(part.name);
  if (!part.collation.empty()) text += " COLLATE " + part.collation;
  if (!part.opclass.empty()) text += " " + part.opclass;
  return text + (part.descending ? " DESC" : "");
}

// Describes the index in messages, for a database that prints no definitions.
std::string Text(const schema::Index& index, const std::string& table,
                 const db::Spelling& spelling) {
  std::vector<std::string> parts;
  for (const schema::IndexColumn& part : index.columns) {
    parts.push_back(PartText(part, spelling));
  }
  return fmt::format(
      "{}INDEX {} ON {} ({}){}", index.unique ? "UNIQUE " : "",
      spelling.Name(index.name), spelling.Name(table), base::Join(parts, ", "),
      index.predicate.empty() ? "" : " WHERE " + index.predicate);
}

bool SameSql(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty();
  return SameDefault(a, b);
}

bool SamePart(const schema::IndexColumn& a, const schema::IndexColumn& b) {
  return a.name == b.name && SameSql(a.expression, b.expression) &&
         base::ToLower(a.collation) == base::ToLower(b.collation) &&
         a.descending == b.descending;
}

bool SameFields(const schema::Index& a, const schema::Index& b) {
  return a.unique == b.unique && SameSql(a.predicate, b.predicate) &&
         std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(),
                    b.columns.end(), SamePart);
}

Error CreateIndex::Refused(const std::string& reason) const {
  return {ErrorKind::kRefused,
          fmt::format("create_index '{}' on table '{}': {}", spec_.index.name,
                      spec_.table, reason)};
}

// An expression is never rewritten, so its names must be names of the database
// both now and after the contract.
void CreateIndex::RefuseRenamed(const TableWork& work,
                                const std::string& sql) const {
  const schema::Table& shape =
      schema::RequireTable(work.context().schema, spec_.table);
  for (const std::string& name :
       schema::ReferencedColumns(sql, shape.ColumnNames())) {
    const schema::Column& column = *shape.FindColumn(name);
    if (column.physical() == name) continue;
    throw Refused(fmt::format("'{}' mentions column '{}', which lives under "
                              "the name '{}' until the contract",
                              sql, name, column.physical()))
        .WithHint("put the index into the next migration");
  }
}

void CreateIndex::TakeColumns(TableWork& work) const {
  for (const schema::IndexColumn& part : spec_.index.columns) {
    if (!part.name.empty()) work.Take(part.name, Use::kIndexes);
  }
  for (const std::string& name : spec_.index.include) {
    work.Take(name, Use::kIndexes);
  }
  std::vector<std::string> texts = {spec_.index.predicate};
  for (const schema::IndexColumn& part : spec_.index.columns) {
    texts.push_back(part.expression);
  }
  for (const std::string& sql : texts) {
    for (const std::string& name :
         schema::ReferencedColumns(sql, work.shape().ColumnNames())) {
      work.Take(name, Use::kIndexes);
    }
    RefuseRenamed(work, sql);
  }
}

// Refuses properties that this database's indexes do not have.
void CreateIndex::RefuseUnknown(const TableWork& work) const {
  const db::Capabilities& can = work.capabilities();
  const std::size_t limit = can.max_identifier;
  if (spec_.index.name.size() > limit) {
    throw Refused(fmt::format("the name is longer than {} bytes", limit));
  }
  if (can.rich_indexes) return;
  const auto refuse = [&](const std::string& what, const std::string& hint) {
    throw Refused(fmt::format("{} has no {}", can.name, what)).WithHint(hint);
  };
  const schema::Index& index = spec_.index;
  if (!index.method.empty() && index.method != "btree") {
    refuse("indexes of method '" + index.method + "'", "leave out 'method'");
  }
  if (!index.include.empty()) {
    refuse("INCLUDE columns", "list them last among the columns instead");
  }
  if (!index.storage_parameters.empty()) {
    refuse("storage parameters of an index", "leave out 'storage_parameters'");
  }
  for (const schema::IndexColumn& part : index.columns) {
    if (!part.opclass.empty()) {
      refuse("operator classes", "leave out 'opclass'; 'collate' orders text");
    }
    if (part.nulls_first) {
      refuse("order of NULLs in an index", "leave out 'nulls'");
    }
  }
}

// An index's name belongs to the schema, so no other table may have it either.
void CreateIndex::RefuseTakenName(const TableWork& work) const {
  for (const schema::Table& table : work.context().schema.tables) {
    if (table.name.name == spec_.index.name) {
      throw Refused(fmt::format("a {} of this name exists", table.kind));
    }
    const schema::Index* other = table.FindIndex(spec_.index.name);
    if (other == nullptr || table.name == work.live().name) continue;
    throw Refused(
        fmt::format("table '{}' has an index of this name", table.name.name));
  }
}

// An index that exists already is no error, but only if it is certainly the
// same index. An index whose build did not end is built again.
bool CreateIndex::SkipExisting(TableWork& work, const schema::Index& wanted,
                               const db::Answer& answer) const {
  const schema::Index* there = work.shape().FindIndex(spec_.index.name);
  if (there == nullptr || spec_.replaces == spec_.index.name) return false;
  const bool printed = !answer.definition.empty();
  const bool same = printed ? there->definition == answer.definition
                            : SameFields(*there, wanted);
  if (!same || !there->constraint.empty()) {
    const std::string& table = spec_.table;
    throw Refused(fmt::format(
        "it exists with another definition: there '{}'{}, wanted '{}'",
        there->definition.empty() ? Text(*there, table, work.spelling())
                                  : there->definition,
        there->valid ? "" : " (invalid)",
        printed ? answer.definition : Text(wanted, table, work.spelling())));
  }
  if (there->valid) {
    work.Note(Phase::kMigrating,
              "the index exists already with this definition; skipped");
    return true;
  }
  work.Note(Phase::kMigrating,
            "an invalid index of this name and definition is there, left by a "
            "build that did not end; it is dropped and built again");
  return false;
}

// The new index is built before the old one is dropped. If both have the same
// name, the new one has a temporary name until then.
void CreateIndex::PlanReplaced(TableWork& work,
                               const schema::Index& built) const {
  if (spec_.replaces.empty()) return;
  const schema::TableName& table = work.live().name;
  const schema::Index old = TakeDroppable(work, name(), spec_.replaces);
  const bool renamed = built.name != spec_.index.name;
  work.Describe(
      kDrop, renamed
                 ? fmt::format("Put the new index '{}' in the old one's place",
                               spec_.replaces)
                 : fmt::format("Drop index '{}' of '{}'", spec_.replaces,
                               work.shape().shown()));
  const bool looser = old.unique && !built.unique;
  if (looser) NoteDrop(work, old);
  work.Add(kDrop, plan::DropIndex{table, old, true});
  if (renamed) {
    work.Add(kDrop, plan::RenameIndex{table, built, spec_.index.name});
  }
  NoteUndo(work, kDrop, "nothing to do: both indexes are there until the drop");
}

void NoteCost(TableWork& work) {
  const schema::Table& table = work.live();
  if (!work.capabilities().concurrent_index) return;  // the lock tells it
  if (table.estimated_rows < kWorthATime) return;
  const double seconds =
      std::ceil(static_cast<double>(table.estimated_rows) / kRowsPerSecond);
  work.Note(Phase::kMigrating,
            fmt::format("about {} rows ({} MB): the table is read twice; some "
                        "{} on a machine at rest, and waits for every older "
                        "transaction",
                        base::WithThousands(table.estimated_rows),
                        base::WithThousands(table.bytes / 1'000'000),
                        FormatDuration(seconds)));
}

void CreateIndex::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table, Reach::kPartitionsToo);
  work.Describe(Phase::kMigrating, fmt::format("Create index '{}' on '{}'",
                                               spec_.index.name, spec_.table));
  RefuseUnknown(work);
  RefuseTakenName(work);
  TakeColumns(work);
  if (spec_.replaces != spec_.index.name) {
    work.TakeIndex(spec_.index.name, Use::kChanges);
  }
  const db::Answer& answer = context.Ask(
      db::IndexQuestion{work.shape().name, PhysicalColumns(work.shape()),
                        Physical(spec_.index, work.shape())});
  if (!answer.error.empty()) {
    throw Refused("the database does not take it: " + answer.error);
  }
  schema::Index built = Physical(spec_.index, work.shape());
  if (SkipExisting(work, built, answer)) {
    PlanReplaced(work, built);
    return work.Finish();
  }
  if (spec_.replaces == spec_.index.name) {
    built.name =
        plan::IndexCopy(built.name, work.capabilities().max_identifier);
  }
  NoteCost(work);
  work.Add(Phase::kMigrating, plan::CreateIndex{work.live().name, built});
  PlanReplaced(work, built);
  auto& indexes = work.shape().indexes;
  indexes.erase(std::remove_if(indexes.begin(), indexes.end(),
                               [&](const schema::Index& index) {
                                 return index.name == spec_.index.name;
                               }),
                indexes.end());
  indexes.push_back(Physical(spec_.index, work.shape()));
  work.Finish();
}

}  // namespace

NewOperation MakeCreateIndex(CreateIndexSpec spec) {
  return std::make_shared<CreateIndex>(std::move(spec));
}

}  // namespace segue::ops
