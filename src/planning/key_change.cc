#include "planning/key_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <utility>

#include "base/append.h"
#include "base/text.h"
#include "plan/names.h"
#include "planning/expression.h"
#include "planning/index_move.h"
#include "planning/key_obstacles.h"
#include "planning/key_room.h"
#include "planning/obstacles.h"
#include "planning/seal.h"
#include "planning/shadow_column.h"
#include "planning/tied_columns.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Column;
using schema::Constraint;
using schema::ConstraintKind;

bool IsInteger(const std::string& type) {
  return type == "smallint" || type == "integer" || type == "bigint";
}

// One table with columns that change.
struct TiedTable {
  TiedTable(PlanContext& context, const std::string& operation,
            const std::string& table)
      : work(context, operation, table) {}

  TableWork work;
  std::vector<ColumnSwap> swaps;
  std::list<ShadowColumn> shadows;
  std::vector<IndexMove> indexes;
};

// A foreign key, and the one over the new columns that takes its place.
struct KeyMove {
  schema::TableName table;
  Constraint original;
  Constraint copy;  // by the names until the contract
};

class KeyChange {
 public:
  KeyChange(PlanContext& context, const KeyChangeSpec& spec);

  void Plan();

 private:
  const Column& First() const;
  Column TargetOf(const TiedTable& table, const Column& old) const;
  void Begin(const std::string& name);
  void BeginColumn(TiedTable& table, const Column& old);
  plan::Expression Bound(const TiedTable& table, const std::string& key,
                         const std::string& given, const Column& from,
                         const Column& to) const;
  std::string NewName(const std::string& table,
                      const std::string& column) const;
  void MoveKeys();
  void AddKeys();
  void PlanRoom();
  void Describe(TiedTable& table) const;
  void Expand(TiedTable& table);
  void Migrate(TiedTable& table);
  void ContractAll();
  void LiftKeys();
  void Contract(TiedTable& table);
  void PutIndexesAside(TiedTable& table);
  void KeepSealedKey(TiedTable& table);
  void FinishKeys(TableWork& work, bool of_others);
  void JoinSteps(Place place, const std::string& description);
  plan::LockTables Locks() const;

  PlanContext& context_;
  KeyChangeSpec spec_;
  Ties ties_;
  std::list<TiedTable> tables_;
  std::vector<KeyMove> keys_;
};

KeyChange::KeyChange(PlanContext& context, const KeyChangeSpec& spec)
    : context_(context), spec_(spec) {
  spec_.type = context.language.NativeType(spec.type);
  ties_ = TiesOf(context.schema, {spec.table, spec.column}, spec_.type);
}

const Column& KeyChange::First() const {
  return schema::RequireColumn(
      schema::RequireTable(context_.schema, spec_.table), spec_.column);
}

Column KeyChange::TargetOf(const TiedTable& table, const Column& old) const {
  Column target = old;
  target.type = spec_.type;
  target.collation.clear();
  if (!IsNumbered(old)) {
    if (target.default_sql) {
      ExaminedDefault(context_, table.work.live(), target);
    }
    return target;
  }
  if (IsInteger(spec_.type)) return target;
  throw table.work.Refused(
      old.name, fmt::format("a sequence numbers it, which gives no value of "
                            "type {}",
                            spec_.type));
}

// Each column stands for the first one in its expressions.
plan::Expression KeyChange::Bound(const TiedTable& table,
                                  const std::string& key,
                                  const std::string& given, const Column& from,
                                  const Column& to) const {
  Column named = from;
  named.name = given.empty() ? from.name : spec_.column;
  named.stored_as = from.physical();
  const std::string sql =
      given.empty()
          ? context_.language.spelling().Converted(named.name, to.type)
          : given;
  return Examined(context_, table.work.live(), {named},
                  {key, from.name, sql, to.type});
}

void KeyChange::BeginColumn(TiedTable& table, const Column& old) {
  TableWork& work = table.work;
  ShadowRequest request;
  request.old_column = old;
  request.target = TargetOf(table, old);
  request.physical =
      plan::HiddenColumn(old.name, work.capabilities().max_identifier);
  work.TakeFreeName(request.physical);
  Column seen = request.target;
  seen.stored_as = request.physical;
  request.up = Bound(table, "up", spec_.up, old, request.target);
  request.down = Bound(table, "down", spec_.down, seen, old);
  request.only_converts = spec_.up.empty() && spec_.down.empty();
  request.tied_by.emplace();
  for (const TiedKey& key : ties_.foreign_keys) {
    if (key.table == work.live().name.name) {
      request.tied_by->push_back(key.constraint.name);
    }
  }
  table.swaps.push_back({old, request.target, request.physical});
  table.shadows.emplace_back(work, std::move(request));
}

void KeyChange::Begin(const std::string& name) {
  TiedTable& table = tables_.emplace_back(context_, spec_.operation, name);
  std::vector<Column> columns;
  for (const TiedColumn& one : ties_.columns) {
    if (one.table != name) continue;
    columns.push_back(table.work.Take(one.column, Use::kChanges));
    RefuseBesidesTies(table.work, columns.back(), ties_);
  }
  for (const Column& column : columns) BeginColumn(table, column);
  RefuseSharedChecks(table.work, table.swaps);
  table.indexes = PlanIndexMoves(table.work, table.swaps, Use::kChanges);
  RefuseUncopied(table.work, table.swaps, table.indexes);
}

std::string KeyChange::NewName(const std::string& table,
                               const std::string& column) const {
  for (const TiedTable& one : tables_) {
    if (one.work.live().name.name != table) continue;
    for (const ColumnSwap& swap : one.swaps) {
      if (swap.old.name == column) return swap.physical;
    }
  }
  return column;
}

void KeyChange::MoveKeys() {
  for (const TiedKey& key : ties_.foreign_keys) {
    context_.claims.TakeConstraint(key.table, key.constraint.name);
    KeyMove move;
    move.table = schema::RequireTable(context_.schema, key.table).name;
    move.original = key.constraint;
    move.copy = key.constraint;
    move.copy.definition.clear();
    move.copy.validated = false;
    move.copy.name = plan::ConstraintCopy(
        key.constraint.name, context_.capabilities().max_identifier);
    schema::Reference& reference = move.copy.reference;
    for (auto* names : {&move.copy.columns, &reference.on_delete_set_columns}) {
      for (std::string& name : *names) name = NewName(key.table, name);
    }
    for (std::string& name : reference.columns) {
      name = NewName(reference.table, name);
    }
    keys_.push_back(std::move(move));
  }
}

void KeyChange::Describe(TiedTable& table) const {
  TableWork& work = table.work;
  const std::string& name = work.live().name.name;
  std::vector<std::string> columns;
  for (const ColumnSwap& swap : table.swaps) {
    columns.push_back("'" + swap.old.name + "'");
  }
  const std::string list = base::Join(columns, ", ");
  work.Describe(Phase::kExpanding, fmt::format("Add columns beside {} of '{}', "
                                               "as {}",
                                               list, name, spec_.type));
  work.Describe(
      Phase::kMigrating,
      fmt::format("Backfill what takes the place of {} of '{}'", list, name));
}

void KeyChange::Expand(TiedTable& table) {
  const TableWork::Together together(table.work, Phase::kExpanding);
  for (ShadowColumn& shadow : table.shadows) shadow.AddColumns();
  for (ShadowColumn& shadow : table.shadows) shadow.StartSync();
}

void KeyChange::Migrate(TiedTable& table) {
  for (ShadowColumn& shadow : table.shadows) shadow.Migrate();
  for (const IndexMove& move : table.indexes) {
    table.work.Add(Phase::kMigrating,
                   plan::CreateIndex{table.work.live().name, move.copy});
  }
}

// They come after every table is filled and has its indexes.
void KeyChange::AddKeys() {
  if (keys_.empty()) return;
  DraftStep step;
  step.place = Phase::kMigrating;
  step.description = "Tie the new columns by foreign keys";
  for (const KeyMove& move : keys_) {
    step.actions.push_back(plan::AddConstraint{move.table, move.copy});
    step.actions.push_back(
        plan::ValidateConstraint{move.table, move.copy.name});
  }
  context_.steps.push_back(std::move(step));
}

// The tables that refer come before those that they refer to, as the writers
// that insert a row and look for its parent lock them.
plan::LockTables KeyChange::Locks() const {
  plan::LockTables locks;
  const auto add = [&](const schema::TableName& name) {
    if (std::find(locks.tables.begin(), locks.tables.end(), name) ==
        locks.tables.end()) {
      locks.tables.push_back(name);
    }
  };
  for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
    add(table->work.live().name);
  }
  for (const KeyMove& move : keys_) {
    add(move.table);
    const schema::Table* parent =
        context_.schema.FindTable(move.original.reference.table);
    if (parent != nullptr) add(parent->name);
  }
  return locks;
}

void KeyChange::LiftKeys() {
  for (const KeyMove& move : keys_) {
    plan::DropConstraint drop{move.table, move.original};
    if (context_.undoable) {
      drop.back.emplace();
      drop.back->parent_first = true;
    }
    tables_.front().work.Add(SwitchPlace(tables_.front().work),
                             std::move(drop));
  }
}

// A row whose old side cannot hold the new value has NULL there until an undo.
void KeyChange::PutIndexesAside(TiedTable& table) {
  TableWork& work = table.work;
  for (const IndexMove& move : table.indexes) {
    const Constraint* constraint =
        work.live().FindConstraint(move.original.constraint);
    if (context_.undoable) {
      const ColumnSwap first = Concerned(move.original, table.swaps).at(0);
      PutIndexAside(work, move.original, {first.old, ""});
    } else if (constraint != nullptr) {
      work.Add(kDrop, plan::DropConstraint{work.live().name, *constraint});
    } else {
      work.Add(kDrop, plan::DropIndex{work.live().name, move.original});
    }
  }
}

// The rows are walked by the same columns, which are other ones from the seal
// on.
void KeyChange::KeepSealedKey(TiedTable& table) {
  if (!context_.undoable) return;
  std::vector<Column> key = table.work.live().WalkKeyColumns();
  for (Column& column : key) {
    for (const ColumnSwap& swap : table.swaps) {
      if (column.physical() == swap.old.physical()) column = swap.target;
    }
  }
  for (const ShadowColumn& shadow : table.shadows) {
    context_.motions.Column(shadow.motion()).sealed_key = key;
  }
}

void KeyChange::Contract(TiedTable& table) {
  TableWork& work = table.work;
  const TableWork::Together together(work, kDrop);
  const Place place = SwitchPlace(work);
  const schema::TableName& name = work.live().name;
  for (ShadowColumn& shadow : table.shadows) shadow.StopSync();
  for (const ColumnSwap& swap : table.swaps) {
    if (IsNumbered(swap.old)) {
      work.Add(place, plan::DetachSequence{name, swap.old});
    }
  }
  PutIndexesAside(table);
  std::vector<schema::Index> originals;
  for (const IndexMove& move : table.indexes) {
    originals.push_back(move.original);
  }
  if (context_.undoable) {
    work.Describe(
        kDrop, fmt::format("Drop what columns of '{}' were before", name.name));
    const Column& first = table.swaps[0].old;
    DropPutAside(work, originals,
                 {first, plan::PutAsideColumn(
                             first.name, work.capabilities().max_identifier)});
  }
  for (ShadowColumn& shadow : table.shadows) {
    shadow.Contract();
    const Column column = shadow.Shape();
    *work.shape().FindColumn(column.name) = column;
  }
  NameIndexes(work, table.indexes, table.swaps, place);
  for (const ColumnSwap& swap : table.swaps) {
    if (IsNumbered(swap.old)) {
      work.Add(place, plan::AttachSequence{name, swap.target});
    }
  }
  if (spec_.negative_ids && &table == &tables_.front()) {
    const ColumnSwap& key = table.swaps[0];
    work.Add(place,
             plan::RestartSequence{name, key.target, true, key.old.type});
  }
  FinishKeys(work, false);
  for (ShadowColumn& shadow : table.shadows) shadow.CarryOver();
}

void KeyChange::FinishKeys(TableWork& work, bool of_others) {
  for (const KeyMove& move : keys_) {
    const bool changes = std::any_of(
        tables_.begin(), tables_.end(), [&](const TiedTable& table) {
          return table.work.live().name == move.table;
        });
    const bool own = move.table == work.live().name;
    if (of_others ? changes : !own) continue;
    plan::RenameConstraint rename{move.table, move.copy, move.original.name};
    rename.undo_drops = context_.undoable;
    work.Add(SwitchPlace(work), std::move(rename));
  }
}

void KeyChange::ContractAll() {
  const Place place = SwitchPlace(tables_.front().work);
  if (context_.undoable) {
    for (const KeyMove& move : keys_) {
      plan::PrepareUndo again{move.table};
      again.foreign_key = move.copy;
      again.asks = false;
      context_.undo_last.push_back(std::move(again));
    }
  }
  tables_.front().work.Add(place, Locks());
  LiftKeys();
  for (TiedTable& table : tables_) {
    KeepSealedKey(table);
    Contract(table);
  }
  FinishKeys(tables_.back().work, true);
  plan::LockTables on_undo = Locks();
  on_undo.on_undo = true;
  tables_.back().work.Add(place, std::move(on_undo));
}

// All tables change in one transaction, because a writer would otherwise find a
// row whose parent has a key that it cannot hold.
void KeyChange::JoinSteps(Place place, const std::string& description) {
  DraftStep joined;
  joined.place = place;
  joined.description = description;
  for (TiedTable& table : tables_) {
    DraftStep& step = table.work.step(place);
    base::Append(std::move(step.actions), joined.actions);
    base::Append(std::move(step.notes), joined.notes);
    step = DraftStep{};
    step.place = place;
  }
  if (joined.actions.empty()) return;
  joined.atomic = {{0, joined.actions.size()}};
  context_.steps.push_back(std::move(joined));
}

void KeyChange::PlanRoom() {
  std::int64_t rows = 0;
  for (const TiedTable& table : tables_) {
    rows += table.work.live().estimated_rows;
  }
  LookAtRoom(tables_.front().work, tables_.front().swaps[0].old, rows,
             spec_.negative_ids);
}

void KeyChange::Plan() {
  RefuseUnable(context_, spec_);
  RefuseForeignKeys(context_, spec_, ties_);
  const std::string from = First().type;
  for (const std::string& table : ties_.Tables()) Begin(table);
  MoveKeys();
  PlanRoom();
  for (TiedTable& table : tables_) {
    Describe(table);
    Expand(table);
    Migrate(table);
  }
  ContractAll();
  std::vector<plan::Action> sealed;
  for (TiedTable& table : tables_) {
    base::Append(table.work.step(kSeal).actions, sealed);
  }
  RefuseSharedCopies(spec_, sealed);
  const std::string what = fmt::format("'{}' of '{}', and of what refers to it",
                                       spec_.column, spec_.table);
  const std::string change =
      fmt::format("Change the type of {}: {} -> {}", what, from, spec_.type);
  if (context_.undoable) {
    JoinSteps(kSeal, change);
  } else {
    JoinSteps(kDrop, change);
  }
  for (TiedTable& table : tables_) table.work.Finish();
  AddKeys();
}

}  // namespace

bool IsNumbered(const Column& column) {
  return column.identity != schema::Identity::kNone ||
         TakesFromSequence(column);
}

bool IsTied(const schema::Schema& schema, const schema::Table& table,
            const std::string& column) {
  if (InPrimaryKey(table, column)) return true;
  for (const schema::Table& other : schema.tables) {
    for (const Constraint& key : other.constraints) {
      if (key.kind == ConstraintKind::kForeignKey &&
          key.reference.table == table.name.name &&
          base::Contains(key.reference.columns, column)) {
        return true;
      }
    }
  }
  return false;
}

void PlanKeyChange(PlanContext& context, const KeyChangeSpec& spec) {
  KeyChange(context, spec).Plan();
}

}  // namespace segue::ops
