#include "ops/move_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/drop_column.h"
#include "ops/join_condition.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/constraint_steps.h"
#include "planning/new_tables.h"
#include "planning/shadow_column.h"

namespace segue::ops {
namespace {

constexpr const char* kName = "move_column";

class MoveColumn : public WithSpec<MoveColumnSpec> {
 public:
  explicit MoveColumn(MoveColumnSpec spec)
      : WithSpec(std::move(spec)),
        tables_{kName, fmt::format("'{}' of '{}' to '{}'", spec_.from.column,
                                   spec_.from.table, spec_.to.table)} {}

  std::string name() const override { return kName; }
  void Plan(PlanContext& context) const override;
  void Finish(PlanContext& context) const override;

 private:
  void RefuseTable(const TableWork& work) const;
  const schema::Constraint& ForeignKey(const TableWork& here,
                                       const TableWork& there) const;
  void RequireIndex(const TableWork& here) const;
  void RefuseTriggers(TableWork& here, const schema::TableName& there) const;
  schema::Column Target(TableWork& here, const schema::Column& value,
                        const plan::Lookup& lookup,
                        const schema::Constraint& reference) const;
  plan::Lookup LookupOf(TableWork& here, TableWork& there) const;
  ShadowRequest Request(TableWork& here, const plan::Lookup& lookup,
                        schema::Column target) const;
  plan::MotionId PlanHere(TableWork& here, ShadowRequest request) const;
  void NoteWindow(TableWork& here) const;
  void RefuseWindow(const schema::Constraint& reference) const;

  std::string AddText() const {
    return fmt::format("Add column '{}' to '{}'", spec_.to.column,
                       spec_.to.table);
  }
  std::string FillText() const {
    return fmt::format("Fill '{}' of '{}' from '{}' of '{}'", spec_.to.column,
                       spec_.to.table, spec_.from.column, spec_.from.table);
  }
  std::string FinishText() const {
    return fmt::format("Finish column '{}' of '{}'", spec_.to.column,
                       spec_.to.table);
  }

  DropColumnSpec Drop() const {
    return {spec_.from.table, spec_.from.column, spec_.down, kName, {}};
  }

  NewTables tables_;
};

// --- what cannot be planned ---

void MoveColumn::RefuseTable(const TableWork& work) const {
  const schema::Table& live = work.live();
  const auto refuse = [&](const std::string& reason) {
    throw tables_.Refused(fmt::format("table '{}' {}", live.name.name, reason));
  };
  if (work.creates()) refuse("is created by this migration");
  if (live.kind != "table") refuse("is a " + live.kind);
  if (live.row_security) {
    refuse("has row security, which hides rows from writers");
  }
  if (!live.subscriptions.empty()) {
    refuse("is written by subscription " +
           base::Join(live.subscriptions, ", "));
  }
  work.RefuseInherited();
}

bool Is(const std::vector<std::string>& columns, const std::string& one) {
  return columns.size() == 1 && columns[0] == one;
}

// The foreign key makes certain that a row refers to at most one row, and to
// one that is there.
const schema::Constraint& MoveColumn::ForeignKey(const TableWork& here,
                                                 const TableWork& there) const {
  for (const schema::Constraint& one : here.live().constraints) {
    if (one.kind != schema::ConstraintKind::kForeignKey) continue;
    const bool refers = one.reference.table == there.live().name.name &&
                        Is(one.columns, spec_.refers);
    const bool by_key = one.reference.columns.empty()
                            ? Is(there.live().WalkKey(), spec_.key)
                            : Is(one.reference.columns, spec_.key);
    if (!refers || !by_key) continue;
    if (one.validated && one.enforced) return one;
    throw tables_
        .Refused(fmt::format("foreign key '{}' is not validated, so that rows "
                             "may refer to nothing",
                             one.name))
        .WithHint("validate it first");
  }
  throw tables_
      .Refused(fmt::format("'{}' has no foreign key from '{}' to '{}' of '{}', "
                           "which makes certain that each of its rows has at "
                           "most one value",
                           spec_.to.table, spec_.refers, spec_.key,
                           spec_.from.table))
      .WithHint(
          "a column goes to the table that refers to its own; add the foreign "
          "key with create_constraint in a migration before");
}

// A write of the column looks for the rows that refer to its row.
void MoveColumn::RequireIndex(const TableWork& here) const {
  const auto serves = [&](const schema::Index& index) {
    const bool walks = index.method.empty() || index.method == "btree" ||
                       index.method == "hash";
    return index.valid && index.predicate.empty() && walks &&
           !index.columns.empty() && index.columns[0].name == spec_.refers;
  };
  const auto& indexes = here.live().indexes;
  if (std::any_of(indexes.begin(), indexes.end(), serves)) return;
  if (Is(here.live().WalkKey(), spec_.refers)) return;
  throw tables_
      .Refused(fmt::format("no index of '{}' begins with '{}', so that each "
                           "write of '{}' would read the whole table",
                           spec_.to.table, spec_.refers, spec_.from.column))
      .WithHint("create one with create_index in a migration before");
}

// --- what is made ---

// Its function would write the other table in the middle of a carried write,
// and a column that goes.
void MoveColumn::RefuseTriggers(TableWork& here,
                                const schema::TableName& there) const {
  const std::vector<std::string> mention =
      here.context().Ask(db::MentionQuestion{there}).names;
  for (const schema::Trigger& trigger : here.live().triggers) {
    for (const std::string& function : mention) {
      if (trigger.function.empty() ||
          function.find(trigger.function) == std::string::npos) {
        continue;
      }
      throw tables_
          .Refused(fmt::format("trigger {} of '{}' runs {}, which mentions "
                               "'{}'",
                               trigger.ToString(), spec_.to.table, function,
                               there.name))
          .WithHint(
              "drop the trigger, or let its function leave that table "
              "alone, first");
    }
  }
}

plan::Lookup MoveColumn::LookupOf(TableWork& here, TableWork& there) const {
  plan::Lookup lookup;
  lookup.table = there.live().name;
  lookup.key = there.Take(spec_.key, Use::kReads);
  lookup.own = here.Take(spec_.refers, Use::kReads);
  lookup.value = schema::RequireColumn(there.live(), spec_.from.column);
  if (!lookup.value.generated_sql.empty() ||
      lookup.value.identity != schema::Identity::kNone) {
    throw tables_.Refused(
        "the database gives the column its values, which nobody can write");
  }
  return lookup;
}

// The new column takes NULL unless each row certainly has a value.
schema::Column MoveColumn::Target(TableWork& here, const schema::Column& value,
                                  const plan::Lookup& lookup,
                                  const schema::Constraint& reference) const {
  schema::Column target = value;
  target.name = spec_.to.column;
  target.stored_as.clear();
  target.has_column_grants = false;
  if (target.default_sql) {
    here.Note(
        Phase::kExpanding,
        fmt::format("the default {} stays with '{}': a row that is "
                    "inserted without a value gets that of '{}' until "
                    "the contract, and NULL from then on",
                    *target.default_sql, spec_.from.table, spec_.from.table));
  }
  target.default_sql.reset();
  target.nullable = value.nullable || lookup.own.nullable ||
                    reference.deferrable || !value.unproven_not_null.empty();
  target.unproven_not_null.clear();
  if (target.nullable && !value.nullable) {
    here.Note(Phase::kExpanding,
              fmt::format("the column takes NULL in '{}': {}", spec_.to.table,
                          lookup.own.nullable
                              ? "a row may refer to nothing"
                              : "a row may come before the one to which it "
                                "refers"));
  }
  here.Note(
      Phase::kExpanding,
      fmt::format("a row of '{}' that is inserted without a value gets that of "
                  "'{}' until the contract, and from then on {}",
                  spec_.to.table, spec_.from.table,
                  target.nullable ? "NULL" : "it is refused"));
  return target;
}

ShadowRequest MoveColumn::Request(TableWork& here, const plan::Lookup& lookup,
                                  schema::Column target) const {
  PlanContext& context = here.context();
  const schema::Table& live = here.live();
  ShadowRequest request;
  request.target = std::move(target);
  request.physical = request.target.name;
  request.keeps = Keeps::kBoth;
  request.lookup = lookup;
  const db::Spelling& spelling = here.spelling();
  request.up.sql =
      spelling.Name(lookup.table.name) + "." + spelling.Name(lookup.value.name);
  request.up.bindings = {{lookup.own.name, lookup.own.physical(),
                          lookup.own.type, lookup.own.collation}};
  request.up.is_volatile = true;
  request.up.lacking = context
                           .Ask(db::RightsQuestion{
                               live.name,
                               lookup.table,
                               {lookup.key.physical(), lookup.value.physical()},
                               {lookup.value.physical()}})
                           .lacking;
  request.down.lacking =
      context.Ask(db::RightsQuestion{lookup.table, live.name, {}, {}}).lacking;
  return request;
}

plan::MotionId MoveColumn::PlanHere(TableWork& here,
                                    ShadowRequest request) const {
  const schema::Column shape = request.target;
  here.Describe(Phase::kExpanding, AddText());
  here.Describe(Phase::kMigrating, FillText());
  here.Describe(kDrop, FinishText());
  here.Note(Phase::kExpanding,
            fmt::format("until the contract a row of '{0}' and all rows of "
                        "'{1}' that refer to it have one value: what is "
                        "written to the one is in the other, and in the rows "
                        "beside it",
                        spec_.from.table, spec_.to.table));
  here.Note(Phase::kExpanding,
            fmt::format("a row of '{}' that comes to refer to another row gets "
                        "its value",
                        spec_.to.table));
  if (here.capabilities().parallel_writers) {
    here.Note(Phase::kExpanding,
              "a client that writes the column through the one table at the "
              "moment in which another writes the same value through the other "
              "may get 'deadlock detected' (40P01), and has to repeat its "
              "transaction");
  }
  ShadowColumn shadow(here, std::move(request));
  PlanWithConstraints(here, shadow, {});
  here.shape().columns.push_back(shape);
  if (here.context().undoable) NoteWindow(here);
  here.Finish();
  return shadow.motion();
}

void MoveColumn::NoteWindow(TableWork& here) const {
  here.Note(kSeal,
            fmt::format("rows of '{0}' that refer to one row of '{1}' may have "
                        "different values from then on; '{2}' of '{1}' follows "
                        "the one that was written last, and an undo is refused "
                        "while they differ",
                        spec_.to.table, spec_.from.table, spec_.from.column));
}

// The value of a row that came before the one to which it refers would not be
// in that one.
void MoveColumn::RefuseWindow(const schema::Constraint& reference) const {
  if (!reference.deferrable) return;
  throw tables_
      .Refused(fmt::format("undo_window: foreign key '{}' is deferrable, so "
                           "that a row may come before the one to which it "
                           "refers",
                           reference.name))
      .WithHint("use undo_window: 0, with which complete is final");
}

void MoveColumn::Plan(PlanContext& context) const {
  if (spec_.from.table == spec_.to.table) {
    throw tables_.Refused("a column is moved to another table")
        .WithHint("use rename_column");
  }
  DropColumnSpec drop = Drop();
  {
    TableWork there(context, kName, spec_.from.table);
    TableWork here(context, kName, spec_.to.table);
    RefuseTable(there);
    RefuseTable(here);
    if (here.live().WalkKey().empty()) {
      throw tables_.Refused(fmt::format(
          "'{}' has no primary key, and no unique key that is NOT NULL",
          spec_.to.table));
    }
    const schema::Constraint& reference = ForeignKey(here, there);
    RequireIndex(here);
    if (context.undoable) RefuseWindow(reference);
    RefuseTriggers(here, there.live().name);
    here.TakeFreeName(spec_.to.column);
    const plan::Lookup lookup = LookupOf(here, there);
    ShadowRequest request =
        Request(here, lookup, Target(here, lookup.value, lookup, reference));
    drop.carrier = PlanHere(here, std::move(request));
    there.Finish();
  }
  MakeDropColumn(std::move(drop))->Plan(context);
}

void MoveColumn::Finish(PlanContext& context) const {
  tables_.RefuseOthers(
      context, {spec_.from.table, spec_.to.table},
      DropColumnTexts(Drop(), {AddText(), FillText(), FinishText()}));
}

MoveColumnSpec::Place ReadPlace(const base::Node& node, bool needs_column) {
  const Reader reader(node, {"table", "column"});
  MoveColumnSpec::Place place;
  place.table = reader.RequiredString("table");
  place.column = needs_column ? reader.RequiredString("column")
                              : reader.OptionalString("column").value_or("");
  return place;
}

}  // namespace

NewOperation MakeMoveColumn(MoveColumnSpec spec) {
  return std::make_shared<MoveColumn>(std::move(spec));
}

NewOperation ParseMoveColumn(const base::Node& body) {
  const Reader reader(body, {"from", "to", "join", "up", "down"});
  MoveColumnSpec spec;
  spec.from = ReadPlace(reader.RequiredMap("from"), true);
  spec.to = ReadPlace(reader.RequiredMap("to"), false);
  if (spec.to.column.empty()) spec.to.column = spec.from.column;
  if (!reader.Expression("up").empty()) {
    throw UsageError(*body.Find("up"),
                     "the value is moved as it is; change it with alter_column "
                     "in a migration before or after");
  }
  spec.down = reader.Expression("down");
  const JoinCondition join =
      ParseJoin(reader.RequiredString("join"), *body.Find("join"),
                spec.to.table, spec.from.table);
  spec.refers = join.first;
  spec.key = join.second;
  return MakeMoveColumn(std::move(spec));
}

}  // namespace segue::ops
