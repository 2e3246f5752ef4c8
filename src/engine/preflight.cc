#include "engine/preflight.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "backfill/blockers.h"
#include "backfill/trial.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/replication.h"
#include "db/retry.h"
#include "engine/grants.h"
#include "engine/plan_trial.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// The limit for trying an expression, or asking a question, on all rows of a
// table. A larger table is tried in part; the backfill finds the failures that
// the trial has missed, and then the migration rolls back.
constexpr std::chrono::seconds kTrialTime{30};

// Interrupts a statement that takes too long.
class Deadline {
 public:
  Deadline(db::Connection& connection, std::chrono::milliseconds time)
      : connection_(connection),
        thread_(
            [this, time](const std::stop_token& over) { Wait(over, time); }) {}

  bool passed() const { return passed_; }

 private:
  void Wait(const std::stop_token& over, std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    // Nobody notifies the condition variable: the time or the stop token ends
    // the wait.
    const auto is_over = [&] { return over.stop_requested(); };
    if (ended.wait_for(lock, over, time, is_over)) return;
    passed_ = true;
    connection_.Interrupt();
  }

  db::Connection& connection_;
  std::atomic<bool> passed_{false};
  std::jthread thread_;  // declared last, because it uses the others
};

std::vector<std::string> Reasons(db::Connection& connection,
                                 const std::string& question) {
  std::vector<std::string> reasons;
  Deadline deadline(connection, kTrialTime);
  try {
    db::Transaction transaction(connection, {db::Purpose::kRead, {}});
    for (const db::Row& row : connection.Execute(question).rows) {
      reasons.push_back(db::ToText(row.at(0)));
    }
  } catch (const Error& error) {
    // What raises an error here raises it in the backfill too.
    if (error.kind() == ErrorKind::kConstraint) return {error.what()};
    const bool late =
        error.kind() == ErrorKind::kCancelled && deadline.passed();
    // Others may be writing the rows just now.
    if (!late && !error.retryable()) throw;
    base::Log(base::LogLevel::kInfo,
              std::string("the rows were not looked at beforehand: ") +
                  (late ? "it took too long" : error.what()));
  }
  return reasons;
}

void RefuseObjections(const Context& context, const PlannedAction& action) {
  if (action.objections.empty()) return;
  const std::vector<std::string> reasons =
      Reasons(context.connection(), action.objections);
  if (reasons.empty()) return;
  throw Error(ErrorKind::kRefused,
              action.description + " would fail: " + base::Join(reasons, "; "))
      .WithHint("mend these rows; nothing was changed");
}

TrialReport Try(const Context& context, const TrialSql& trial, bool mark) {
  return engine::Try(context.connection(), trial, kTrialTime,
                     mark ? TrialWants::kCount : TrialWants::kFirst);
}

std::optional<std::string> TryUp(const Context& context, const TrialSql& trial,
                                 bool mark) {
  const TrialReport report = Try(context, trial, mark);
  const std::string rows = base::Join(report.failures, "; ");
  const std::string& table = trial.walk.table;
  if (report.failures.empty()) return std::nullopt;
  if (!trial.reason.empty()) {
    throw Error(ErrorKind::kRefused,
                "rows of '" + table + "' are in the way: " + rows)
        .WithHint("mend these rows or the migration; nothing was changed");
  }
  if (mark) {
    return std::string("'up' fails on ") +
           (report.finished ? "" : "at least ") +
           base::WithThousands(report.count) + " rows of '" + table +
           "', which will be marked: " + rows;
  }
  throw Error(ErrorKind::kRefused,
              "'up' fails on rows of '" + table + "': " + rows)
      .WithHint("mend these rows or the expression; nothing was changed");
}

// A foreign key between types that the server does not compare fails here.
TrialReport TryRows(const Context& context, const PlannedAction& action,
                    bool mark) {
  try {
    return Try(context, *action.trial, mark);
  } catch (const Error& error) {
    const bool about_it = error.kind() == ErrorKind::kInternal ||
                          error.kind() == ErrorKind::kRefused;
    if (!about_it || error.poisons_connection()) throw;
    throw Error(ErrorKind::kRefused,
                action.description + " would fail: " + error.what())
        .WithCode(error.native_code())
        .WithHint("mend what the database says; nothing was changed");
  }
}

void TryConstraint(const Context& context, const PlannedAction& action,
                   bool mark) {
  const TrialReport report = TryRows(context, action, mark);
  // A marked row that has no value yet breaks no constraint.
  const bool only_marked = mark && report.raised == report.count;
  if (report.failures.empty() || only_marked) return;
  throw Error(ErrorKind::kRefused,
              "rows of '" + action.trial->walk.table +
                  "' break it: " + base::Join(report.failures, "; "))
      .WithHint(
          "mend these rows, or say in 'up' what becomes of them; nothing was "
          "changed");
}

// A table that is locked against everybody cannot be inspected, so the planner
// waits for the lock.
Planned PatientlyPlan(const Context& context, const PlannerInput& input) {
  db::RetryPolicy policy;
  policy.patience = context.options.lock_patience;
  try {
    return db::Retry(base::SystemClock(), policy, [&] {
      return MakePlan(context.database.dialect(), context.database.connection(),
                      input);
    });
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kLockTimeout) throw;
    throw Error(ErrorKind::kLockTimeout,
                "a table of schema '" + context.database.schema() +
                    "' is locked, so that it cannot be inspected" +
                    DescribeBlockers(context.database, ""))
        .WithCode(error.native_code())
        .WithHint(
            "end or wait for the session that holds the lock; nothing "
            "was changed");
  }
}

// Queries on a standby are nobody's who asks for a lock here.
void NoteStandbys(const Context& context, Plan& plan) {
  const auto* replication =
      dynamic_cast<const db::Replication*>(&context.database.dialect());
  if (replication == nullptr || !plan.has_phase(Phase::kContracting)) return;
  const std::vector<std::string> names =
      replication->Facts(context.connection()).standbys;
  if (names.empty()) return;
  plan.notes.push_back(
      "standbys follow this server (" + base::Join(names, ", ") +
      "): the replay of a change of a table there may cancel queries that have "
      "been reading it for long; 'segue complete --standby URL' names them "
      "before the contract begins");
}

// Returns the schemas of the live versions that are asked to live on.
std::vector<std::string> KeptVersions(const Context& context,
                                      const std::vector<std::string>& asked) {
  std::vector<std::string> kept;
  if (asked.empty()) return kept;
  std::vector<VersionInfo> live;
  if (context.ledger.Open(context.connection())) {
    live = PublishedVersions(context.ledger).All(context.connection());
  }
  std::erase_if(
      live, [](const VersionInfo& version) { return version.state != "live"; });
  std::vector<std::string> names;
  for (const VersionInfo& version : live) names.push_back(version.name);
  const auto add = [&](const std::string& schema) {
    if (std::count(kept.begin(), kept.end(), schema) == 0) {
      kept.push_back(schema);
    }
  };
  for (const std::string& name : asked) {
    bool found = name == kEveryVersion;
    for (const VersionInfo& version : live) {
      const bool is_it = name == kEveryVersion || name == version.name ||
                         name == version.version_schema;
      if (is_it) add(version.version_schema);
      found = found || is_it;
    }
    if (found) continue;
    const std::string near = base::Nearest(name, names);
    throw Error(ErrorKind::kRefused,
                "keep_versions: no live version is called '" + name + "'" +
                    (near.empty() ? "" : "; did you mean '" + near + "'?"))
        .WithHint("'segue versions' lists them");
  }
  return kept;
}

}  // namespace

Planned PlanFor(const Context& context, const Migration& migration,
                bool for_subscribers) {
  if (migration.operations.empty()) {
    throw Error(ErrorKind::kUsage,
                "migration '" + migration.id + "' has no operations");
  }
  std::vector<std::string> live;
  if (context.ledger.Open(context.connection())) live = LiveVersions(context);
  Planned planned = PatientlyPlan(
      context,
      {migration, context.database.schema(),
       migration.access.value_or(context.options.access),
       migration.on_transform_error.value_or(
           context.options.on_transform_error),
       migration.user_triggers.value_or(context.options.user_triggers),
       migration.undo_window.value_or(context.options.undo_window), live,
       KeptVersions(context, migration.keep_versions.value_or(
                                 context.options.keep_versions)),
       context.LockBudget(), for_subscribers});
  NoteStandbys(context, planned.plan);
  if (!migration.folded.empty()) {
    std::vector<std::string> parts;
    for (const Migration& part : migration.folded) parts.push_back(part.id);
    planned.plan.notes.push_back("one plan also for " +
                                 base::Join(parts, ", "));
  }
  return planned;
}

void RefuseFindings(const Planned& planned) {
  std::vector<std::string> reasons;
  Source source;
  for (const Finding& finding : planned.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    if (!source.known()) source = finding.source;
    reasons.push_back(finding.message);
  }
  if (!reasons.empty()) {
    throw Error(ErrorKind::kRefused, base::Join(reasons, "; "))
        .WithSource(source);
  }
}

std::vector<std::string> Preflight(const Context& context,
                                   const Planned& planned) {
  RefuseFindings(planned);
  std::vector<std::string> notes = TryPlan(context, planned);
  const bool mark = planned.plan.on_transform_error == OnTransformError::kMark;
  for (const Step& step : planned.plan.steps) {
    for (const PlannedAction& action : step.actions) {
      RefuseObjections(context, action);
      if (action.trial) TryConstraint(context, action, mark);
      if (action.kind != ActionKind::kBackfill) continue;
      for (const TrialSql& trial : planned.plan.TrialsOf(action.motion)) {
        const auto note = TryUp(context, trial, mark);
        if (note) notes.push_back(*note);
      }
    }
  }
  return notes;
}

}  // namespace segue::engine
