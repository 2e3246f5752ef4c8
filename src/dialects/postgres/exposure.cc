#include "dialects/postgres/exposure.h"

#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// The roles whose rights the runner has anyway, or who have all rights. A
// superuser has the rights of every role, but it was not made a member of all.
constexpr const char* kTrusted = R"sql(
WITH RECURSIVE mine(id) AS (
  SELECT r.oid FROM pg_catalog.pg_roles r
  WHERE r.rolname IN (current_user::name, session_user::name)
  UNION
  SELECT m.roleid FROM pg_catalog.pg_auth_members m
  JOIN mine ON m.member = mine.id),
trusted(id) AS (
  SELECT id FROM mine
  UNION SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolsuper))sql";

// The owner of the database stands for pg_database_owner, which has no members.
constexpr const char* kSpaces = R"sql(,
spaces(id, name, owner) AS (
  SELECT n.oid, n.nspname::text, CASE
    WHEN pg_catalog.pg_get_userbyid(n.nspowner) = 'pg_database_owner'
    THEN (SELECT d.datdba FROM pg_catalog.pg_database d
          WHERE d.datname = pg_catalog.current_database())
    ELSE n.nspowner END
  FROM pg_catalog.pg_namespace n
  WHERE n.nspname OPERATOR(pg_catalog.=) ANY
    (pg_catalog.current_schemas(false))),
creators(space, role) AS (
  SELECT s.name, s.owner FROM spaces s
  UNION
  SELECT s.name, a.grantee FROM spaces s
  JOIN pg_catalog.pg_namespace n ON n.oid = s.id,
    pg_catalog.aclexplode(n.nspacl) a
  WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner)
)sql";

// One row for each schema of the path that others can create objects in.
constexpr const char* kCreators = R"sql(
SELECT 'warning', 'others-may-create', pg_catalog.format(
    'schema %I, in which the SQL of migrations finds functions and types, is '
    'open to others: %s may create objects there', c.space,
    pg_catalog.string_agg(CASE WHEN c.role = 0::oid THEN 'everybody'
      ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.role)::text) END,
      ', ' ORDER BY c.role)),
  'an expression of a migration that calls a function by its name alone may '
  'find one that they made, and run it with the rights of this role',
  pg_catalog.format('take the right away (REVOKE CREATE ON SCHEMA %I FROM '
    '...), or name functions, operators and types with their schema', c.space)
FROM creators c WHERE c.role NOT IN (SELECT id FROM trusted)
GROUP BY c.space)sql";

// One row for each table whose triggers would get the rights of a superuser.
std::string TriggersSql(const std::string& schema_name,
                        const std::vector<std::string>& moved) {
  return std::string(R"sql( UNION ALL
SELECT 'warning', 'superuser-fires-triggers', pg_catalog.format(
    'the backfill of %L would fire triggers of %I with the rights of a '
    'superuser: %s; --role does not prevent that', t.name,
    pg_catalog.pg_get_userbyid(t.owner),
    pg_catalog.string_agg(t.trigger, ', ' ORDER BY t.trigger)),
  'a trigger runs with the rights of whoever writes, and it can take the role '
  'of --role back (RESET ROLE)',
  'connect as the owner of the table, or as a role that is no superuser'
FROM (SELECT c.relname::text AS name, g.tgname::text AS trigger,
    CASE WHEN c.relowner IN (SELECT id FROM trusted) THEN p.proowner
         ELSE c.relowner END AS owner
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal
  JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
  WHERE n.nspname = )sql") +
         Literal(schema_name) + " AND c.relname IN (" + Literals(moved) +
         ") AND g.tgname::text NOT LIKE '~segue\\_%') t "
         // The role that a superuser has taken with --role is not trusted.
         "WHERE (t.owner NOT IN (SELECT id FROM trusted) OR t.owner IN (SELECT "
         "r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = "
         "current_user::name "
         "AND NOT r.rolsuper)) AND EXISTS (SELECT "
         "FROM pg_catalog.pg_roles r WHERE r.rolname IN (current_user::name, "
         "session_user::name) AND r.rolsuper) GROUP BY t.name, t.owner";
}

// One row for each table that a role may read or change in some columns only. A
// view that looks into its table with the rights of its reader, as those of a
// version do from PostgreSQL 15 on, needs all the columns that it shows.
std::string PartialReadersSql(const std::string& schema_name) {
  return std::string(R"sql( UNION ALL
SELECT 'warning', 'version-needs-all-columns', pg_catalog.format(
    'through the version %s may not read table %L, of which it may read some '
    'columns only', t.who, t.name),
  'a view of a version asks for the rights of its reader on every column that '
  'it shows',
  pg_catalog.format('GRANT SELECT ON %I.%I TO %s, or use access: in_place',
    t.space, t.name, t.who)
FROM (SELECT DISTINCT n.nspname::text AS space, c.relname::text AS name,
    CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
      pg_catalog.pg_get_userbyid(e.grantee)::text) END AS who
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped, pg_catalog.aclexplode(a.attacl) e
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND e.privilege_type = 'SELECT'
    AND pg_catalog.current_setting('server_version_num')::int4 >= 150000
    AND EXISTS (SELECT FROM pg_catalog.pg_attribute o
      WHERE o.attrelid = c.oid AND o.attnum > 0 AND NOT o.attisdropped
      AND NOT pg_catalog.has_column_privilege(e.grantee, c.oid, o.attnum,
        'SELECT'))
    AND n.nspname = )sql") +
         Literal(schema_name) + ") t";
}

}  // namespace

std::string TrustedRolesSql() { return kTrusted; }

std::string ExposureSql(const std::string& schema_name,
                        const std::vector<db::ChangedTable>& changed,
                        bool versioned) {
  std::vector<std::string> moved;
  for (const db::ChangedTable& table : changed) {
    if (table.moved) moved.push_back(table.name);
  }
  std::string sql = TrustedRolesSql() + kSpaces + kCreators;
  if (!moved.empty()) sql += TriggersSql(schema_name, moved);
  if (versioned) sql += PartialReadersSql(schema_name);
  return sql;
}

}  // namespace segue::postgres
