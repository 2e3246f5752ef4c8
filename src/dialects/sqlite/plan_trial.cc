#include "dialects/sqlite/plan_trial.h"

#include <memory>
#include <string>
#include <vector>

#include "dialects/sqlite/render.h"
#include "dialects/sqlite/schema_copy.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/uses.h"
#include "dialects/sqlite/version_session.h"
#include "dialects/sqlite/version_views.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// A statement of the user's that only reads or writes rows is compiled. Run, it
// may take any time, and the rows of the copy do not matter.
bool ChangesSchema(const std::string& sql) {
  const std::vector<Token> tokens = Tokenize(sql);
  const auto begins = [&](const char* word) {
    return !tokens.empty() && tokens[0].Is(word);
  };
  return begins("CREATE") || begins("ALTER") || begins("DROP") ||
         begins("PRAGMA");
}

class Stage : public db::TrialStage {
 public:
  Stage(SqliteConnection& copy, const db::PlanTrial& trial)
      : copy_(copy), trial_(trial), uses_(copy) {
    uses_.Note();
  }

  // The one row in the copy says nothing about all the others, which the
  // pre-flight asks for elsewhere.
  void Run(const PlannedAction& action, const Statement& statement) override {
    if (!statement.only_if.empty() && !Holds(statement.only_if)) return;
    try {
      if (action.description == kRunSql && !ChangesSchema(statement.sql)) {
        copy_.Compile(statement.sql);
        return;
      }
      RequireRows(statement, copy_.Execute(statement.sql).affected);
    } catch (const Error& error) {
      if (IsAboutStatement(error)) throw;
    }
  }

  void Look(State state) override {
    uses_.Require("main");
    const bool published = state == State::kReady;
    if (published && !trial_.version_schema.empty()) LookAsNewVersion();
  }

  // The session has read texts of tables that are not there any more.
  void Restored() override {
    copy_.ExecuteScript("PRAGMA writable_schema = RESET");
  }

  // The statement of the walk is compiled, with the triggers that it fires. A
  // fill then moves the one row as far as it can.
  void Walk(const PlannedAction& action) override {
    const MotionSql* motion = MotionOf(action);
    if (motion == nullptr) return;
    if (action.kind == ActionKind::kBackfill && motion->fill) {
      Compile(*motion->fill);
      Fill(motion->fill->statement.all);
    }
    if (action.kind == ActionKind::kSettle && motion->settle) {
      Compile(*motion->settle);
    }
    if (action.kind != ActionKind::kVerify) return;
    for (const WalkSql& walk : motion->verify) Compile(walk);
  }

 private:
  static void RequireRows(const Statement& statement, std::int64_t affected) {
    if (!statement.expect_rows || affected == *statement.expect_rows) return;
    throw Error(ErrorKind::kRefused, "it changes " + std::to_string(affected) +
                                         " rows and not " +
                                         std::to_string(*statement.expect_rows))
        .WithSql(statement.sql);
  }

  const MotionSql* MotionOf(const PlannedAction& action) const {
    for (const MotionSql& motion : trial_.motions) {
      if (motion.name == action.motion) return &motion;
    }
    return nullptr;
  }

  bool Holds(const std::string& question) {
    const db::Result found = copy_.Execute(question);
    return !found.rows.empty() && !db::IsNull(found.rows[0].at(0)) &&
           db::ToInt(found.rows[0].at(0)) != 0;
  }

  void Compile(const WalkSql& walk) { copy_.Compile(walk.statement.all); }

  void Fill(const std::string& sql) {
    copy_.Execute("INSERT INTO segue_busy VALUES (1)");
    try {
      copy_.Execute(sql);
    } catch (const Error& error) {
      if (error.poisons_connection()) throw;  // otherwise the row is at fault
    }
    copy_.Execute("DELETE FROM segue_busy");
  }

  // A version that has no table left has no view either.
  bool HasViews() {
    const db::Result found = copy_.Execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND instr(sql, $1) > "
        "0 LIMIT 1",
        {PublishedMark(trial_.version_schema)});
    return !found.rows.empty();
  }

  void LookAsNewVersion() {
    if (!HasViews()) return;
    copy_.Execute("SAVEPOINT segue_session");
    copy_.ExecuteScript(VersionSessionSql(copy_, trial_.version_schema));
    uses_.Require("temp");
    copy_.ExecuteScript("ROLLBACK TO segue_session; RELEASE segue_session");
  }

  SqliteConnection& copy_;
  const db::PlanTrial& trial_;
  Uses uses_;
};

std::unique_ptr<SqliteConnection> MakeCopy(db::Connection& connection,
                                           const db::PlanTrial& trial) {
  std::unique_ptr<SqliteConnection> copy = CopySchema(connection, trial.tables);
  copy->ExecuteScript("CREATE TABLE IF NOT EXISTS segue_busy (x); BEGIN");
  return copy;
}

}  // namespace

db::TrialOutcome TryPlan(db::Connection& connection,
                         const db::PlanTrial& trial) {
  db::TrialOutcome outcome;
  std::unique_ptr<SqliteConnection> copy;
  try {
    copy = MakeCopy(connection, trial);
  } catch (const Error& error) {
    if (error.poisons_connection()) throw;
    outcome.not_tried =
        std::string("SQLite makes no copy of the schema: ") + error.what();
    return outcome;
  }
  Stage stage(*copy, trial);
  outcome.failure = db::RunTrial(*copy, trial.steps, stage, IsAboutStatement);
  if (outcome.failure) {
    outcome.failure->reason = WithPlaces(connection, outcome.failure->reason);
  }
  return outcome;
}

}  // namespace segue::sqlite
