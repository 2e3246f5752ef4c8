#include "dialects/postgres/plan_trial.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/empty_copy.h"
#include "dialects/postgres/examine_code.h"
#include "dialects/postgres/lock.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kTemporary = "pg_temp";

// The statements of a motion write functions into the schema of the ledger, and
// read the table of errors there. Before the first start there are none.
constexpr const char* kLedger = R"sql(
DO $segue$ BEGIN
IF pg_catalog.to_regnamespace('segue') IS NULL THEN CREATE SCHEMA segue; END IF;
IF pg_catalog.to_regclass('segue.transform_error') IS NULL THEN
  CREATE TABLE segue.transform_error (motion text, row_key text,
    table_name text, direction text, sqlstate text, message text, at text,
    PRIMARY KEY (motion, row_key));
END IF; END $segue$)sql";

// These classes of errors say nothing about the statement: a lost connection, a
// lock, too little memory or room, a server that only reads.
bool IsAboutStatement(const Error& error) {
  constexpr std::string_view kOthers[] = {"08", "25", "40", "53",
                                          "57", "58", "XX", "55P03"};
  const std::string& code = error.native_code();
  return std::none_of(
      std::begin(kOthers), std::end(kOthers),
      [&](std::string_view prefix) { return code.starts_with(prefix); });
}

void Replace(std::string_view what, std::string_view by, std::string& text) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

// CONCURRENTLY is not for a transaction, and nobody else sees the table of the
// trial. An index that is not valid is not there.
std::string InTransaction(const std::string& sql) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"CREATE INDEX CONCURRENTLY ", "CREATE INDEX "},
      {"CREATE UNIQUE INDEX CONCURRENTLY ", "CREATE UNIQUE INDEX "},
      {"DROP INDEX CONCURRENTLY ", "DROP INDEX "},
      {"DROP INDEX \"", "DROP INDEX IF EXISTS \""}};
  for (const auto& [head, other] : kOthers) {
    if (!sql.starts_with(head)) continue;
    return std::string(other) + sql.substr(head.size());
  }
  return sql;
}

class Stage : public db::TrialStage {
 public:
  explicit Stage(db::Connection& connection) : connection_(connection) {}

  void Run(const PlannedAction& /*action*/,
           const Statement& statement) override {
    // Nothing in the place of the trial is waited for.
    if (statement.sql.starts_with("SET lock_timeout")) return;
    if (!statement.only_if.empty() && !Holds(statement.only_if)) return;
    connection_.Execute(InTransaction(statement.sql));
  }

 private:
  bool Holds(const std::string& question) {
    const db::Result found = connection_.Execute(question);
    return !found.rows.empty() && !db::IsNull(found.rows[0].at(0)) &&
           db::ToInt(found.rows[0].at(0)) != 0;
  }

  db::Connection& connection_;
};

int Major(db::Connection& connection) {
  const db::Result found =
      connection.Execute("SELECT pg_catalog.current_setting('server_version')");
  return MajorVersion(db::ToText(found.rows.at(0).at(0)));
}

// Names resolve in the place first, and then where they resolve for the plan.
void Furnish(db::Connection& connection, const db::PlanTrial& trial,
             const std::vector<std::string>& copy) {
  if (trial.place != kTemporary) {
    connection.Execute("CREATE SCHEMA " + Ident(trial.place));
  }
  connection.Execute(
      "SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', "
      "pg_catalog.quote_ident($1), pg_catalog.quote_ident($2), "
      "nullif(pg_catalog.current_setting('search_path'), '')), true)",
      {trial.place, trial.schema});
  connection.Execute(kLedger);
  if (!copy.empty()) connection.ExecuteScript(base::Join(copy, ";\n"));
}

db::TrialOutcome NotTried(const Error& error) {
  if (error.poisons_connection()) throw Error(error);
  return {std::nullopt,
          std::string("PostgreSQL makes no empty copy of the tables: ") +
              error.what()};
}

}  // namespace

std::string TrialPlace(db::Connection& connection) {
  const db::Row row = connection
                          .Execute(
                              "SELECT pg_catalog.has_database_privilege("
                              "pg_catalog.current_database(), 'CREATE'), "
                              "pg_catalog.pg_backend_pid()")
                          .rows.at(0);
  if (db::ToInt(row[0]) == 0) return kTemporary;
  return "segue_trial_" + db::ToText(row[1]);
}

db::TrialOutcome TryPlan(db::Connection& connection,
                         const db::PlanTrial& trial) {
  RefuseForeignCode(connection, trial.schema, trial.tables);
  std::vector<std::string> copy;
  try {
    copy =
        EmptyCopySql(connection, trial.schema, trial.tables, Major(connection));
  } catch (const Error& error) {
    return NotTried(error);
  }
  const Attempt attempt(connection);
  db::TrialOutcome outcome;
  try {
    Furnish(connection, trial, copy);
  } catch (const Error& error) {
    return NotTried(error);
  }
  Stage stage(connection);
  try {
    outcome.failure =
        db::RunTrial(connection, trial.steps, stage, IsAboutStatement);
  } catch (const Error& error) {
    return NotTried(error);
  }
  if (outcome.failure) {
    Replace(trial.place, trial.schema, outcome.failure->reason);
    Replace(kPublicationPrefix, "", outcome.failure->reason);
  }
  return outcome;
}

}  // namespace segue::postgres
