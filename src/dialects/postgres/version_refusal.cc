#include "dialects/postgres/version_refusal.h"

#include "dialects/postgres/part_view.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/use_counts.h"

namespace segue::postgres {
namespace {

constexpr const char* kRead = "segue_refuse";
constexpr const char* kWrite = "segue_refuse_write";

// Applications meet a state that passes, and the class of this code says so.
constexpr const char* kCode = "object_not_in_prerequisite_state";

// A condition on a schema `n`. The comment tells a version from a schema of
// somebody else's that has its name.
std::string IsVersion() {
  return CommentOf("n.oid", "pg_namespace") +
         " LIKE 'segue: version of schema %'";
}

bool IsThere(db::Connection& connection, const std::string& version) {
  return !connection
              .Execute(
                  "SELECT 1 FROM pg_catalog.pg_namespace n WHERE "
                  "n.nspname = $1 AND " +
                      IsVersion(),
                  {version})
              .rows.empty();
}

std::string Refuses() {
  return std::string(
             "EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = "
             "n.oid AND p.proname = ") +
         Literal(kRead) + ")";
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

// The columns of a view `c` and the grants on it, for a loop over the views of
// a version. Types and collations of the user's become those of the server, so
// that the view keeps nobody from changing or dropping them. Version 13 cannot
// group by a list of privileges.
std::string ViewsOf(const std::string& version) {
  return "SELECT c.relname, pg_catalog.bool_and(t.typnamespace = "
         "'pg_catalog'::pg_catalog.regnamespace AND coalesce(l.collnamespace "
         "= 'pg_catalog'::pg_catalog.regnamespace, true)) AS plain, "
         "pg_catalog.string_agg(pg_catalog.format('r.%I', a.attname), ', ' "
         "ORDER BY a.attnum) AS shown, pg_catalog.string_agg("
         "pg_catalog.format('%I %s', a.attname, CASE WHEN t.typnamespace = "
         "'pg_catalog'::pg_catalog.regnamespace THEN pg_catalog.format_type("
         "a.atttypid, a.atttypmod) WHEN b.typnamespace = "
         "'pg_catalog'::pg_catalog.regnamespace THEN pg_catalog.format_type("
         "t.typbasetype, t.typtypmod) ELSE 'text' END) || CASE WHEN "
         "a.attcollation <> t.typcollation AND l.collnamespace = "
         "'pg_catalog'::pg_catalog.regnamespace THEN pg_catalog.format("
         "' COLLATE pg_catalog.%I', l.collname) ELSE '' END, ', ' ORDER BY "
         "a.attnum) AS columns, (SELECT pg_catalog.array_agg(DISTINCT "
         "pg_catalog.format('GRANT %s ON %I.%I TO %s', e.privilege_type, "
         "n.nspname, c.relname, CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' "
         "ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)"
         "::text) END)) FROM (SELECT y.relacl AS acl FROM pg_catalog.pg_class "
         "y WHERE y.oid = c.oid UNION ALL SELECT x.attacl FROM "
         "pg_catalog.pg_attribute x WHERE x.attrelid = c.oid) "
         "s CROSS JOIN pg_catalog.aclexplode(s.acl) e WHERE e.grantee <> "
         "c.relowner AND e.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', "
         "'DELETE')) AS grants FROM pg_catalog.pg_class c JOIN "
         "pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN "
         "pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
         "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN "
         "pg_catalog.pg_type b ON b.oid = t.typbasetype LEFT JOIN "
         "pg_catalog.pg_collation l ON l.oid = a.attcollation WHERE "
         "n.nspname = " +
         Literal(version) +
         " AND c.relkind = 'v' GROUP BY c.oid, c.relname, c.relowner, "
         "n.nspname";
}

// The rows come from a function that raises the error. A constant in their
// place would be compared while the query is planned, and the function would
// then not be called at all. The server replaces a view only by one with the
// same columns, and then keeps its privileges and whatever depends on it. A
// view that is made anew gets its privileges back, and fails when something of
// somebody else's depends on it.
std::string ReplaceViews(const std::string& version, bool anew) {
  const std::string name = Literal(version);
  return "DO " +
         DollarQuoted(
             "DECLARE v record; g text; BEGIN FOR v IN " + ViewsOf(version) +
             " LOOP IF " + (anew ? "true" : "NOT v.plain") +
             " THEN EXECUTE pg_catalog.format('DROP VIEW %I.%I', " + name +
             ", v.relname); END IF; EXECUTE pg_catalog.format('CREATE OR "
             "REPLACE VIEW %1$I.%2$I AS SELECT %3$s FROM %1$I.%4$I() AS "
             "r(%5$s)', " +
             name + ", v.relname, v.shown, " + Literal(kRead) +
             ", v.columns); EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS "
             "%1$I ON %2$I.%3$I', " +
             Literal(kWrite) + ", " + name +
             ", v.relname); EXECUTE pg_catalog.format('CREATE TRIGGER %1$I "
             "INSTEAD OF INSERT OR UPDATE OR DELETE ON %2$I.%3$I FOR EACH ROW "
             "EXECUTE FUNCTION %2$I.%1$I()', " +
             Literal(kWrite) + ", " + name +
             ", v.relname); FOREACH g IN ARRAY coalesce(v.grants, "
             "'{}'::text[]) LOOP EXECUTE g; END LOOP; END LOOP; END");
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

}  // namespace

// Whatever else is in the schema makes this fail, and the error names it.
std::string RemoveRefusedSql(const std::string& version) {
  return "DO " +
         DollarQuoted(
             "DECLARE v text; BEGIN IF NOT EXISTS (SELECT FROM "
             "pg_catalog.pg_namespace n WHERE n.nspname = " +
             Literal(version) + " AND " + IsVersion() + " AND " + Refuses() +
             ") THEN RETURN; END IF; FOR v IN SELECT c.relname FROM "
             "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
             "c.relnamespace WHERE n.nspname = " +
             Literal(version) +
             " AND c.relkind = 'v' LOOP EXECUTE pg_catalog.format('DROP VIEW "
             "%I.%I', " +
             Literal(version) + ", v); END LOOP; DROP FUNCTION " +
             Name({version, kRead}) + "(), " + Name({version, kWrite}) +
             "(); DROP SCHEMA " + Ident(version) + "; END");
}

std::string IsLiveSql(const std::string& version) {
  return "EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = " +
         Literal(version) + " AND NOT " + Refuses() + ")";
}

std::vector<std::string> RefusalSql(const std::string& version,
                                    const std::string& reason, bool anew) {
  const schema::TableName read{version, kRead};
  const schema::TableName write{version, kWrite};
  return {CreateFunction(read, "SETOF record", reason),
          CreateFunction(write, "trigger", reason),
          "GRANT EXECUTE ON FUNCTION " + Name(read) + "(), " + Name(write) +
              "() TO PUBLIC",
          ReplaceViews(version, anew),
          DropAllPartFunctions(version),
          DropDefaults(version),
          DropSeenTable(version)};
}

void RefuseVersion(db::Connection& connection,
                   const std::string& version_schema,
                   const std::string& reason) {
  if (!IsThere(connection, version_schema)) return;
  for (const std::string& sql : RefusalSql(version_schema, reason, false)) {
    connection.Execute(sql);
  }
}

void RemoveRefused(db::Connection& connection,
                   const std::string& version_schema) {
  connection.Execute(RemoveRefusedSql(version_schema));
}

std::vector<std::string> RefusingVersions(db::Connection& connection,
                                          const std::string& schema_name) {
  std::vector<std::string> versions;
  for (const db::Row& row :
       connection
           .Execute("SELECT n.nspname::text FROM pg_catalog.pg_namespace n "
                    "WHERE " +
                        CommentOf("n.oid", "pg_namespace") +
                        " = 'segue: version of schema ' || $1::text AND " +
                        Refuses(),
                    {schema_name})
           .rows) {
    versions.push_back(db::ToText(row[0]));
  }
  return versions;
}

}  // namespace segue::postgres
