#include "ops/alter_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/column_alteration.h"
#include "ops/column_chain.h"
#include "ops/constraint_definition.h"
#include "ops/null_change.h"
#include "ops/reader.h"
#include "ops/rename_column.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/constraint_checks.h"
#include "planning/constraint_move.h"
#include "planning/constraint_steps.h"
#include "planning/expression.h"
#include "planning/key_change.h"
#include "planning/obstacles.h"
#include "planning/seal.h"
#include "planning/shadow_column.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

class AlterColumn : public WithSpec<AlterColumnSpec> {
 public:
  explicit AlterColumn(AlterColumnSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return spec_.operation; }
  void Plan(PlanContext& context) const override;

 private:
  bool ChangesKey(const PlanContext& context) const;
  void MoveByDown(const TableWork& work, ColumnAlteration& change) const;
  void RefuseUntold(const TableWork& work,
                    const ColumnAlteration& change) const;
  void RefuseUnproven(const TableWork& work, const schema::Column& old) const;
  void RefuseOrder(const TableWork& work, const schema::Column& old) const;
  void PlanMotion(TableWork& work, const schema::Column& old,
                  const ColumnAlteration& change) const;
  void DescribeMotion(TableWork& work, const schema::Column& old,
                      const ColumnAlteration& change) const;
  bool ServerConverts(const TableWork& work, const schema::Column& old,
                      const ColumnAlteration& change) const;
  void SettleDefault(const TableWork& work, ColumnAlteration& change) const;
  void LeaveOutExisting(TableWork& work, ColumnAlteration& change) const;
  void PlanConstraints(TableWork& work, const schema::Column& old,
                       const ColumnAlteration& change) const;
  void PlanMetadata(TableWork& work, const schema::Column& old,
                    const ColumnAlteration& change) const;
  void PlanComment(TableWork& work, const schema::Column& old,
                   const ColumnAlteration& change) const;
  std::string ContractText(const schema::Column& old,
                           const ColumnAlteration& change) const {
    return fmt::format("Change column '{}' of '{}': {}", old.name, spec_.table,
                       change.Text(old));
  }
};

bool MovesValues(const TableWork& work, const ColumnAlteration& change) {
  if (change.type || change.not_null || change.up_transforms) return true;
  // Constraints over a column with a new name must not restrict the old
  // version, which does not know them.
  if (change.name && !change.constraints.empty()) return true;
  return change.new_side_writes(work.context().access) &&
         (change.nullable || change.down_transforms);
}

// Returns the new column's name in the database until the contract.
std::string Physical(const ColumnAlteration& change,
                     const db::Capabilities& capabilities) {
  const std::string& name = change.target.name;
  return change.name ? name
                     : plan::HiddenColumn(name, capabilities.max_identifier);
}

const db::Answer& AnswerOnType(const TableWork& work, const schema::Column& old,
                               const ColumnAlteration& change) {
  return work.context().Ask(
      db::TypeQuestion{work.live().name, old.physical(), change.target.type});
}

// True when the server changes no type of it, because a view or a rule reads
// it.
bool IsRead(const schema::Table& table, const schema::Column& column) {
  return std::any_of(table.dependents.begin(), table.dependents.end(),
                     [&](const schema::Dependent& one) {
                       return one.column == column.physical();
                     });
}

// Explains in the plan why it takes the dearer way.
std::string WhyCopied(const TableWork& work, const schema::Column& old,
                      const ColumnAlteration& change) {
  const db::Answer& answer = AnswerOnType(work, old, change);
  std::string why = "both types are needed side by side";
  if (!answer.known) {
    why = "the server was not asked whether it can be changed where it is";
  } else if (!answer.error.empty()) {
    why = "the type cannot be changed where it is";
  } else if (answer.rewrites_table) {
    why = "changed where it is, the table would be written again";
  } else if (answer.scans_table) {
    why = "changed where it is, every row would be read under the lock";
  } else if (answer.builds_index) {
    why = "changed where it is, an index would be built under the lock";
  } else if (IsRead(work.live(), old) || !work.context().followed.empty()) {
    why = "a view or a rule reads it, so that it cannot be changed where it is";
  }
  return "a second column is filled: " + why;
}

Use UseOf(const AlterColumnSpec& spec) {
  if (OnlyRelabels(spec)) return Use::kRelabels;
  return OnlyConstrains(spec) ? Use::kConstrains : Use::kChanges;
}

// What foreign keys lead to cannot change its type alone.
bool AlterColumn::ChangesKey(const PlanContext& context) const {
  const ColumnChange& change = spec_.change;
  const bool only_type = change.type && !change.nullable && !change.new_name &&
                         !change.default_sql && !change.drop_default &&
                         !spec_.comment && spec_.constraints.empty() &&
                         !spec_.keep_order;
  if (!only_type || !context.capabilities().moves_keys) return false;
  const schema::Table* table = context.schema.FindTable(spec_.table);
  if (table == nullptr) return false;
  const schema::Column* column = table->FindColumn(spec_.column);
  return column != nullptr &&
         !SameType(column->type, context.language.NativeType(*change.type)) &&
         IsTied(context.schema, *table, column->physical());
}

void AlterColumn::Plan(PlanContext& context) const {
  if (ChangesKey(context)) {
    return PlanKeyChange(context,
                         {name(), spec_.table, spec_.column, *spec_.change.type,
                          spec_.change.up, spec_.change.down});
  }
  TableWork work(context, name(), spec_.table, Reach::kPartitionsToo);
  const schema::Column old = work.Take(spec_.column, UseOf(spec_));
  RefuseUnproven(work, old);
  ColumnAlteration change = Resolve(spec_, old, context.language);
  LeaveOutExisting(work, change);
  MoveByDown(work, change);
  for (const std::string& note : change.notes) {
    work.Note(Phase::kExpanding, note + (change.values ? "" : "; skipped"));
  }
  if (change.empty()) {
    work.Describe(Phase::kExpanding,
                  fmt::format("Change column '{}' of '{}': nothing to do",
                              spec_.column, spec_.table));
    return work.Finish();
  }
  if (change.asks_default()) SettleDefault(work, change);
  if (const auto now = PlanNullInPlace(work, spec_, old, change)) {
    ColumnAlteration rest = change;
    rest.nullable = rest.not_null = false;
    rest.target.nullable = now->nullable;
    PlanMetadata(work, *now, rest);
    work.shape().FindColumn(old.name)->nullable = change.target.nullable;
  } else if (ServerConverts(work, old, change)) {
    PlanMetadata(work, old, change);
    work.Note(
        kDrop,
        fmt::format("{} takes {} for {} without touching a row (tried on "
                    "an empty copy): no value is copied",
                    work.capabilities().name, change.target.type, old.type));
  } else if (MovesValues(work, change)) {
    PlanMotion(work, old, change);
  } else {
    PlanMetadata(work, old, change);
  }
  work.Finish();
}

// With 'down' alone, only what the new version writes becomes another value.
void AlterColumn::MoveByDown(const TableWork& work,
                             ColumnAlteration& change) const {
  const bool only_down =
      change.empty() && change.down_transforms && spec_.constraints.empty();
  if (!only_down) return;
  if (!work.versioned()) {
    throw work
        .Refused(spec_.column,
                 "the column stays as it is, and 'down' alone moves no value "
                 "in place, where nobody writes the new shape before the "
                 "contract")
        .WithHint("give 'up', or use access: versioned");
  }
  change.values = true;
}

// True when the server says that the new type needs no copy: it rewrites
// neither the table nor an index, and reads no rows. Every client sees the old
// type until the contract, as with a copy.
bool AlterColumn::ServerConverts(const TableWork& work,
                                 const schema::Column& old,
                                 const ColumnAlteration& change) const {
  const bool only_type = change.type && !change.name && !change.not_null &&
                         !change.nullable && !change.default_value &&
                         change.constraints.empty() && spec_.change.up.empty();
  if (!only_type || work.versioned() || work.creates()) return false;
  // A view of a version that follows reads the column.
  if (!work.context().followed.empty()) return false;
  const schema::Table& table = work.live();
  if (!Obstacles(table, old, Fate::kReplaced, work.capabilities()).empty()) {
    return false;
  }
  if (IsRead(table, old)) return false;
  for (const schema::Constraint& constraint : table.constraints) {
    if (CanMove(table, constraint, old.name)) return false;
  }
  const db::Answer& answer = AnswerOnType(work, old, change);
  return answer.error.empty() && !answer.rewrites_table &&
         !answer.scans_table && !answer.builds_index;
}

// A default of the old type that the new type does not accept is cast to it:
// '0'::text is no default of an integer column. No enum can be cast to another,
// but both may have the label.
void AlterColumn::SettleDefault(const TableWork& work,
                                ColumnAlteration& change) const {
  const auto asked = [&](const std::string& sql) {
    return AnswerOnDefault(work.context(), work.live(), sql,
                           change.target.type);
  };
  const std::string before = *change.target.default_sql;
  if (!change.default_value && !asked(before).error.empty()) {
    for (const std::string& value :
         {before, LiteralOf(before).value_or(before)}) {
      const std::string cast = work.spelling().Cast(value, change.target.type);
      if (!asked(cast).error.empty()) continue;
      change.target.default_sql = cast;
      break;
    }
  }
  const db::Answer& answer =
      ExaminedDefault(work.context(), work.live(), change.target);
  if (change.default_value) {
    change.target.default_is_constant = !answer.is_volatile;
  }
}

// Leaves out the constraints that the table has already over the unaltered
// column.
void AlterColumn::LeaveOutExisting(TableWork& work,
                                   ColumnAlteration& change) const {
  std::vector<schema::Constraint> wanted;
  for (const schema::Constraint& constraint : change.constraints) {
    const ConstraintRequest request = {constraint, work.live().columns, {}, {}};
    if (!ExistsAlready(work, request)) wanted.push_back(constraint);
  }
  change.constraints = std::move(wanted);
}

// The column refuses NULL in new rows, and rows that were there before may have
// it: it is neither nullable nor NOT NULL.
void AlterColumn::RefuseUnproven(const TableWork& work,
                                 const schema::Column& old) const {
  if (!spec_.change.nullable || old.unproven_not_null.empty()) return;
  throw work
      .Refused(old.name, fmt::format("its NOT NULL constraint '{}' is NOT "
                                     "VALID: rows from before it may have NULL",
                                     old.unproven_not_null))
      .WithHint("validate that constraint or drop it first");
}

// The file must say what NULL means to the side that does not know it.
void AlterColumn::RefuseUntold(const TableWork& work,
                               const ColumnAlteration& change) const {
  if (change.not_null && spec_.change.up.empty()) {
    throw work
        .Refused(spec_.column,
                 "nullable: false needs 'up', which says what the rows with "
                 "NULL become")
        .WithHint("for example up: COALESCE(" + spec_.column + ", ...)");
  }
  if (change.nullable && spec_.change.down.empty() &&
      change.new_side_writes(work.context().access)) {
    throw work
        .Refused(spec_.column,
                 "nullable: true needs 'down', which says what the old version "
                 "sees for a NULL of the new one")
        .WithHint("for example down: COALESCE(" + change.target.name +
                  ", ...); or null_visible: true, with which the old version "
                  "reads the NULL");
  }
}

// A table has its columns in the order in which they were added.
void AlterColumn::RefuseOrder(const TableWork& work,
                              const schema::Column& old) const {
  const bool last = work.live().columns.back().name == old.name;
  if (!spec_.keep_order || last) return;
  throw work
      .Refused(spec_.column,
               "column_order: keep: the column that takes its place is the "
               "last one of the table")
      .WithHint(
          "leave the key out and name the columns in INSERT and COPY, or give "
          "the table its order again by rebuild_table afterwards; the views of "
          "versioned access keep the order");
}

void AlterColumn::PlanMotion(TableWork& work, const schema::Column& old,
                             const ColumnAlteration& change) const {
  RefuseUntold(work, change);
  RefuseOrder(work, old);
  RefuseObstacles(work, old, Fate::kReplaced);
  ShadowRequest request;
  request.physical = Physical(change, work.capabilities());
  work.TakeFreeName(request.physical);
  work.TakeReferences(change.up, old.name);
  work.TakeReferences(change.down, change.target.name);
  request.old_column = old;
  request.target = change.target;
  schema::Column seen = change.target;
  seen.stored_as = request.physical;
  request.up = Examined(work.context(), work.live(), work.live().columns,
                        {"up", old.name, change.up, change.target.type});
  request.down =
      Examined(work.context(), work.live(), NewShape(work.live(), old, seen),
               {"down", old.name, change.down, old.type});
  request.own_default = change.default_value && change.target.default_sql;
  request.only_converts = spec_.change.up.empty() && spec_.change.down.empty();
  DescribeMotion(work, old, change);
  const plan::Expression up = request.up;
  ShadowColumn shadow(work, std::move(request));
  std::vector<ConstraintRequest> constraints;
  for (const schema::Constraint& constraint : change.constraints) {
    constraints.push_back({constraint,
                           NewShape(work.live(), old, seen),
                           {{seen.name, seen.type, up}},
                           {shadow.provenance()}});
  }
  PlanWithConstraints(work, shadow, constraints);
  *work.shape().FindColumn(old.name) = shadow.Shape();
}

void AlterColumn::DescribeMotion(TableWork& work, const schema::Column& old,
                                 const ColumnAlteration& change) const {
  work.Describe(Phase::kExpanding,
                fmt::format("Add column '{}' as {} to '{}'", change.target.name,
                            change.target.type, spec_.table));
  work.Describe(Phase::kMigrating, fmt::format("Backfill '{}' from '{}'",
                                               change.target.name, old.name));
  DescribeSwitch(work, old.name, ContractText(old, change));
  if (change.type) work.Note(Phase::kExpanding, WhyCopied(work, old, change));
  if (change.type && !old.collation.empty()) {
    work.Note(Phase::kExpanding, "collation " + old.collation +
                                     " is not carried over to the new type");
  }
}

void AlterColumn::PlanMetadata(TableWork& work, const schema::Column& old,
                               const ColumnAlteration& change) const {
  if (change.name) {
    PlanRename(work, old, change.target.name, spec_.strategy);
  }
  if (change.comment) PlanComment(work, old, change);
  PlanConstraints(work, old, change);
  schema::Column& shape = *work.shape().FindColumn(change.target.name);
  shape.comment = change.target.comment;
  if (!change.default_value && !change.nullable && !change.type) return;
  schema::Column before = old;
  before.name = change.target.name;
  before.comment = change.target.comment;
  // A change of type comes into the drop, because the values may not fit the
  // old type any more.
  const Place place = change.type ? kDrop : kSeal;
  const bool relaxes = !before.nullable && change.target.nullable;
  if (work.context().undoable && relaxes && place == kSeal) {
    LiftNotNull(work, before, before);
    before.nullable = true;
  }
  const bool more = before.nullable != change.target.nullable ||
                    before.default_sql != change.target.default_sql ||
                    before.type != change.target.type;
  if (more || !relaxes) {
    work.Add(place, plan::AlterColumn{work.live().name, before, change.target});
  }
  work.Describe(place, ContractText(old, change));
  NoteUndo(work, place,
           place == kSeal ? "the column is as it was; NOT NULL comes back if "
                            "no row has NULL by then"
                          : "nothing is sealed: every client sees the old type "
                            "until the drop");
  if (!spec_.change.down.empty() && !change.name) {
    work.Note(place,
              "'up' and 'down' are not needed: every client sees the old shape "
              "until the contract");
  }
  shape.type = change.target.type;
  shape.nullable = change.target.nullable;
  shape.default_sql = change.target.default_sql;
  shape.default_is_constant = change.target.default_is_constant;
}

// No values move, so the constraints apply to the column itself and to both
// versions.
void AlterColumn::PlanConstraints(TableWork& work, const schema::Column& old,
                                  const ColumnAlteration& change) const {
  std::vector<std::string> texts;
  for (const schema::Constraint& constraint : change.constraints) {
    const ConstraintRequest request = {
        constraint, work.shape().columns, {}, {}};
    RequirePossible(work, request);
    PlanConstraint(work, request);
    texts.push_back(fmt::format("{} '{}'", schema::KindText(constraint.kind),
                                constraint.name));
  }
  if (texts.empty()) return;
  work.Describe(Phase::kMigrating,
                fmt::format("Add {} to column '{}' of '{}'",
                            base::Join(texts, " and "), old.name, spec_.table));
}

// A comment changes nothing for clients, and a rollback restores the old one.
void AlterColumn::PlanComment(TableWork& work, const schema::Column& old,
                              const ColumnAlteration& change) const {
  schema::Column after = old;
  after.comment = change.target.comment;
  work.Add(Phase::kExpanding, plan::AlterColumn{work.live().name, old, after});
  if (change.name) return;
  work.Describe(Phase::kExpanding, fmt::format("Comment on column '{}' of '{}'",
                                               old.name, spec_.table));
}

void RequireChange(const base::Node& body) {
  for (const char* key : {"type", "nullable", "default", "comment", "name",
                          "check", "unique", "references"}) {
    if (body.Find(key) != nullptr) return;
  }
  throw UsageError(body,
                   "nothing to change: give at least one of type, nullable, "
                   "default, comment, name, check, unique, references");
}

bool ParseNullVisible(const Reader& reader, const base::Node& body,
                      const ColumnChange& change) {
  if (!reader.OptionalBool("null_visible").value_or(false)) return false;
  if (change.nullable.value_or(false) && change.down.empty()) return true;
  throw UsageError(*body.Find("null_visible"),
                   "it needs nullable: true, and takes the place of 'down'");
}

}  // namespace

NewOperation MakeAlterColumn(AlterColumnSpec spec) {
  return std::make_shared<AlterColumn>(std::move(spec));
}

NewOperation ParseAlterColumn(const base::Node& body) {
  const Reader reader(
      body, {"table", "column", "up", "down", "type", "nullable", "default",
             "name", "comment", "check", "unique", "references", "column_order",
             "null_visible"});
  RequireChange(body);
  AlterColumnSpec spec;
  spec.table = reader.RequiredString("table");
  spec.column = reader.RequiredString("column");
  spec.change.type = reader.OptionalString("type");
  spec.change.nullable = reader.OptionalBool("nullable");
  spec.change.default_sql = reader.OptionalSql("default");
  spec.change.drop_default = reader.IsNull("default");
  spec.change.new_name = reader.OptionalString("name");
  spec.change.up = reader.Expression("up");
  spec.change.down = reader.Expression("down");
  spec.change.null_visible = ParseNullVisible(reader, body, spec.change);
  spec.keep_order = reader.KeepsColumnOrder();
  spec.comment = reader.OptionalString("comment");
  if (reader.IsNull("comment")) spec.comment = "";
  if (const base::Node* check = reader.OptionalMap("check")) {
    spec.constraints.push_back(ParseCheck(*check, spec.column));
  }
  if (const base::Node* unique = reader.OptionalMap("unique")) {
    spec.constraints.push_back(ParseUnique(*unique, spec.column));
  }
  if (const base::Node* reference = reader.OptionalMap("references")) {
    spec.constraints.push_back(ParseReference(*reference, spec.column));
  }
  return MakeAlterColumn(std::move(spec));
}

}  // namespace segue::ops
