#include "dialects/postgres/version_refusal.h"

#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

constexpr const char* kRead = "segue_refuse";
constexpr const char* kWrite = "segue_refuse_write";

// Applications meet a state that passes, and the class of this code says so.
constexpr const char* kCode = "object_not_in_prerequisite_state";

// The comment tells a version from a schema of somebody else's that has its
// name.
bool IsThere(db::Connection& connection, const std::string& version,
             const std::string& condition) {
  return !connection
              .Execute(
                  "SELECT 1 FROM pg_catalog.pg_namespace n WHERE "
                  "n.nspname = $1 AND " +
                      CommentOf("n.oid", "pg_namespace") +
                      " LIKE 'segue: version of schema %' AND " + condition,
                  {version})
              .rows.empty();
}

std::string Raise(const std::string& reason) {
  return "BEGIN RAISE EXCEPTION USING MESSAGE = " + Literal(reason) +
         ", ERRCODE = " + Literal(kCode) + "; END";
}

std::string CreateFunction(const schema::TableName& name,
                           const std::string& returns,
                           const std::string& reason) {
  return "CREATE OR REPLACE FUNCTION " + Name(name) + "() RETURNS " + returns +
         " LANGUAGE plpgsql AS " + DollarQuoted(Raise(reason));
}

// The rows come from a function that raises the error. A constant in their
// place would be compared while the query is planned, and the function would
// then not be called at all. The server replaces a view only by one with the
// same columns, and then keeps its privileges and whatever depends on it.
std::string ReplaceViews(const std::string& version) {
  return "DO " +
         DollarQuoted(
             "DECLARE v record; BEGIN FOR v IN SELECT c.relname, "
             "pg_catalog.string_agg(pg_catalog.format('r.%I', a.attname), ', ' "
             "ORDER BY a.attnum) AS shown, pg_catalog.string_agg("
             "pg_catalog.format('%I %s', a.attname, "
             "pg_catalog.format_type(a.atttypid, a.atttypmod)) || CASE WHEN "
             "a.attcollation <> t.typcollation THEN pg_catalog.format("
             "' COLLATE %I.%I', ns.nspname, l.collname) ELSE '' END, ', ' "
             "ORDER BY a.attnum) AS columns FROM pg_catalog.pg_class c JOIN "
             "pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN "
             "pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
             "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN "
             "pg_catalog.pg_collation l ON l.oid = a.attcollation LEFT JOIN "
             "pg_catalog.pg_namespace ns ON ns.oid = l.collnamespace WHERE "
             "n.nspname = " +
             Literal(version) +
             " AND c.relkind = 'v' GROUP BY c.relname LOOP EXECUTE "
             "pg_catalog.format('CREATE OR REPLACE VIEW %1$I.%2$I AS SELECT "
             "%3$s "
             "FROM %1$I.%4$I() AS r(%5$s)', " +
             Literal(version) + ", v.relname, v.shown, " + Literal(kRead) +
             ", v.columns); EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS "
             "%1$I ON %2$I.%3$I', " +
             Literal(kWrite) + ", " + Literal(version) +
             ", v.relname); EXECUTE pg_catalog.format('CREATE TRIGGER %1$I "
             "INSTEAD OF INSERT OR UPDATE OR DELETE ON %2$I.%3$I FOR EACH ROW "
             "EXECUTE FUNCTION %2$I.%1$I()', " +
             Literal(kWrite) + ", " + Literal(version) +
             ", v.relname); END LOOP; END");
}

// A default may need what the rollback takes away, such as the sequence of a
// new table, and a view that refuses has no use for it.
std::string DropDefaults(const std::string& version) {
  return "DO " +
         DollarQuoted(
             "DECLARE v record; BEGIN FOR v IN SELECT c.relname, a.attname "
             "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON "
             "n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON "
             "a.attrelid = c.oid JOIN pg_catalog.pg_attrdef f ON f.adrelid = "
             "c.oid AND f.adnum = a.attnum WHERE n.nspname = " +
             Literal(version) +
             " AND c.relkind = 'v' LOOP EXECUTE pg_catalog.format('ALTER VIEW "
             "%I.%I ALTER COLUMN %I DROP DEFAULT', " +
             Literal(version) + ", v.relname, v.attname); END LOOP; END");
}

// Whatever else is in the schema makes this fail, and the error names it.
std::string DropAll(const std::string& version) {
  return "DO " +
         DollarQuoted(
             "DECLARE v text; BEGIN FOR v IN SELECT c.relname FROM "
             "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
             "c.relnamespace WHERE n.nspname = " +
             Literal(version) +
             " AND c.relkind = 'v' LOOP EXECUTE pg_catalog.format('DROP VIEW "
             "%I.%I', " +
             Literal(version) + ", v); END LOOP; DROP FUNCTION " +
             Name({version, kRead}) + "(), " + Name({version, kWrite}) +
             "(); DROP SCHEMA " + Ident(version) + "; END");
}

}  // namespace

void RefuseVersion(db::Connection& connection,
                   const std::string& version_schema,
                   const std::string& reason) {
  if (!IsThere(connection, version_schema, "true")) return;
  const schema::TableName read{version_schema, kRead};
  const schema::TableName write{version_schema, kWrite};
  connection.Execute(CreateFunction(read, "SETOF record", reason));
  connection.Execute(CreateFunction(write, "trigger", reason));
  connection.Execute("GRANT EXECUTE ON FUNCTION " + Name(read) + "(), " +
                     Name(write) + "() TO PUBLIC");
  connection.Execute(ReplaceViews(version_schema));
  connection.Execute(DropDefaults(version_schema));
}

void RemoveRefused(db::Connection& connection,
                   const std::string& version_schema) {
  const bool refuses = IsThere(
      connection, version_schema,
      "EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid "
      "AND p.proname = " +
          Literal(kRead) + ")");
  if (refuses) connection.Execute(DropAll(version_schema));
}

}  // namespace segue::postgres
