#include "planning/shadow.h"

#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "planning/not_null.h"
#include "planning/provenance.h"

namespace segue::ops {
namespace {

// True when the expression may fail on a row. A plain copy to a column of the
// same type cannot.
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

// Without a default of its own, the new column of a write that sets NULL gets
// the default from the trigger.
void SetNewDefault(const TableWork& work, const ShadowRequest& request,
                   plan::ColumnMotion& motion) {
  const schema::Column& target = request.target;
  motion.new_has_default = HasLiveDefault(work, request);
  const bool in_place = request.physical == target.name && !work.versioned();
  const bool asked_in_place = in_place && !target.nullable && !request.existing;
  if (motion.new_has_default || asked_in_place) {
    motion.new_default = target.LeftOut();
  } else if (request.own_default) {
    motion.new_default = target.default_sql;
  }
}

}  // namespace

Shadow::Shadow(TableWork& work, ShadowRequest request)
    : work_(work), request_(std::move(request)) {
  if (work_.creates()) {
    throw work_
        .Refused(request_.target.name, "this migration creates the table")
        .WithHint("put it into the create_table");
  }
  work_.RefuseInherited();
  PrepareLeftOut(work_, request_);
  plan::ColumnMotion made = MakeMotion();
  made.marks = DecidesToMark();
  id_ = made.name;
  work_.context().motions.Add(std::move(made));
  if (!request_.lookup) NoteLeftOut(work_, request_);
  if (request_.keeps == Keeps::kBoth) return;
  const bool keeps_old = request_.keeps == Keeps::kOld;
  if (!request_.tied_by) {
    index_moves_ =
        PlanIndexMoves(work_, {swap()}, keeps_old ? Use::kReads : Use::kChanges,
                       request_.leaving);
  }
  if (!keeps_old) {
    std::vector<std::string> leaving =
        request_.tied_by.value_or(std::vector<std::string>());
    leaving.push_back(request_.leaving);
    constraint_moves_ = PlanConstraintMoves(work_, swap(), request_.up,
                                            motion().provenance, leaving);
  }
  if (!request_.up.PlainColumn()) NoteUnique();
}

// Two old values may become the same new value.
void Shadow::NoteUnique() {
  for (const IndexMove& move : index_moves_) {
    if (!move.original.unique) continue;
    work_.Note(Phase::kMigrating,
               "'" + move.original.name +
                   "' is unique over the new values too: a write of the old "
                   "version whose 'up' gives a value that is taken fails");
  }
}

// A side of a marked row that has no value is NULL until it gets one, so that a
// stale value never passes for a right one.
bool Shadow::DecidesToMark() {
  if (work_.context().on_transform_error != OnTransformError::kMark ||
      request_.lookup) {
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

schema::Column Shadow::Shape() const {
  schema::Column column = request_.target;
  if (hidden()) column.stored_as = request_.physical;
  return column;
}

plan::ColumnMotion Shadow::MakeMotion() {
  PlanContext& context = work_.context();
  const schema::Table& table = work_.live();
  plan::ColumnMotion motion;
  motion.name = context.NextMotionId();
  motion.table = table.name;
  motion.old_column = request_.old_column;
  motion.new_column = Added();
  motion.provenance = FreeProvenance(work_);
  motion.up = request_.up;
  motion.down = request_.down;
  motion.old_default_moved = MovesOldDefault();
  SetNewDefault(work_, request_, motion);
  if (work_.versioned()) motion.new_versions = {context.version_schema};
  motion.new_not_null = !request_.target.nullable;
  motion.keeps_old_column = request_.keeps == Keeps::kOld;
  motion.new_was_there = request_.existing;
  motion.shares_privileges = request_.old_column && !request_.existing &&
                             request_.keeps != Keeps::kBoth;
  motion.new_decides = request_.tied_by.has_value();
  motion.lookup = request_.lookup;
  motion.key = table.WalkKeyColumns();
  if (motion.keeps_old_column || switches()) {
    motion.put_aside = plan::PutAsideColumn(
        request_.old_column->name, work_.capabilities().max_identifier);
  }
  if (motion.lookup && context.undoable) {
    motion.put_aside = plan::PutAsideColumn(
        motion.lookup->value.name, work_.capabilities().max_identifier);
  }
  if (switches() && hidden()) motion.sealed_as = request_.target.name;
  motion.undoable = context.undoable && !motion.put_aside.empty();
  return motion;
}

// The new column is nullable and has no default until every row has its value;
// that of its type must not count either.
schema::Column Shadow::Added() const {
  schema::Column column = request_.target;
  column.name = request_.physical;
  column.stored_as.clear();
  column.nullable = true;
  column.default_sql.reset();
  if (column.type_default) column.default_sql = "NULL";
  column.identity = schema::Identity::kNone;
  column.has_column_grants = false;
  return column;
}

schema::Column Shadow::Live() const {
  schema::Column column = Added();
  if (motion().new_has_default) column.default_sql = motion().new_default;
  return column;
}

schema::Column Shadow::Provenance() const {
  return MakeProvenance(work_, motion().provenance);
}

// A default that gives another value each time cannot be told from a value that
// was given, so the trigger supplies it where NULL can only mean "left out".
bool Shadow::MovesOldDefault() const {
  if (!request_.old_column || !new_side_writes()) return false;
  if (request_.tied_by) return false;
  const schema::Column& old = *request_.old_column;
  return !old.nullable && old.LeftOut() && !old.LeftOutIsConstant() &&
         work_.capabilities().moves_default;
}

// While both versions are live, no constraint of the old column may act before
// the trigger does.
schema::Column Shadow::PreparedOld() const {
  schema::Column old = *request_.old_column;
  if (old.nullable || !new_side_writes()) return old;
  if (MovesOldDefault()) {
    old.default_sql.reset();
    if (old.type_default) old.default_sql = "NULL";
  } else if (!HasConstantDefault(old) &&
             work_.capabilities().relaxes_not_null) {
    old.nullable = true;
  }
  return old;
}

bool Shadow::switches() const {
  return work_.context().undoable && request_.keeps == Keeps::kNew;
}

bool Shadow::needs_check() const {
  return request_.keeps != Keeps::kOld && !request_.target.nullable &&
         work_.capabilities().set_not_null_needs_check;
}

schema::Constraint Shadow::NotNullCheck() const {
  return ops::NotNullCheck(work_, request_.physical);
}

// A marked row has no value yet, so it must pass the check.
schema::Constraint Shadow::LiveCheck() const {
  schema::Constraint check = NotNullCheck();
  if (!motion().marks) return check;
  check.name = base::ShortName("_segue_filled_" + request_.physical,
                               work_.capabilities().max_identifier);
  check.columns.push_back(motion().provenance);
  check.check = work_.spelling().IsNotNullOrMarked(request_.physical,
                                                   motion().provenance);
  return check;
}

}  // namespace segue::ops
