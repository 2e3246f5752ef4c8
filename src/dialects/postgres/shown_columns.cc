#include "dialects/postgres/shown_columns.h"

#include "dialects/postgres/catalog.h"

namespace segue::postgres {
namespace {

constexpr const char* kShownSql = R"sql(
SELECT DISTINCT v.relname::text, t.relname::text, a.attname::text
FROM pg_catalog.pg_namespace n
JOIN pg_catalog.pg_class v ON v.relnamespace = n.oid AND v.relkind = 'v'
JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
JOIN pg_catalog.pg_depend d ON d.objid = r.oid
  AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND t.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace AND s.nspname = $2::name
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
  AND a.attnum::int4 = d.refobjsubid AND NOT a.attisdropped
WHERE n.nspname = $1::name AND d.refobjsubid > 0
ORDER BY 1, 2, 3)sql";

}  // namespace

std::vector<db::ShownColumn> PostgresShownColumns::ShownBy(
    db::Connection& connection, const std::string& schema_name,
    const std::string& version_schema) const {
  std::vector<db::ShownColumn> shown;
  for (const db::Row& values :
       connection.Execute(kShownSql, {version_schema, schema_name}).rows) {
    RowReader row(values);
    const std::string view = row.Text();
    const std::string table = row.Text();
    shown.push_back({view, table, row.Text()});
  }
  return shown;
}

}  // namespace segue::postgres
