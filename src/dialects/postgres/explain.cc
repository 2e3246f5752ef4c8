#include "dialects/postgres/explain.h"

#include "dialects/postgres/attempt.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr char kUndefinedParameter[] = "42P02";
// This is the first version that explains a query whose parameters have no
// values.
constexpr std::int64_t kGenericPlans = 160'000;

// Planning may call functions, so they run in a transaction that may not write.
QueryPlan Ask(db::Connection& connection, const std::string& options,
              const std::string& query) {
  const Attempt undone(connection);
  connection.Execute("SET TRANSACTION READ ONLY");
  const db::Result found =
      connection.Execute("EXPLAIN (" + options + ") " + query);
  return ParsePlan(db::ToText(found.rows.at(0).at(0)));
}

bool SaysNothingOfTheQuery(const Error& error) {
  return error.poisons_connection() || error.kind() == ErrorKind::kCancelled;
}

QueryPlan Failed(const Error& error) {
  QueryPlan plan;
  plan.error = error.what();
  return plan;
}

QueryPlan AskGeneric(db::Connection& connection, const std::string& query) {
  const db::Result version = connection.Execute(
      "SELECT pg_catalog.current_setting('server_version_num')::bigint");
  if (db::ToInt(version.rows.at(0).at(0)) < kGenericPlans) {
    QueryPlan plan;
    plan.error =
        "a query with parameters ($1) can be explained from PostgreSQL 16 on; "
        "write values in their place";
    return plan;
  }
  try {
    return Ask(connection, "FORMAT JSON, GENERIC_PLAN", query);
  } catch (const Error& error) {
    if (SaysNothingOfTheQuery(error)) throw;
    return Failed(error);
  }
}

}  // namespace

QueryPlan Explain(db::Connection& connection, const std::string& query) {
  try {
    return Ask(connection, "FORMAT JSON", query);
  } catch (const Error& error) {
    if (SaysNothingOfTheQuery(error)) throw;
    if (error.native_code() != kUndefinedParameter) return Failed(error);
  }
  return AskGeneric(connection, query);
}

}  // namespace segue::postgres
