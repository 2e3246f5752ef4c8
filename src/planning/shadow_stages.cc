#include "planning/shadow_stages.h"

#include "planning/constraint_steps.h"
#include "planning/losses.h"
#include "planning/seal.h"

namespace segue::ops {
namespace {

bool SameDefinition(const schema::Column& a, const schema::Column& b) {
  return a.nullable == b.nullable && a.default_sql == b.default_sql &&
         a.comment == b.comment;
}

void AlterIfDifferent(TableWork& work, Place place,
                      const schema::Column& before,
                      const schema::Column& after) {
  if (SameDefinition(before, after)) return;
  work.Add(place, plan::AlterColumn{work.live().name, before, after});
}

void DropProvenance(TableWork& work, const Shadow& shadow) {
  work.Add(kDrop,
           plan::DropColumn{work.live().name, shadow.Provenance(), true});
}

// What others have made on the copy goes over to the column that is kept.
plan::Heir HeirOfCopy(const Shadow& shadow) {
  const ShadowRequest& request = shadow.request();
  return {shadow.motion().table.name,
          request.physical,
          request.old_column->name,
          request.target.name,
          false,
          true};
}

// Drops the copy of a column that is kept. The seal has put the copy aside
// under another name.
void DropCopy(TableWork& work, const Shadow& shadow) {
  const schema::TableName& table = work.live().name;
  const std::string& aside = shadow.motion().put_aside;
  work.Add(kDrop,
           plan::DropSync{shadow.motion().name, plan::SyncForm::kSealed});
  for (const IndexMove& move : shadow.index_moves()) {
    work.Add(kDrop, plan::DropIndex{
                        table, WithColumn(move.copy, shadow.request().physical,
                                          aside)});
  }
  schema::Column copy = shadow.Added();
  copy.name = aside;
  work.Add(kDrop, plan::DropColumn{table, copy, true, HeirOfCopy(shadow)});
}

// An index that backs a constraint is dropped with the constraint.
void DropOldIndexes(TableWork& work, const Shadow& shadow) {
  const schema::Table& table = work.live();
  for (const IndexMove& move : shadow.index_moves()) {
    const schema::Constraint* constraint =
        table.FindConstraint(move.original.constraint);
    if (constraint != nullptr) {
      work.Add(kDrop, plan::DropConstraint{table.name, *constraint});
    } else {
      work.Add(kDrop, plan::DropIndex{table.name, move.original});
    }
  }
}

// The constraints are dropped by name and not with the column, which would also
// drop a guarded copy.
void DropOldConstraints(TableWork& work, const Shadow& shadow) {
  for (const ConstraintMove& move : shadow.constraint_moves()) {
    LiftConstraint(work, move.request, kDrop);
    work.Add(kDrop, plan::DropConstraint{work.live().name, move.original});
  }
}

plan::Heir HeirOf(const TableWork& work, const ShadowRequest& request) {
  const schema::TableName& table = work.live().name;
  const schema::Column& old = *request.old_column;
  const bool loses_default = old.default_sql && !request.target.default_sql;
  return {table.name,
          old.physical(),
          request.physical,
          request.target.name,
          request.own_default || loses_default,
          NewSideWrites(work, request)};
}

Succession SuccessionOf(const Shadow& shadow) {
  const ShadowRequest& request = shadow.request();
  Succession columns{*request.old_column, request.target};
  columns.leaving = request.leaving;
  if (shadow.motion().shares_privileges) {
    columns.of = db::LossOf::kAllButPrivileges;
  }
  if (request.tied_by) columns.fate = ColumnFate::kTied;
  return columns;
}

void ReplaceOld(TableWork& work, const Shadow& shadow) {
  const schema::TableName& table = work.live().name;
  ReleaseColumn(work, SuccessionOf(shadow));
  const ShadowRequest& request = shadow.request();
  RebindViews(work, SuccessionOf(shadow), request.physical);
  DropOldIndexes(work, shadow);
  DropOldConstraints(work, shadow);
  work.Add(kDrop, plan::DropColumn{table, shadow.PreparedOld(), false,
                                   HeirOf(work, request)});
  if (!shadow.hidden()) return;
  work.Add(kDrop,
           plan::RenameColumn{table, request.physical, request.target.name});
}

// The checks stay with a seal, because an undo would have to validate them
// again.
void DropChecks(TableWork& work, const Shadow& shadow) {
  if (!shadow.needs_check()) return;
  const schema::TableName& table = work.live().name;
  work.Add(kDrop, plan::DropConstraint{table, shadow.NotNullCheck()});
  if (shadow.motion().marks) {
    work.Add(kDrop, plan::DropConstraint{table, shadow.LiveCheck()});
  }
}

// Gives the new column the NOT NULL and the default that were asked for.
void FinishNew(TableWork& work, const Shadow& shadow) {
  const schema::Column& target = shadow.request().target;
  schema::Column before = shadow.Live();
  before.name = target.name;
  AlterIfDifferent(work, shadow.switches() ? kSeal : kDrop, before, target);
  if (!shadow.switches()) DropChecks(work, shadow);
}

PutAside AsideOf(const Shadow& shadow) {
  return {*shadow.request().old_column, shadow.motion().put_aside};
}

// What is undone must not have to look at a row; see PrepareUndo for what has.
void PutOldAside(TableWork& work, const Shadow& shadow) {
  const PutAside old = AsideOf(shadow);
  RefuseStrictDomain(work, old.column);
  for (const IndexMove& move : shadow.index_moves()) {
    PutIndexAside(work, move.original, old);
  }
  if (!shadow.request().tied_by) {
    RefuseUncopied(work, shadow.index_moves(), old, shadow.request().leaving);
  }
  for (const ConstraintMove& move : shadow.constraint_moves()) {
    LiftConstraint(work, move.request, kSeal);
    LiftConstraintForSeal(work, move.original);
  }
  LiftNotNull(work, *shadow.request().old_column, shadow.PreparedOld());
}

// One transaction makes the new shape real. The old column is kept in step
// under another name, and nothing of it refuses a write any more.
void Exchange(TableWork& work, const Shadow& shadow) {
  const schema::TableName& table = work.live().name;
  const ShadowRequest& request = shadow.request();
  const schema::Column& old = *request.old_column;
  SealLosses(work, SuccessionOf(shadow));
  PutOldAside(work, shadow);
  work.Add(kSeal, plan::RenameColumn{table, old.physical(),
                                     shadow.motion().put_aside});
  if (shadow.hidden()) {
    work.Add(kSeal,
             plan::RenameColumn{table, request.physical, request.target.name});
  }
  FinishNew(work, shadow);
  NameIndexes(work, shadow.index_moves(), {shadow.swap()}, kSeal);
  NameConstraints(work, shadow.constraint_moves(), kSeal);
  if (!request.tied_by) CarryOver(work, SuccessionOf(shadow));
  work.Add(kSeal,
           plan::CreateSync{shadow.motion().name, plan::SyncForm::kSealed});
}

// Drops the old column, which the seal has put aside.
void DropAside(TableWork& work, const Shadow& shadow) {
  const PutAside old = AsideOf(shadow);
  work.Add(kDrop,
           plan::DropSync{shadow.motion().name, plan::SyncForm::kSealed});
  DropChecks(work, shadow);
  std::vector<schema::Index> indexes;
  for (const IndexMove& move : shadow.index_moves()) {
    indexes.push_back(move.original);
  }
  DropPutAside(work, indexes, old);
  work.Add(kDrop,
           plan::DropColumn{work.live().name,
                            ColumnAside(shadow.PreparedOld(), old.aside)});
}

void NotePartitions(TableWork& work) {
  if (work.live().kind != "partitioned table") return;
  work.Note(Phase::kExpanding,
            "a table that becomes a partition of '" + work.live().name.name +
                "' meanwhile needs segue's columns: ATTACH PARTITION fails "
                "without them, CREATE TABLE ... PARTITION OF makes them");
}

// An added column is the last one of its table.
void NoteOrder(TableWork& work, const ShadowRequest& request) {
  const std::vector<schema::Column>& columns = work.live().columns;
  const bool was_last =
      columns.empty() || columns.back().name == request.old_column->name;
  if (request.existing || was_last) return;
  work.Note(SwitchPlace(work),
            "column '" + request.target.name + "' is the last one of '" +
                work.live().name.name +
                "' afterwards: INSERT and COPY without a list of "
                "columns, and casts of rows, mean other columns then");
}

}  // namespace

// The old column loses its default only where the trigger supplies it.
void AddShadowColumns(TableWork& work, const Shadow& shadow) {
  const schema::TableName& table = work.live().name;
  const ShadowRequest& request = shadow.request();
  if (!request.existing) {
    work.CountAddedColumn();
    const plan::ColumnMotion& motion = shadow.motion();
    work.Add(Phase::kExpanding,
             plan::AddColumn{
                 table, shadow.Added(),
                 motion.new_has_default ? motion.new_default : std::nullopt});
  }
  if (shadow.motion().shares_privileges) {
    ShareColumnPrivileges(work, *request.old_column, request.physical);
  }
  work.CountAddedColumn();
  work.Add(Phase::kExpanding, plan::AddColumn{table, shadow.Provenance()});
  NotePartitions(work);
  if (!request.old_column) return;
  AlterIfDifferent(work, Phase::kExpanding, *request.old_column,
                   shadow.PreparedOld());
}

void StartShadowSync(TableWork& work, const Shadow& shadow) {
  work.Add(Phase::kExpanding, plan::CreateSync{shadow.motion().name});
}

// The check comes after the backfill. An earlier check would also apply to rows
// that the backfill of another motion touches before this one has filled them.
// Backfill and Verify separate the check from the transaction that validates
// it, which would otherwise hold the check's strong lock during the scan.
void MigrateShadow(TableWork& work, const Shadow& shadow) {
  constexpr Phase kPhase = Phase::kMigrating;
  const schema::TableName& table = work.live().name;
  const plan::MotionId& id = shadow.motion().name;
  if (shadow.request().existing) work.Add(kPhase, plan::Retreat{id});
  work.Add(kPhase, plan::Backfill{{id}});
  const schema::Constraint check = shadow.LiveCheck();
  if (shadow.needs_check()) {
    work.Add(kPhase, plan::AddConstraint{table, check});
  }
  work.Add(kPhase, plan::Verify{id});
  if (shadow.needs_check() && !check.validated) {
    work.Add(kPhase, plan::ValidateConstraint{table, check.name});
  }
  for (const IndexMove& move : shadow.index_moves()) {
    work.Add(kPhase, plan::CreateIndex{table, move.copy});
  }
  for (const ConstraintMove& move : shadow.constraint_moves()) {
    PlaceConstraint(work, move.request);
  }
}

// From here on no row can be marked any more. The verification then proves,
// before anything is contracted, that no marked row is left.
void CloseShadow(TableWork& work, const Shadow& shadow) {
  if (!shadow.motion().marks) return;
  const schema::TableName& table = work.live().name;
  const plan::MotionId& id = shadow.motion().name;
  std::vector<plan::Action>& closing = work.context().closing;
  closing.push_back(plan::CreateSync{id, plan::SyncForm::kStrict});
  closing.push_back(plan::Verify{id, true});
  if (!shadow.needs_check()) return;
  const schema::Constraint check = shadow.NotNullCheck();
  closing.push_back(plan::AddConstraint{table, check});
  if (!check.validated) {
    closing.push_back(plan::ValidateConstraint{table, check.name});
  }
}

// An old column that stays has every index, grant and constraint. It takes the
// new name, and the copy is put aside under another name.
void SealShadow(TableWork& work, const Shadow& shadow) {
  if (shadow.request().keeps == Keeps::kBoth) return;
  if (shadow.switches()) return Exchange(work, shadow);
  if (shadow.request().keeps == Keeps::kNew) {
    CopyMaterializedViews(work, SuccessionOf(shadow),
                          shadow.request().physical);
    return;
  }
  const schema::TableName& table = work.live().name;
  const ShadowRequest& request = shadow.request();
  const plan::MotionId& id = shadow.motion().name;
  const schema::Column& old = *request.old_column;
  work.Add(kSeal, plan::CreateSync{id, plan::SyncForm::kSettling});
  work.Add(kSeal, plan::Settle{id});
  const TableWork::Together together(work, kSeal);
  work.Add(kSeal, plan::DropSync{id, plan::SyncForm::kSettling});
  AlterIfDifferent(work, kSeal, shadow.PreparedOld(), old);
  work.Add(kSeal,
           plan::RenameColumn{table, request.physical,
                              shadow.motion().put_aside, HeirOfCopy(shadow)});
  work.Add(kSeal, plan::RenameColumn{table, old.name, request.target.name});
  work.Add(kSeal, plan::CreateSync{id, plan::SyncForm::kSealed});
}

// The seal of the column that a motion with a lookup replaces, which is another
// table's, replaces the triggers, too.
void StopShadowSync(TableWork& work, const Shadow& shadow) {
  const plan::ColumnMotion& motion = shadow.motion();
  if (motion.lookup && !motion.put_aside.empty()) {
    work.Add(kDrop, plan::DropSync{motion.name, plan::SyncForm::kSealed});
    return;
  }
  work.Add(shadow.switches() ? kSeal : kDrop,
           plan::DropSync{motion.name, plan::ReadyForm(motion)});
}

void DropShadow(TableWork& work, const Shadow& shadow) {
  const TableWork::Together together(work, kDrop);
  const ShadowRequest& request = shadow.request();
  switch (request.keeps) {
    case Keeps::kOld:
      DropCopy(work, shadow);
      break;
    case Keeps::kNew:
      if (shadow.switches()) {
        DropAside(work, shadow);
        NoteOrder(work, request);
        break;
      }
      ReplaceOld(work, shadow);
      FinishNew(work, shadow);
      NameIndexes(work, shadow.index_moves(), {shadow.swap()}, kDrop);
      NameConstraints(work, shadow.constraint_moves(), kDrop);
      if (!request.tied_by) CarryOver(work, SuccessionOf(shadow));
      NoteOrder(work, request);
      break;
    case Keeps::kBoth:
      if (request.old_column) {
        AlterIfDifferent(work, kDrop, shadow.PreparedOld(),
                         *request.old_column);
      }
      FinishNew(work, shadow);
      break;
  }
  DropProvenance(work, shadow);
}

void CarryToShadow(TableWork& work, const Shadow& shadow) {
  CarryOver(work, SuccessionOf(shadow));
}

}  // namespace segue::ops
