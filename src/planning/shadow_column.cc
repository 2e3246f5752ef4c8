#include "planning/shadow_column.h"

#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "planning/expression.h"

namespace segue::ops {
namespace {

bool SameDefinition(const schema::Column& a, const schema::Column& b) {
  return a.nullable == b.nullable && a.default_sql == b.default_sql &&
         a.comment == b.comment;
}

// Copying a column to one of the same type does not.
bool MayRaise(const plan::Expression& expression,
              const schema::Column& target) {
  if (expression.empty()) return false;
  const auto plain = expression.PlainColumn();
  if (!plain) return true;
  for (const plan::Binding& binding : expression.bindings) {
    if (binding.column == *plain) return binding.type != target.type;
  }
  return true;
}

}  // namespace

ShadowColumn::ShadowColumn(TableWork& work, ShadowRequest request)
    : work_(work), request_(std::move(request)) {
  if (work_.creates()) {
    throw work_
        .Refused(request_.target.name, "this migration creates the table")
        .WithHint("put it into the create_table");
  }
  RefuseUnknowableDefault();
  RefuseUniqueDefault();
  plan::ColumnMotion motion = MakeMotion();
  motion.marks = DecidesToMark();
  id_ = motion.name;
  work_.context().motions.Add(std::move(motion));
  if (request_.keeps == Keeps::kBoth) return;
  const bool keeps_old = request_.keeps == Keeps::kOld;
  moves_ =
      PlanIndexMoves(work_, request_.old_column->physical(), request_.physical,
                     keeps_old ? Use::kReads : Use::kChanges, request_.leaving);
  if (!keeps_old) {
    constraint_moves_ = PlanConstraintMoves(
        work_, {*request_.old_column, request_.target, request_.physical},
        request_.up, provenance(), request_.leaving);
  }
  if (!request_.up.PlainColumn()) NoteUnique();
}

// Two old values may become one new value.
void ShadowColumn::NoteUnique() {
  for (const IndexMove& move : moves_) {
    if (!move.original.unique) continue;
    work_.Note(Phase::kMigrating,
               "'" + move.original.name +
                   "' is unique over the new values too: a write of the old "
                   "version whose 'up' gives a value that is taken fails");
  }
}

// What has no value on one side is NULL there until it has, so that a value
// which has grown stale never passes for a right one.
bool ShadowColumn::DecidesToMark() {
  if (work_.context().on_transform_error != OnTransformError::kMark) {
    return false;
  }
  const auto& old = request_.old_column;
  const bool gives_null = !request_.target.nullable && (!old || old->nullable);
  const bool up_raises = gives_null || MayRaise(request_.up, request_.target);
  const bool down_raises =
      old && new_side_writes() && MayRaise(request_.down, *old);
  if (down_raises && !old->nullable) {
    work_.Note(Phase::kExpanding,
               "'" + old->name +
                   "' takes no NULL: a write of the new version that 'down' "
                   "fails on is refused all the same");
  }
  return up_raises || (down_raises && old->nullable);
}

// From here on no row can be marked any more, and that none is left is proved
// before anything is contracted.
void ShadowColumn::StopMarking() {
  if (!motion().marks || marking_stopped_) return;
  marking_stopped_ = true;
  const schema::TableName& table = work_.live().name;
  std::vector<plan::Action>& closing = work_.context().closing;
  closing.push_back(plan::CreateSync{id_, plan::SyncForm::kStrict});
  closing.push_back(plan::Verify{id_, true});
  if (!needs_check()) return;
  const schema::Constraint check = NotNullCheck();
  closing.push_back(plan::AddConstraint{table, check});
  if (!check.validated) {
    closing.push_back(plan::ValidateConstraint{table, check.name});
  }
}

schema::Column ShadowColumn::Shape() const {
  schema::Column column = request_.target;
  if (hidden()) column.stored_as = request_.physical;
  return column;
}

// An INSERT through the new version leaves the old column at its default. Only
// when that value can be computed again can it be told from a given one.
void ShadowColumn::RefuseUnknowableDefault() const {
  if (!request_.old_column || !new_side_writes()) return;
  const schema::Column& old = *request_.old_column;
  if (!old.default_sql || old.default_is_constant) return;
  if (!old.nullable && work_.capabilities().moves_default) return;
  throw work_
      .Refused(old.name,
               "its default (" + *old.default_sql +
                   ") gives another value each time, so that a value given by "
                   "an application cannot be told from it")
      .WithHint(work_.versioned() ? "drop the default first"
                                  : "use access: versioned, or drop the "
                                    "default first");
}

// Where triggers run after the row's own checks, an INSERT through the new side
// holds the old column's default for a moment: in a unique index, the second
// such row would fail.
void ShadowColumn::RefuseUniqueDefault() const {
  if (!request_.old_column || !new_side_writes()) return;
  const schema::Column& old = *request_.old_column;
  if (!work_.capabilities().checks_before_triggers || !old.default_sql) return;
  for (const schema::Index& index : work_.live().indexes) {
    for (const schema::IndexColumn& part : index.columns) {
      if (!index.unique || part.name != old.name) continue;
      throw work_
          .Refused(old.name, "it has a default and is in the unique index '" +
                                 index.name +
                                 "', so that a row which gives only the new "
                                 "column would collide with the default")
          .WithHint("drop the default first");
    }
  }
}

plan::ColumnMotion ShadowColumn::MakeMotion() {
  PlanContext& context = work_.context();
  const schema::Table& table = work_.live();
  plan::ColumnMotion motion;
  motion.name = context.NextMotionId();
  motion.table = table.name;
  motion.old_column = request_.old_column;
  motion.new_column = Added();
  std::string provenance;
  do {
    provenance =
        plan::ProvenanceColumn(context.claims.NextMotion(table.name.name));
  } while (table.FindColumn(provenance) != nullptr);
  motion.provenance = provenance;
  motion.up = request_.up;
  motion.down = request_.down;
  if (request_.old_column) {
    motion.old_default_moved = request_.old_column->default_sql.has_value() &&
                               !PreparedOld().default_sql.has_value();
  }
  if (request_.own_default) motion.new_default = request_.target.default_sql;
  if (work_.versioned()) motion.new_versions = {context.version_schema};
  motion.new_not_null = !request_.target.nullable;
  motion.keeps_old_column = request_.keeps == Keeps::kOld;
  motion.new_was_there = request_.existing;
  motion.key = table.WalkKeyColumns();
  if (motion.keeps_old_column) {
    motion.put_aside = plan::PutAsideColumn(
        request_.old_column->name, work_.capabilities().max_identifier);
  }
  return motion;
}

// Nullable and without default until every row has its value.
schema::Column ShadowColumn::Added() const {
  schema::Column column = request_.target;
  column.name = request_.physical;
  column.stored_as.clear();
  column.nullable = true;
  column.default_sql.reset();
  column.identity = schema::Identity::kNone;
  column.has_column_grants = false;
  return column;
}

schema::Column ShadowColumn::Provenance() const {
  schema::Column column;
  column.name = provenance();
  column.type = work_.context().language.NativeType("smallint");
  column.nullable = false;
  column.default_sql = std::to_string(plan::kNotFilled);
  return column;
}

// The old column as it is while both versions live: nothing of it may speak
// before the trigger does.
schema::Column ShadowColumn::PreparedOld() const {
  schema::Column old = *request_.old_column;
  if (old.nullable || !new_side_writes()) return old;
  if (old.default_sql) {
    if (work_.capabilities().moves_default) old.default_sql.reset();
  } else if (work_.capabilities().relaxes_not_null) {
    old.nullable = true;
  }
  return old;
}

bool ShadowColumn::needs_check() const {
  return request_.keeps != Keeps::kOld && !request_.target.nullable &&
         work_.capabilities().set_not_null_needs_check;
}

schema::Constraint ShadowColumn::NotNullCheck() const {
  schema::Constraint check;
  check.name = base::ShortName("_segue_not_null_" + request_.physical,
                               work_.capabilities().max_identifier);
  check.kind = schema::ConstraintKind::kCheck;
  check.columns = {request_.physical};
  check.check = work_.spelling().IsNotNull(request_.physical);
  check.validated = !work_.capabilities().not_valid_constraints;
  return check;
}

// The one while both versions live: a marked row has no value yet.
schema::Constraint ShadowColumn::LiveCheck() const {
  schema::Constraint check = NotNullCheck();
  if (!motion().marks) return check;
  check.name = base::ShortName("_segue_filled_" + request_.physical,
                               work_.capabilities().max_identifier);
  check.columns.push_back(provenance());
  check.check =
      work_.spelling().IsNotNullOrMarked(request_.physical, provenance());
  return check;
}

void ShadowColumn::AlterIfDifferent(Place place, const schema::Column& before,
                                    const schema::Column& after) {
  if (SameDefinition(before, after)) return;
  work_.Add(place, plan::AlterColumn{work_.live().name, before, after});
}

// The old column gives up its default only when the trigger gives it.
void ShadowColumn::Expand() {
  const TableWork::Together together(work_, Phase::kExpanding);
  AddColumns();
  StartSync();
}

void ShadowColumn::AddColumns() {
  const schema::TableName& table = work_.live().name;
  if (!request_.existing) {
    work_.CountAddedColumn();
    work_.Add(Phase::kExpanding, plan::AddColumn{table, Added()});
  }
  work_.CountAddedColumn();
  work_.Add(Phase::kExpanding, plan::AddColumn{table, Provenance()});
  if (request_.old_column) {
    AlterIfDifferent(Phase::kExpanding, *request_.old_column, PreparedOld());
  }
}

void ShadowColumn::StartSync() {
  work_.Add(Phase::kExpanding, plan::CreateSync{id_});
}

// The check comes after the backfill: an earlier one would also be applied to
// the rows that the backfill of another motion touches before this one has
// filled them. Backfill and Verify around it keep it out of the transaction
// that validates it, which would hold its strong lock during the scan.
void ShadowColumn::Migrate() {
  const schema::TableName& table = work_.live().name;
  if (request_.existing) work_.Add(Phase::kMigrating, plan::Retreat{id_});
  work_.Add(Phase::kMigrating, plan::Backfill{{id_}});
  const schema::Constraint check = LiveCheck();
  if (needs_check()) {
    work_.Add(Phase::kMigrating, plan::AddConstraint{table, check});
  }
  work_.Add(Phase::kMigrating, plan::Verify{id_});
  if (needs_check() && !check.validated) {
    work_.Add(Phase::kMigrating, plan::ValidateConstraint{table, check.name});
  }
  for (const IndexMove& move : moves_) {
    work_.Add(Phase::kMigrating, plan::CreateIndex{table, move.copy});
  }
  for (const ConstraintMove& move : constraint_moves_) {
    PlaceConstraint(work_, move.request);
  }
}

void ShadowColumn::Contract() {
  StopMarking();
  switch (request_.keeps) {
    case Keeps::kOld:
      return ContractKeepingOld();
    case Keeps::kNew:
      return ContractKeepingNew();
    case Keeps::kBoth:
      return ContractKeepingBoth();
  }
}

// The old column has every index, grant and constraint, so it stays and the
// names are exchanged: the copy goes on under the name of what is put aside.
void ShadowColumn::ContractKeepingOld() {
  const schema::TableName& table = work_.live().name;
  const schema::Column& old = *request_.old_column;
  const std::string& aside = motion().put_aside;
  work_.Add(kSeal, plan::CreateSync{id_, plan::SyncForm::kSettling});
  work_.Add(kSeal, plan::Settle{id_});
  {
    const TableWork::Together together(work_, kSeal);
    work_.Add(kSeal, plan::DropSync{id_, plan::SyncForm::kSettling});
    AlterIfDifferent(kSeal, PreparedOld(), old);
    work_.Add(kSeal, plan::RenameColumn{table, request_.physical, aside});
    work_.Add(kSeal, plan::RenameColumn{table, old.name, request_.target.name});
    work_.Add(kSeal, plan::CreateSync{id_, plan::SyncForm::kSealed});
  }
  const TableWork::Together together(work_, kDrop);
  work_.Add(kDrop, plan::DropSync{id_, plan::SyncForm::kSealed});
  for (const IndexMove& move : moves_) {
    work_.Add(kDrop,
              plan::DropIndex{table,
                              WithColumn(move.copy, request_.physical, aside)});
  }
  schema::Column copy = Added();
  copy.name = aside;
  work_.Add(kDrop, plan::DropColumn{table, copy, true});
  work_.Add(kDrop, plan::DropColumn{table, Provenance(), true});
}

void ShadowColumn::StopSync() {
  StopMarking();
  work_.Add(kDrop, plan::DropSync{id_, plan::ReadyForm(motion())});
  stopped_ = true;
}

void ShadowColumn::ContractKeepingNew() {
  const TableWork::Together together(work_, kDrop);
  if (!stopped_) StopSync();
  ReplaceOld();
  FinishNew();
  NameIndexes();
  NameConstraints();
  work_.Add(kDrop, plan::DropColumn{work_.live().name, Provenance(), true});
}

void ShadowColumn::ContractKeepingBoth() {
  const TableWork::Together together(work_, kDrop);
  work_.Add(kDrop, plan::DropSync{id_, plan::ReadyForm(motion())});
  if (request_.old_column) {
    AlterIfDifferent(kDrop, PreparedOld(), *request_.old_column);
  }
  FinishNew();
  work_.Add(kDrop, plan::DropColumn{work_.live().name, Provenance(), true});
}

void ShadowColumn::ReplaceOld() {
  const schema::TableName& table = work_.live().name;
  DropOldIndexes();
  DropOldConstraints();
  work_.Add(kDrop, plan::DropColumn{table, PreparedOld(), false});
  if (!hidden()) return;
  work_.Add(kDrop,
            plan::RenameColumn{table, request_.physical, request_.target.name});
}

// An index that backs a constraint goes with the constraint.
void ShadowColumn::DropOldIndexes() {
  const schema::Table& table = work_.live();
  for (const IndexMove& move : moves_) {
    const schema::Constraint* constraint =
        table.FindConstraint(move.original.constraint);
    if (constraint != nullptr) {
      work_.Add(kDrop, plan::DropConstraint{table.name, *constraint});
    } else {
      work_.Add(kDrop, plan::DropIndex{table.name, move.original});
    }
  }
}

// By name, not with the column: that would take a guarded copy along.
void ShadowColumn::DropOldConstraints() {
  for (const ConstraintMove& move : constraint_moves_) {
    LiftConstraint(work_, move.request);
    work_.Add(kDrop, plan::DropConstraint{work_.live().name, move.original});
  }
}

void ShadowColumn::FinishNew() {
  schema::Column before = Added();
  before.name = request_.target.name;
  AlterIfDifferent(kDrop, before, request_.target);
  if (!needs_check()) return;
  work_.Add(kDrop, plan::DropConstraint{work_.live().name, NotNullCheck()});
  if (motion().marks) {
    work_.Add(kDrop, plan::DropConstraint{work_.live().name, LiveCheck()});
  }
}

void ShadowColumn::NameIndexes() {
  const schema::Table& table = work_.live();
  for (const IndexMove& move : moves_) {
    const schema::Constraint* old =
        table.FindConstraint(move.original.constraint);
    if (old == nullptr) {
      const schema::Index now =
          WithColumn(move.copy, request_.physical, request_.target.name);
      work_.Add(kDrop, plan::RenameIndex{table.name, now, move.original.name});
      continue;
    }
    schema::Constraint constraint = *old;
    for (std::string& column : constraint.columns) {
      if (column == request_.old_column->name) column = request_.target.name;
    }
    constraint.using_index = move.copy.name;
    constraint.definition.clear();
    work_.Add(kDrop, plan::AddConstraint{table.name, constraint});
  }
}

void ShadowColumn::NameConstraints() {
  for (const ConstraintMove& move : constraint_moves_) {
    ConstraintRequest finished = move.request;
    finished.constraint = move.finished;
    FinishConstraint(work_, finished);
  }
}

}  // namespace segue::ops
