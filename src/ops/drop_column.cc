#include "ops/drop_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/expression.h"
#include "planning/index_move.h"
#include "planning/losses.h"
#include "planning/obstacles.h"
#include "planning/one_value.h"
#include "planning/seal.h"

namespace segue::ops {
namespace {

std::string MarkText(const DropColumnSpec& spec) {
  return fmt::format("Mark column '{}' of '{}' as deprecated", spec.column,
                     spec.table);
}

std::string SupplyText(const DropColumnSpec& spec) {
  return fmt::format("Supply column '{}' of '{}' in new rows", spec.column,
                     spec.table);
}

std::string AsideText(const DropColumnSpec& spec) {
  return fmt::format("Put column '{}' of '{}' aside", spec.column, spec.table);
}

// The trigger is planned here, because a drop has no new column as a Shadow
// has.
class DropColumn : public WithSpec<DropColumnSpec> {
 public:
  explicit DropColumn(DropColumnSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "drop_column"; }
  void Plan(PlanContext& context) const override;

 private:
  void RefuseOwnConstraints(TableWork& work) const;
  void RefuseStrictType(const TableWork& work,
                        const schema::Column& column) const;
  void RefuseWithoutValue(const TableWork& work,
                          const schema::Column& column) const;
  schema::Column Meanwhile(const TableWork& work, schema::Column column) const;
  void PlanMeanwhile(TableWork& work, const schema::Column& column) const;
  plan::MotionId PlanSupply(TableWork& work,
                            const schema::Column& column) const;
  void PlanIndexes(TableWork& work, const schema::Column& column) const;
  void PlanForeignKeys(TableWork& work, const schema::Column& column) const;
  void PlanContract(TableWork& work, const schema::Column& column) const;
  void PlanSeal(TableWork& work, const schema::Column& column) const;
  void StopCarrier(TableWork& work) const;
  void NoteSeal(TableWork& work) const;
};

std::vector<schema::Column> Without(std::vector<schema::Column> columns,
                                    const std::string& name) {
  const auto is_it = [&](const schema::Column& column) {
    return column.name == name;
  };
  columns.erase(std::remove_if(columns.begin(), columns.end(), is_it),
                columns.end());
  return columns;
}

void DropColumn::Plan(PlanContext& context) const {
  TableWork work(context, spec_.operation, spec_.table);
  const schema::Column column =
      work.Take(spec_.column, spec_.down.empty() ? Use::kDrops : Use::kChanges);
  if (work.shape().columns.size() == 1) {
    throw work.Refused(spec_.column, "it is the table's only column");
  }
  RefuseOwnConstraints(work);
  RefuseObstacles(work, column, Fate::kDropped);
  RefuseWithoutValue(work, column);
  NoteLosses(work, column);
  work.DescribeRemoval(spec_.table, spec_.column);
  PlanMeanwhile(work, column);
  if (context.undoable) {
    PlanSeal(work, column);
  } else {
    PlanContract(work, column);
  }
  work.shape().columns = Without(work.shape().columns, spec_.column);
  work.Finish();
}

// The contract would take them for somebody else's, which go with the column.
void DropColumn::RefuseOwnConstraints(TableWork& work) const {
  for (const schema::Constraint& constraint : work.shape().constraints) {
    const auto& columns = constraint.columns;
    const bool is_over = std::find(columns.begin(), columns.end(),
                                   spec_.column) != columns.end();
    const bool is_own = work.live().FindConstraint(constraint.name) == nullptr;
    if (!is_over || !is_own) continue;
    throw work
        .Refused(spec_.column,
                 fmt::format("an earlier operation of this migration makes or "
                             "renames constraint '{}' over it",
                             constraint.name))
        .WithHint("leave out the earlier one, whose result nobody would see");
  }
}

// Without the trigger, a NOT NULL column would refuse the rows of the new
// version.
void DropColumn::PlanContract(TableWork& work,
                              const schema::Column& column) const {
  const TableWork::Together together(work, kDrop);
  if (!spec_.down.empty()) {
    work.Add(kDrop, plan::DropSync{PlanSupply(work, column)});
  }
  PlanIndexes(work, column);
  PlanForeignKeys(work, column);
  work.Add(kDrop,
           plan::DropColumn{work.live().name, Meanwhile(work, column), false});
}

// What the database computes for a column that is put aside may fail, and with
// it the write of the new version.
void RefuseComputed(const TableWork& work, const schema::Column& column) {
  const std::string text = column.default_sql.value_or("");
  const bool calls = text.find('(') != std::string::npos;
  const bool generated = !column.generated_sql.empty();
  if (!generated && !calls && column.identity == schema::Identity::kNone) {
    return;
  }
  throw work
      .Refused(column.name,
               fmt::format("undo_window: its {} is still computed in new rows "
                           "until the drop, and may fail",
                           generated ? "expression" : "default"))
      .WithHint("use undo_window: 0, with which complete is final");
}

// The column stays under another name until the drop, and new rows get its
// value as before. Nothing of it refuses them any more.
void DropColumn::PlanSeal(TableWork& work, const schema::Column& column) const {
  RefuseComputed(work, column);
  const schema::TableName& table = work.live().name;
  const schema::Column now = Meanwhile(work, column);
  const PutAside old{
      column,
      plan::PutAsideColumn(column.name, work.capabilities().max_identifier)};
  const bool supplied = !spec_.down.empty();
  const bool filled = supplied || column.LeftOut() || spec_.carrier;
  std::vector<schema::Index> indexes;
  std::optional<plan::MotionId> id;
  if (supplied) {
    RefuseStrictDomain(work, column);
    id = PlanSupply(work, column);
  }
  {
    const TableWork::Together together(work, kSeal);
    if (spec_.carrier) StopCarrier(work);
    if (id) work.Add(kSeal, plan::DropSync{*id});
    indexes = LiftAllOf(work, old, filled);
    if (supplied) LiftNotNull(work, column, now);
    work.Add(kSeal, plan::RenameColumn{table, column.physical(), old.aside});
    if (id) work.Add(kSeal, plan::CreateSync{*id, plan::SyncForm::kSealed});
    if (spec_.carrier) {
      work.Add(kSeal,
               plan::CreateSync{*spec_.carrier, plan::SyncForm::kSealed});
    }
  }
  const TableWork::Together together(work, kDrop);
  if (id) work.Add(kDrop, plan::DropSync{*id, plan::SyncForm::kSealed});
  for (const schema::Index& index : indexes) {
    work.TakeIndex(index.name, Use::kChanges);
    work.Note(kDrop,
              fmt::format("index '{}' goes with the column", index.name));
    if (!index.constraint.empty()) continue;
    work.Add(kDrop, plan::DropIndex{table, WithColumn(index, column.physical(),
                                                      old.aside)});
  }
  work.Add(kDrop, plan::DropColumn{table, ColumnAside(now, old.aside), false});
  NoteSeal(work);
}

// A write of the other table goes on to this one, and so do the locks.
void DropColumn::StopCarrier(TableWork& work) const {
  const plan::ColumnMotion& carrier =
      work.context().motions.Column(*spec_.carrier);
  if (work.capabilities().parallel_writers) {
    work.Add(kSeal, plan::LockTables{{carrier.table, work.live().name}});
  }
  work.Add(kSeal, plan::DropSync{carrier.name, plan::ReadyForm(carrier)});
}

void DropColumn::NoteSeal(TableWork& work) const {
  work.Describe(kSeal, AsideText(spec_));
  NoteUndo(
      work, kSeal,
      "it has its name and its values again, its checks and foreign keys "
      "are NOT VALID and have no comments; rows from after the seal "
      "have " +
          std::string(spec_.carrier ? "what those that refer to them have, "
                                      "else "
                                    : "") +
          (spec_.down.empty() ? "its default, or NULL"
                              : "what 'down' gives, or NULL where it "
                                "fails"));
}

// The inserts of the new version do not mention the column.
void DropColumn::RefuseWithoutValue(const TableWork& work,
                                    const schema::Column& column) const {
  RefuseStrictType(work, column);
  const bool filled = column.nullable || column.LeftOut() ||
                      column.identity != schema::Identity::kNone ||
                      !column.generated_sql.empty();
  // NULL is no value for it either.
  if (filled || (!spec_.down.empty() && !IsNull(spec_.down))) return;
  throw work
      .Refused(spec_.column,
               "it is NOT NULL without a default, so that the new version's "
               "inserts would fail until the contract")
      .WithHint("give 'down', the value the old version sees in new rows");
}

// The database looks at the type of a column that is left out before any
// trigger runs.
void DropColumn::RefuseStrictType(const TableWork& work,
                                  const schema::Column& column) const {
  if (!column.of_domain || column.LeftOut()) return;
  const db::Answer& answer =
      work.context().Ask(db::LeftOutQuestion{work.live().name, column.type});
  if (answer.error.empty()) return;
  throw work
      .Refused(spec_.column,
               fmt::format("its type {} refuses NULL ({}), so that the new "
                           "version's inserts into table '{}' would fail until "
                           "the contract, before a trigger can fill it",
                           column.type, answer.error, spec_.table))
      .WithHint("give the column a constant default first");
}

// Returns the column as it is while both versions are live. Its comment tells
// readers of the table that the column is deprecated.
schema::Column DropColumn::Meanwhile(const TableWork& work,
                                     schema::Column column) const {
  if (work.capabilities().column_comments) {
    const std::string told =
        "deprecated: migration " + work.context().migration + " drops it";
    column.comment =
        column.comment.empty() ? told : told + "; " + column.comment;
  }
  const bool relaxes = !spec_.down.empty() && !column.nullable &&
                       !column.default_sql &&
                       work.capabilities().relaxes_not_null;
  if (relaxes) column.nullable = true;
  return column;
}

void DropColumn::PlanMeanwhile(TableWork& work,
                               const schema::Column& column) const {
  const schema::Column now = Meanwhile(work, column);
  if (now.comment == column.comment && now.nullable == column.nullable) return;
  work.Describe(Phase::kExpanding, MarkText(spec_));
  work.Add(Phase::kExpanding, plan::AlterColumn{work.live().name, column, now});
}

plan::MotionId DropColumn::PlanSupply(TableWork& work,
                                      const schema::Column& column) const {
  PlanContext& context = work.context();
  work.RefuseInherited();
  if (!column.generated_sql.empty()) {
    throw work
        .Refused(spec_.column,
                 "it is a generated column, which gets its value in new rows "
                 "all the same")
        .WithHint("leave out 'down'");
  }
  work.TakeReferences(spec_.down, spec_.column);
  if (!schema::ReferencedColumns(spec_.down, {spec_.column}).empty()) {
    throw work.Refused(spec_.column,
                       "'down' refers to the column itself, which the new "
                       "version does not have");
  }
  if (context.on_transform_error == OnTransformError::kMark) {
    work.Note(Phase::kExpanding,
              "an INSERT that 'down' fails on is refused all the same: a "
              "column that goes has nothing to mark its row with");
  }
  plan::ColumnMotion motion;
  motion.name = context.NextMotionId();
  motion.table = work.live().name;
  motion.old_column = column;
  motion.down =
      Examined(context, work.live(), Without(work.live().columns, spec_.column),
               {"down", spec_.column, spec_.down, column.type});
  // From the second row on.
  RefuseOneValue(work, column, "down", motion.down);
  RefuseUnfitValue(
      work, column, "down", motion.down, /*only_null=*/false,
      "a row of the new version would be refused for the value that "
      "'down' gives it");
  if (work.versioned()) motion.new_versions = {context.version_schema};
  motion.key = work.live().WalkKeyColumns();
  work.Describe(Phase::kExpanding, SupplyText(spec_));
  if (column.LeftOut()) {
    work.Note(Phase::kExpanding,
              "new rows get its default; 'down' only replaces a NULL");
  }
  if (context.undoable) {
    motion.put_aside =
        plan::PutAsideColumn(column.name, work.capabilities().max_identifier);
    motion.undoable = true;
  }
  plan::MotionId id = motion.name;
  work.Add(Phase::kExpanding, plan::CreateSync{id});
  context.motions.Add(std::move(motion));
  return id;
}

// An index over several columns is dropped as a whole, which a note says.
void DropColumn::PlanIndexes(TableWork& work,
                             const schema::Column& column) const {
  for (const schema::Index& index : work.live().indexes) {
    const std::string& name = column.physical();
    if (!UsesPlainly(index, name) && !MentionsInSql(index, name)) continue;
    work.TakeIndex(index.name, Use::kChanges);
    work.Note(kDrop,
              fmt::format("index '{}' goes with the column", index.name));
    if (!index.constraint.empty()) continue;  // dropped with its constraint
    work.Add(kDrop, plan::DropIndex{work.live().name, index});
  }
}

// A database that drops no constraint with a column refuses to drop the column
// of a foreign key.
void DropColumn::PlanForeignKeys(TableWork& work,
                                 const schema::Column& column) const {
  if (work.capabilities().constraints_go_with_column) return;
  for (const schema::Constraint& constraint : work.live().constraints) {
    if (!IsForeignKeyOf(constraint, column.physical())) continue;
    work.Note(kDrop, fmt::format("foreign key '{}' goes with the column",
                                 constraint.name));
    work.Add(kDrop, plan::DropConstraint{work.live().name, constraint});
  }
}

}  // namespace

std::vector<std::string> DropColumnTexts(const DropColumnSpec& spec,
                                         std::vector<std::string> texts) {
  texts.push_back(MarkText(spec));
  texts.push_back(SupplyText(spec));
  texts.push_back(AsideText(spec));
  texts.push_back(DropText(spec.table, spec.column));
  return texts;
}

NewOperation MakeDropColumn(DropColumnSpec spec) {
  return std::make_shared<DropColumn>(std::move(spec));
}

NewOperation ParseDropColumn(const base::Node& body) {
  const Reader reader(body, {"table", "column", "down"});
  DropColumnSpec spec;
  spec.table = reader.RequiredString("table");
  spec.column = reader.RequiredString("column");
  spec.down = reader.Expression("down");
  return MakeDropColumn(std::move(spec));
}

}  // namespace segue::ops
