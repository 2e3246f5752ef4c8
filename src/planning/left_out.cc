// Decides how the triggers can tell a value that an application gave from one
// that it left out: both sides carry their own constant default, and whatever
// differs from it was given. docs/given.md has the result for each case.
#include <fmt/format.h>

#include "base/text.h"
#include "planning/expression.h"
#include "planning/shadow_request.h"

namespace segue::ops {
namespace {

bool Hidden(const ShadowRequest& request) {
  return request.physical != request.target.name;
}

bool IsNullLiteral(const std::string& sql) {
  const std::string text = base::ToLower(base::Trim(sql));
  return text == "null" || text.starts_with("null::");
}

// The rows that are there get what new rows get by the default.
bool FilledByDefault(const ShadowRequest& request) {
  return request.keeps == Keeps::kBoth && !request.old_column &&
         request.target.default_sql == request.up.sql;
}

// Both sides have names of their own that clients can write, and no session
// tells its version.
bool BothInPlace(const TableWork& work, const ShadowRequest& request) {
  return !work.versioned() && !Hidden(request) &&
         request.keeps != Keeps::kOld && !request.existing;
}

const db::Answer& AskLeftOut(const TableWork& work, const std::string& type) {
  return work.context().Ask(db::LeftOutQuestion{work.live().name, type});
}

// The target of a rename has the old column's type, which is known.
void LearnTypeOfTarget(const TableWork& work, ShadowRequest& request) {
  schema::Column& target = request.target;
  const bool known =
      request.existing ||
      (request.old_column && SameType(request.old_column->type, target.type));
  if (known && !target.of_domain) return;
  const db::Answer& answer = AskLeftOut(work, target.type);
  if (!known) {
    target.type_default = answer.default_sql;
    target.type_default_is_constant = !answer.is_volatile;
  }
  if (answer.error.empty() || request.existing) return;
  throw work
      .Refused(target.name,
               fmt::format("its type {} refuses NULL ({}), which the new "
                           "column of table '{}' has in each row until the row "
                           "is filled",
                           target.type, answer.error, work.live().name.name))
      .WithHint(request.keeps == Keeps::kOld
                    ? "use access: versioned, where a rename needs no second "
                      "column"
                    : "let the type take NULL, or use the type that the "
                      "domain is made of and a check");
}

// The database looks at the type of a column that is left out before any
// trigger runs.
void RefuseStrictType(const TableWork& work, const ShadowRequest& request) {
  if (!request.old_column || !request.old_column->of_domain) return;
  const schema::Column& old = *request.old_column;
  const db::Answer& answer = AskLeftOut(work, old.type);
  if (answer.error.empty()) return;
  if (request.only_converts && request.target.nullable) {
    throw work
        .Refused(
            old.name,
            fmt::format("its type {} refuses NULL ({}), and the new column "
                        "takes it: table '{}' would have no value for the "
                        "old version",
                        old.type, answer.error, work.live().name.name))
        .WithHint(
            "give 'up' and 'down', which says what the old version sees "
            "for a NULL of the new one");
  }
  if (HasConstantDefault(old)) return;
  throw work
      .Refused(old.name,
               fmt::format("its type {} refuses NULL ({}), so that an INSERT "
                           "into table '{}' which gives only the new column "
                           "fails before a trigger can fill it",
                           old.type, answer.error, work.live().name.name))
      .WithHint("give the column a constant default first");
}

// An INSERT through the new version leaves the old column at its default. The
// trigger can tell that default from a given value only if the default can be
// computed again.
void RefuseUnknowableDefault(const TableWork& work,
                             const ShadowRequest& request) {
  if (!request.old_column || request.tied_by) return;
  const schema::Column& old = *request.old_column;
  if (!old.LeftOut() || old.LeftOutIsConstant()) return;
  if (!old.nullable && work.capabilities().moves_default) return;
  throw work
      .Refused(old.name,
               "its default (" + *old.LeftOut() +
                   ") gives another value each time, so that a value given by "
                   "an application cannot be told from it")
      .WithHint(work.versioned() ? "drop the default first"
                                 : "use access: versioned, or drop the "
                                   "default first");
}

// Where triggers run after the row's own checks, an INSERT through the new side
// holds the old column's default for a moment. In a unique index the second
// such row would fail.
void RefuseUniqueDefault(const TableWork& work, const ShadowRequest& request) {
  if (!request.old_column) return;
  const schema::Column& old = *request.old_column;
  if (!work.capabilities().checks_before_triggers || !old.default_sql) return;
  for (const schema::Index& index : work.live().indexes) {
    for (const schema::IndexColumn& part : index.columns) {
      if (!index.unique || part.name != old.name) continue;
      throw work
          .Refused(old.name, "it has a default and is in the unique index '" +
                                 index.name +
                                 "', so that a row which gives only the new "
                                 "column would collide with the default")
          .WithHint("drop the default first");
    }
  }
}

// With the default on the column, a given value that equals it would be
// replaced by that of `up`; without, a given NULL would, and SET ... = DEFAULT
// would write NULL.
void RefuseUntoldNull(const TableWork& work, const ShadowRequest& request) {
  const schema::Column& target = request.target;
  const bool own = request.keeps == Keeps::kNew || request.own_default;
  if (FilledByDefault(request)) return;
  if (!BothInPlace(work, request) || !own || !target.nullable) return;
  if (!target.LeftOut() || IsNullLiteral(*target.LeftOut()) ||
      HasLiveDefault(work, request)) {
    return;
  }
  throw work
      .Refused(target.name,
               fmt::format("it takes NULL and its default is {}: in place, "
                           "neither of them, when an application gives it, can "
                           "be told from a column that was left out, which "
                           "gets the value of 'up'",
                           *target.LeftOut()))
      .WithHint(
          "use access: versioned, make it NOT NULL, or set the default "
          "in a migration of its own afterwards");
}

// Where a default cannot be altered by itself, it is added with the column, and
// then it must not need each row to be written.
bool CanBeAdded(const TableWork& work, const schema::Column& target) {
  if (work.capabilities().moves_default) return true;
  const db::Answer& answer = AnswerOnDefault(work.context(), work.live(),
                                             *target.LeftOut(), target.type);
  if (!answer.known) return true;
  return answer.error.empty() && !answer.rewrites_table && !answer.is_volatile;
}

}  // namespace

bool NewSideWrites(const TableWork& work, const ShadowRequest& request) {
  return !Hidden(request) || work.versioned();
}

bool HasConstantDefault(const schema::Column& column) {
  return column.LeftOut() && column.LeftOutIsConstant() &&
         !IsNullLiteral(*column.LeftOut());
}

void PrepareLeftOut(TableWork& work, ShadowRequest& request) {
  LearnTypeOfTarget(work, request);
  if (!NewSideWrites(work, request)) return;
  RefuseUnknowableDefault(work, request);
  RefuseUniqueDefault(work, request);
  RefuseStrictType(work, request);
  RefuseUntoldNull(work, request);
}

// Where triggers run after the row's own checks, a default in a second column
// could collide in an index, and a rename needs it only because both names can
// be written.
bool HasLiveDefault(const TableWork& work, const ShadowRequest& request) {
  const schema::Column& target = request.target;
  if (FilledByDefault(request)) return work.capabilities().moves_default;
  if (request.existing || !HasConstantDefault(target)) return false;
  if (work.capabilities().checks_before_triggers &&
      request.keeps != Keeps::kOld) {
    return false;
  }
  const bool agrees = request.only_converts && !request.own_default;
  if (BothInPlace(work, request) && !agrees) return false;
  return CanBeAdded(work, target);
}

void NoteLeftOut(TableWork& work, const ShadowRequest& request) {
  const schema::Column& target = request.target;
  if (BothInPlace(work, request) && target.nullable && target.type_default &&
      !target.default_sql) {
    work.Note(
        Phase::kExpanding,
        fmt::format("the default of type {} does not count for '{}' until "
                    "the contract: SET {} = DEFAULT gives NULL, and an "
                    "INSERT of NULL gets the value of 'up'",
                    target.type, target.name, target.name));
  }
  if (request.keeps == Keeps::kOld && target.nullable &&
      HasConstantDefault(target) && !HasLiveDefault(work, request)) {
    work.Note(
        Phase::kExpanding,
        fmt::format("its default {} cannot be added to a table with rows: "
                    "an INSERT that gives NULL for '{}' counts as one "
                    "that leaves it out until the contract",
                    *target.LeftOut(), target.name));
  }
  if (FilledByDefault(request) || target.nullable ||
      request.keeps == Keeps::kOld || request.existing ||
      !NewSideWrites(work, request)) {
    return;
  }
  constexpr const char* kGets = "the value of 'up'";
  if (work.versioned()) {
    work.Note(Phase::kExpanding,
              fmt::format("'{}' takes no NULL: an INSERT of the new version is "
                          "refused at once if it {}; in a session that does "
                          "not name the version it cannot be told from one of "
                          "the old version, and gets {}",
                          target.name,
                          target.LeftOut() ? "gives NULL"
                                           : "leaves it out or gives NULL",
                          kGets));
    return;
  }
  work.Note(
      Phase::kExpanding,
      fmt::format("an INSERT that leaves '{}' out, or gives NULL, cannot "
                  "be told from one of the old version and gets {} until "
                  "the contract{}",
                  target.name, kGets,
                  target.LeftOut() ? "" : "; from then on it is refused"));
}

}  // namespace segue::ops
