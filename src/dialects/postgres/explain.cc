#include "dialects/postgres/explain.h"

#include "dialects/postgres/attempt.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// This is the first version that explains a query whose parameters have no
// values.
constexpr std::int64_t kGenericPlans = 160'000;

// Planning may call functions, so they run in a transaction that may not write.
QueryPlan Ask(db::Connection& connection, const std::string& options,
              const std::string& query,
              const std::vector<db::Value>& parameters = {}) {
  const Attempt undone(connection);
  connection.Execute("SET TRANSACTION READ ONLY");
  const db::Result found =
      connection.Execute("EXPLAIN (" + options + ") " + query, parameters);
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

// Returns how many parameters the query has. The server knows it once it has
// prepared the query, which plans nothing.
std::int64_t ParametersOf(db::Connection& connection,
                          const std::string& query) {
  const Attempt undone(connection);
  connection.Execute("PREPARE segue_explained AS " + query);
  const db::Result found = connection.Execute(
      "SELECT pg_catalog.cardinality(parameter_types)::bigint FROM "
      "pg_catalog.pg_prepared_statements WHERE name = 'segue_explained'");
  connection.Execute("DEALLOCATE segue_explained");
  return found.rows.empty() ? 0 : db::ToInt(found.rows[0].at(0));
}

// A generic plan does not depend on the values, so they are NULL.
QueryPlan AskGeneric(db::Connection& connection, const std::string& query,
                     std::int64_t parameters) {
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
    return Ask(connection, "FORMAT JSON, GENERIC_PLAN", query,
               std::vector<db::Value>(static_cast<std::size_t>(parameters)));
  } catch (const Error& error) {
    if (SaysNothingOfTheQuery(error)) throw;
    return Failed(error);
  }
}

}  // namespace

QueryPlan Explain(db::Connection& connection, const std::string& query) {
  try {
    const std::int64_t parameters = ParametersOf(connection, query);
    if (parameters > 0) return AskGeneric(connection, query, parameters);
    return Ask(connection, "FORMAT JSON", query);
  } catch (const Error& error) {
    if (SaysNothingOfTheQuery(error)) throw;
    return Failed(error);
  }
}

}  // namespace segue::postgres
