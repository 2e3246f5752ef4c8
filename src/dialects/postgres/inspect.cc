#include "dialects/postgres/inspect.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/catalog.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/trigger_functions.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

struct Namespace {
  std::int64_t oid = 0;
  std::string version_text;
  std::int64_t lock_slots = 0;
};

[[noreturn]] void ThrowNoSchema(db::Connection& connection,
                                const std::string& name) {
  std::vector<std::string> names;
  const db::Result found = connection.Execute(
      "SELECT nspname::text FROM pg_catalog.pg_namespace "
      "WHERE nspname !~ '^(pg_|information_schema$|segue$)' ORDER BY 1");
  for (const db::Row& row : found.rows) names.push_back(db::ToText(row[0]));
  Error error(ErrorKind::kNotFound,
              "schema '" + name +
                  "' does not exist; there are: " + base::Join(names, ", "));
  const std::string nearest = base::Nearest(name, names);
  if (!nearest.empty()) {
    error.WithHint("did you mean '" + nearest + "'?");
  }
  throw error;
}

Namespace FindNamespace(db::Connection& connection, const std::string& name) {
  const db::Result found = connection.Execute(
      "SELECT oid::bigint, pg_catalog.current_setting('server_version'), "
      "pg_catalog.current_setting('max_locks_per_transaction')::bigint * "
      "(pg_catalog.current_setting('max_connections')::bigint + "
      "pg_catalog.current_setting('max_prepared_transactions')::bigint) "
      "FROM pg_catalog.pg_namespace WHERE nspname = $1",
      {name});
  if (found.rows.empty()) ThrowNoSchema(connection, name);
  RowReader row(found.rows[0]);
  Namespace space;
  space.oid = row.Integer();
  space.version_text = "PostgreSQL " + row.Text();
  space.lock_slots = row.Integer();
  return space;
}

bool ComesFirst(const schema::Table& a, const schema::Table& b) {
  const bool a_view = a.kind == "view";
  const bool b_view = b.kind == "view";
  return std::pair(a_view, a.name.name) < std::pair(b_view, b.name.name);
}

}  // namespace

schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name) {
  return Inspect(connection, schema_name, schema_name);
}

schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name,
                       const std::string& at_work) {
  const Namespace space = FindNamespace(connection, schema_name);
  const QualifiedNames names(connection, at_work);
  TablesByOid tables = ReadTables(connection, space.oid);
  ReadColumns(connection, space.oid, tables);
  ReadIndexes(connection, space.oid, tables);
  ReadConstraints(connection, space.oid, tables);
  ReadTriggers(connection, space.oid, tables);
  ReadDependents(connection, space.oid, tables);
  ReadTriggerFunctions(connection, space.oid, tables);
  ReadGrants(connection, space.oid, tables);

  schema::Schema schema;
  schema.name = schema_name;
  schema.server_version = space.version_text;
  schema.lock_slots = space.lock_slots;
  for (auto& [oid, table] : tables) {
    table.name.schema = schema_name;
    schema.tables.push_back(std::move(table));
  }
  std::sort(schema.tables.begin(), schema.tables.end(), ComesFirst);
  return schema;
}

}  // namespace segue::postgres
