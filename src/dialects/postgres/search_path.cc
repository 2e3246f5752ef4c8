#include "dialects/postgres/search_path.h"

#include "base/log.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {

// A path that names pg_catalog may name it after a schema of others, whose
// relations and functions would then pass for the server's own. Where it is not
// named, it comes first.
void SetSearchPath(const std::string& schema, db::Connection& session) {
  const db::Result set = session.Execute(
      "SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', "
      "CASE WHEN $1::text <> '' THEN pg_catalog.quote_ident($1::text) END, "
      "nullif(CASE WHEN 'pg_catalog'::name OPERATOR(pg_catalog.=) ANY "
      "(pg_catalog.current_schemas(false)) THEN (SELECT pg_catalog.string_agg("
      "pg_catalog.quote_ident(s.name::text), ', ' ORDER BY s.at) FROM "
      "pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY "
      "s(name, at) WHERE s.name OPERATOR(pg_catalog.<>) 'pg_catalog'::name) "
      "ELSE pg_catalog.current_setting('search_path') END, '')), $2::boolean)",
      {schema, std::int64_t{session.pooled() ? 1 : 0}});
  if (session.pooled()) {
    session.Set("search_path", db::ToText(set.rows.at(0).at(0)));
  }
}

QualifiedNames::QualifiedNames(db::Connection& connection,
                               const std::string& schema)
    : connection_(connection),
      former_(connection.Set("search_path", Ident(schema))) {}

// A transaction that failed takes the setting back itself.
QualifiedNames::~QualifiedNames() {
  try {
    if (!connection_.alive()) return;
    connection_.Set("search_path", former_);
  } catch (const std::exception& error) {
    base::Log(base::LogLevel::kDebug,
              std::string("the search_path was not set back: ") + error.what());
  }
}

// Each level reads what the level below it computes, so that the path is set
// before the condition is evaluated and set back after it.
std::string WithQualifiedNames(const std::string& schema,
                               const std::string& condition) {
  return "SELECT r.holds FROM (SELECT p.former, CASE WHEN p.now IS NOT NULL "
         "THEN " +
         condition +
         " END AS holds FROM (SELECT f.path AS former, "
         "pg_catalog.set_config('search_path', " +
         Literal(Ident(schema)) +
         ", true) AS now FROM (SELECT "
         "pg_catalog.current_setting('search_path') AS path OFFSET 0) f OFFSET "
         "0) p OFFSET 0) r WHERE pg_catalog.set_config('search_path', "
         "r.former, true) IS NOT NULL";
}

}  // namespace segue::postgres
