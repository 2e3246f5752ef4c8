// Migrator::Migrate: runs all pending files as one plan, or as few plans as
// possible.
#include <algorithm>

#include "base/text.h"
#include "engine/context.h"
#include "engine/dry_run.h"
#include "engine/preflight.h"
#include "engine/seal.h"
#include "engine/status.h"
#include "ledger/pending.h"
#include "segue/error.h"

namespace segue {
namespace {

using Files = std::vector<Migration>;
// Returns nullopt when these files share one plan, otherwise the error that
// says why they do not.
using Plans = std::function<std::optional<Error>(const Files&)>;

std::vector<std::string> Ids(const Files& files) {
  std::vector<std::string> ids;
  for (const Migration& file : files) ids.push_back(file.id);
  return ids;
}

Files First(const Files& files, std::size_t count) {
  return {files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count)};
}

// True when the error is the planner's answer, and not a failure on the way to
// an answer.
bool IsRefusal(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage:
    case ErrorKind::kRefused:
    case ErrorKind::kNotFound:
    case ErrorKind::kConstraint:
    case ErrorKind::kMismatch:
      return true;
    case ErrorKind::kConflict:
    case ErrorKind::kLockTimeout:
    case ErrorKind::kRetryable:
    case ErrorKind::kConnectionLost:
    case ErrorKind::kInDoubt:
    case ErrorKind::kCancelled:
    case ErrorKind::kCorrupt:
    case ErrorKind::kInternal:
      return false;
  }
  return false;
}

// Returns what the planner, or what tries its plan, refuses.
template <typename Work>
std::optional<Error> RefusalOf(const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const Error& error) {
    if (!IsRefusal(error)) throw;
    return error;
  }
}

// Returns the earlier file with which the last of `files` cannot share a plan:
// the first file that brings the same refusal when the plan has it before the
// last one.
std::string Rival(const Files& files, const Error& why, const Plans& plans) {
  const Migration& last = files.back();
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    Files pair = First(files, i + 1);
    pair.push_back(last);
    const std::optional<Error> error = plans(pair);
    if (error && std::string(error->what()) == why.what()) return files[i].id;
  }
  return files[files.size() - 2].id;
}

// How many of the first files share one plan, and why the next one does not.
struct Foldable {
  std::size_t count = 0;
  std::optional<Error> why;
};

Foldable HowMany(const Files& files, const Plans& plans) {
  std::optional<Error> why = plans(files);
  if (!why) return {files.size(), std::nullopt};
  for (std::size_t count = 1; count < files.size(); ++count) {
    if (auto error = plans(First(files, count))) return {count - 1, error};
  }
  return {files.size() - 1, why};
}

// Makes the error "'03_c' cannot share a plan with '01_a'", with a hint how the
// files can be run all the same.
Error CannotFold(const Files& files, const Foldable& fold, const Plans& plans) {
  const Files upto = First(files, fold.count + 1);
  const std::string& last = files[fold.count - 1].id;
  Error error(ErrorKind::kRefused, "migration '" + upto.back().id +
                                       "' cannot share one plan with '" +
                                       Rival(upto, *fold.why, plans) +
                                       "': " + fold.why->what());
  error.WithHint("'segue migrate --to " + last +
                 "' first and complete it; or 'segue migrate --complete', "
                 "which runs them one after the other");
  return error;
}

Error InFile(const std::string& id, const Error& error) {
  Error named(error.kind(), "migration '" + id + "': " + error.what());
  named.WithCode(error.native_code()).WithSql(error.sql());
  named.WithHint(error.hint());
  for (const std::string& note : error.notes()) named.WithNote(note);
  return named;
}

// Returns how many of the first files are the active migration, which has to be
// finished before anything else is started. Throws Error{kRefused} when the
// active migration stands in the way of these files.
std::size_t CountActive(const Files& pending,
                        const std::vector<std::string>& active, bool complete) {
  if (active.empty()) return 0;
  const std::vector<std::string> ids = Ids(pending);
  const bool first = active.size() <= ids.size() &&
                     std::equal(active.begin(), active.end(), ids.begin());
  if (first && (complete || active.size() == ids.size())) return active.size();
  Error error(ErrorKind::kRefused,
              "migration '" + active.back() + "' is active" +
                  (first ? ", and there is more to migrate after it"
                         : ", and it is not what would be migrated"));
  error.WithHint(first ? "complete it first ('segue complete', or 'segue "
                         "migrate --complete' for all), or roll it back"
                       : "complete it or roll it back first");
  throw error;
}

// Goes, in a dry run, through what is left of the active migration, as its
// stored plan has it.
Outcome DryRunActive(const engine::Context& context, bool complete) {
  engine::DryRun run(context);
  run.Continue("", Phase::kComplete);
  run.ToReady(false);
  if (complete) run.Contract("");
  return run.Report();
}

// What comes after a contract that can be undone needs the names that it keeps.
void RefuseSealed(const engine::Context& context) {
  const engine::MigrationRow row = context.RequireActive();
  const auto window = engine::WindowOf(context, row);
  if (window && !window->over()) throw engine::StillSealed(row, *window);
}

// Returns the active migration when its contract is sealed and the time to undo
// it is over; or an empty name.
std::string OverDue(const engine::Context& context) {
  if (!context.ledger.Open(context.connection())) return "";
  const auto row = context.ledger.Active(context.connection());
  if (!row) return "";
  const auto window = engine::WindowOf(context, *row);
  return window && window->over() ? row->id : "";
}

// Only the last plan keeps a way back: what comes after a plan needs its final
// shape.
Migration WithoutWindow(Migration whole, bool is_last) {
  if (!is_last) whole.undo_window = std::chrono::seconds(0);
  return whole;
}

}  // namespace

Outcome Migrator::MigrateOnce(const Migration& whole, bool active,
                              const MigrateOptions& options) {
  if (options.dry_run && active) {
    return DryRunActive(*context_, options.complete);
  }
  if (active && context_->RequireActive().phase == Phase::kContracting) {
    if (options.complete) return CompleteIfAgreed(options);
    RefuseSealed(*context_);
    throw Error(ErrorKind::kRefused,
                "migration '" + whole.id + "' is being contracted")
        .WithHint("'segue complete' finishes it");
  }
  StartOptions start;
  start.dry_run = options.dry_run;
  start.rollback_on_any_failure = options.rollback_on_any_failure;
  // A dry run goes through the contract as well.
  start.complete = options.complete && options.dry_run;
  Outcome outcome = Start(whole, start);
  if (options.dry_run) outcome.status.folded = Ids(whole.folded);
  if (!options.complete || options.dry_run || outcome.status.is_complete()) {
    return outcome;
  }
  return CompleteIfAgreed(options);
}

Outcome Migrator::CompleteIfAgreed(const MigrateOptions& options) {
  if (options.before_complete) {
    options.before_complete(
        engine::StatusOf(*context_, context_->RequireActive()));
  }
  return Complete();
}

MigrateOutcome Migrator::Migrate(Files files, const MigrateOptions& options) {
  // Many plans are made to find one that can be shared, so that they are not
  // tried; that one is.
  const Plans plans = [this](const Files& some) {
    return RefusalOf([&] {
      engine::RefuseFindings(engine::PlanFor(*context_, Fold(some)));
    });
  };
  const Plans tried = [this](const Files& some) {
    return RefusalOf([&] { MakePlan(Fold(some)); });
  };
  MigrateOutcome outcome;
  const std::string due = OverDue(*context_);
  if (!due.empty() && !options.dry_run) {
    outcome.runs.push_back(Complete(false, "", due));
  }
  // 1 find what is pending, with the active migration first.
  Files pending = engine::PendingFiles(context_->connection(), context_->ledger,
                                       std::move(files), options.to);
  for (Migration& file : pending) {
    file.access = file.access.value_or(context_->options.access);
    file.on_transform_error =
        file.on_transform_error.value_or(context_->options.on_transform_error);
    file.user_triggers =
        file.user_triggers.value_or(context_->options.user_triggers);
    file.undo_window = file.undo_window.value_or(context_->options.undo_window);
  }
  std::size_t active = CountActive(
      pending, engine::ActiveFiles(context_->connection(), context_->ledger),
      options.complete);
  while (!pending.empty()) {
    // 2 take as many files as share one plan.
    std::size_t count = active;
    if (count == 0) {
      const Foldable fold = HowMany(pending, plans);
      if (fold.count == 0) throw InFile(pending.front().id, *fold.why);
      if (fold.why && !options.complete) throw CannotFold(pending, fold, plans);
      count = fold.count;
      if (options.complete && count > 1 && tried(First(pending, count))) {
        count = 1;  // each of them may be accepted by itself
      }
    }
    // 3 start them, and complete them if that was asked for.
    const bool is_last = count == pending.size();
    if (active > 0 && !is_last) RefuseSealed(*context_);
    outcome.runs.push_back(
        MigrateOnce(WithoutWindow(Fold(First(pending, count)), is_last),
                    active > 0, options));
    pending.erase(pending.begin(),
                  pending.begin() + static_cast<std::ptrdiff_t>(count));
    active = 0;
    if (!outcome.runs.back().status.is_complete()) break;
  }
  outcome.left = Ids(pending);
  return outcome;
}

}  // namespace segue
