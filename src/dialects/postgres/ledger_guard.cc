#include "dialects/postgres/ledger_guard.h"

#include <string_view>

#include "dialects/postgres/catalog.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/write_counters.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// A superuser has the rights of every role, but is a member only of those that
// it was made a member of: what any other role owns could be meant to trap it.
// Both sides of each comparison have the same type, so that no operator of
// another schema fits better.
//
// A table can run code of its owner when it is only read: by the predicate or
// the expression of an index, which the planner evaluates, by the output
// function of a type, and by tables that inherit from it.
constexpr const char* kUnsafeSql = R"sql(
WITH RECURSIVE mine(id) AS (
  SELECT r.oid FROM pg_catalog.pg_roles r
  WHERE r.rolname = current_user::pg_catalog.name
  UNION
  SELECT m.roleid FROM pg_catalog.pg_auth_members m
  JOIN mine ON m.member = mine.id),
trusted(id) AS (
  SELECT id FROM mine
  UNION SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolsuper),
writing(id) AS (
  SELECT r.oid FROM pg_catalog.pg_roles r
  WHERE r.rolname = 'pg_write_all_data'::pg_catalog.name
  UNION
  SELECT m.member FROM pg_catalog.pg_auth_members m
  JOIN writing ON m.roleid = writing.id),
space(id, owner, acl) AS (
  SELECT n.oid, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace n
  WHERE n.nspname = 'segue'::pg_catalog.name),
relation(id, name, owner, kind, acl, secured) AS (
  SELECT c.oid, c.relname::pg_catalog.text, c.relowner,
    c.relkind::pg_catalog.text, c.relacl, c.relrowsecurity
  FROM pg_catalog.pg_class c
  WHERE c.relnamespace IN (SELECT id FROM space)
    AND c.relkind::pg_catalog.text <> 'i'::pg_catalog.text),
granted(object, role) AS (
  SELECT 'schema segue'::pg_catalog.text, a.grantee
  FROM space, pg_catalog.aclexplode(space.acl) a
  WHERE a.privilege_type = 'CREATE'::pg_catalog.text
    AND a.grantee <> space.owner
  UNION ALL
  SELECT 'segue.'::pg_catalog.text || relation.name, a.grantee
  FROM relation, pg_catalog.aclexplode(relation.acl) a
  WHERE a.privilege_type <> 'SELECT'::pg_catalog.text
    AND NOT (a.privilege_type = 'USAGE'::pg_catalog.text
      AND relation.kind = 'S'::pg_catalog.text AND @COUNTER@)
    AND a.grantee <> relation.owner
  UNION ALL
  SELECT 'segue.'::pg_catalog.text || relation.name, a.grantee
  FROM relation
  JOIN pg_catalog.pg_attribute t ON t.attrelid = relation.id,
    pg_catalog.aclexplode(t.attacl) a
  WHERE a.privilege_type <> 'SELECT'::pg_catalog.text
    AND a.grantee <> relation.owner
  UNION ALL
  SELECT 'segue.'::pg_catalog.text || relation.name, writing.id
  FROM relation, writing
  WHERE relation.name = 'migration'::pg_catalog.text AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_roles r WHERE r.oid = writing.id
      AND r.rolname = 'pg_write_all_data'::pg_catalog.name))
SELECT 'schema segue'::pg_catalog.text, 'belongs to'::pg_catalog.text,
  pg_catalog.pg_get_userbyid(owner)::pg_catalog.text
FROM space WHERE $1::pg_catalog.int4 = 1
  AND owner NOT IN (SELECT id FROM trusted)
UNION ALL
SELECT 'segue.'::pg_catalog.text || name, 'belongs to'::pg_catalog.text,
  pg_catalog.pg_get_userbyid(owner)::pg_catalog.text
FROM relation WHERE $1::pg_catalog.int4 = 1
  AND owner NOT IN (SELECT id FROM trusted)
UNION ALL
SELECT 'segue.'::pg_catalog.text || p.proname::pg_catalog.text || '()',
  'belongs to'::pg_catalog.text,
  pg_catalog.pg_get_userbyid(p.proowner)::pg_catalog.text
FROM pg_catalog.pg_proc p
WHERE $1::pg_catalog.int4 = 1 AND p.pronamespace IN (SELECT id FROM space)
  AND p.proowner NOT IN (SELECT id FROM trusted)
UNION ALL
SELECT object, 'may be written by'::pg_catalog.text,
  CASE WHEN role = 0::pg_catalog.oid THEN 'everybody'
       ELSE pg_catalog.pg_get_userbyid(role)::pg_catalog.text END
FROM granted WHERE $1::pg_catalog.int4 = 1
  AND role NOT IN (SELECT id FROM trusted)
UNION ALL
SELECT 'segue.'::pg_catalog.text || name,
  'is no plain table'::pg_catalog.text, ''::pg_catalog.text
FROM relation
WHERE kind <> 'r'::pg_catalog.text AND kind <> 'S'::pg_catalog.text
  AND kind <> 't'::pg_catalog.text
UNION ALL
SELECT 'segue.'::pg_catalog.text || relation.name,
  'has trigger'::pg_catalog.text, t.tgname::pg_catalog.text
FROM relation JOIN pg_catalog.pg_trigger t ON t.tgrelid = relation.id
WHERE $1::pg_catalog.int4 = 1 AND NOT t.tgisinternal
UNION ALL
SELECT 'segue.'::pg_catalog.text || relation.name,
  'has rule'::pg_catalog.text, w.rulename::pg_catalog.text
FROM relation JOIN pg_catalog.pg_rewrite w ON w.ev_class = relation.id
WHERE relation.kind = 'r'::pg_catalog.text
UNION ALL
SELECT 'segue.'::pg_catalog.text || name, 'has row security'::pg_catalog.text,
  ''::pg_catalog.text
FROM relation WHERE secured
UNION ALL
SELECT 'segue.'::pg_catalog.text || relation.name,
  'has an index that is evaluated:'::pg_catalog.text,
  i.indexrelid::pg_catalog.regclass::pg_catalog.text
FROM relation JOIN pg_catalog.pg_index i ON i.indrelid = relation.id
WHERE i.indpred IS NOT NULL OR i.indexprs IS NOT NULL
UNION ALL
SELECT 'segue.'::pg_catalog.text || relation.name,
  'is inherited by'::pg_catalog.text,
  h.inhrelid::pg_catalog.regclass::pg_catalog.text
FROM relation JOIN pg_catalog.pg_inherits h ON h.inhparent = relation.id
UNION ALL
SELECT 'segue.'::pg_catalog.text || relation.name,
  'has a column of type'::pg_catalog.text,
  y.typname::pg_catalog.text
FROM relation JOIN pg_catalog.pg_attribute t ON t.attrelid = relation.id
  AND t.attnum > 0::pg_catalog.int2 AND NOT t.attisdropped
JOIN pg_catalog.pg_type y ON y.oid = t.atttypid
JOIN pg_catalog.pg_namespace s ON s.oid = y.typnamespace
WHERE s.nspname <> 'pg_catalog'::pg_catalog.name
LIMIT 1)sql";

// A function that somebody else has put there must not get a trusted owner.
std::string GivesBack(db::Connection& connection, std::string object,
                      const std::string& why) {
  constexpr std::string_view kSpace = "segue.";
  if (why != "belongs to" || !object.starts_with(kSpace)) return "";
  const db::Result role =
      connection.Execute("SELECT current_user::pg_catalog.text");
  object.erase(0, kSpace.size());
  const bool is_function = object.ends_with("()");
  if (is_function) object.resize(object.size() - 2);
  return std::string("if it is as segue has made it, ALTER ") +
         (is_function ? "FUNCTION" : "TABLE") + " segue." + Ident(object) +
         " OWNER TO " + Ident(db::ToText(role.rows.at(0).at(0))) +
         " gives it back; otherwise ";
}

}  // namespace

void RequireSafeLedger(db::Connection& connection, db::LedgerUse use) {
  const bool runs = use == db::LedgerUse::kRun;
  const db::Result found = connection.Execute(
      Filled(kUnsafeSql, "@COUNTER@", IsCounter("relation.name")),
      {std::int64_t{runs ? 1 : 0}});
  if (found.rows.empty()) return;
  RowReader row(found.rows[0]);
  const std::string object = row.Text();
  std::string why = row.Text();
  const std::string who = row.Text();
  const std::string gives_back = GivesBack(connection, object, why);
  if (!who.empty()) why += " " + who;
  throw Error(ErrorKind::kRefused,
              "the ledger is not safe to use: " + object + " " + why +
                  ", so that somebody else could decide what this role runs")
      .WithHint(
          gives_back +
          "act as the role that owns schema segue (--role), or let schema "
          "segue belong to this role and take the rights of others away; "
          "docs/security.md says why");
}

std::vector<std::string> LedgerSeal() {
  return {
      "DO $segue$ DECLARE one record; BEGIN FOR one IN SELECT "
      "pg_catalog.format('REVOKE ALL ON %s segue.%I FROM %s', "
      "(CASE c.relkind::pg_catalog.text WHEN 'S' THEN 'SEQUENCE' "
      "ELSE 'TABLE' END)::pg_catalog.text, c.relname::pg_catalog.text, "
      "(CASE WHEN a.grantee = 0::pg_catalog.oid THEN 'PUBLIC' ELSE "
      "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)"
      "::pg_catalog.text) END)::pg_catalog.text) AS sql "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
      "ON n.oid = c.relnamespace, pg_catalog.aclexplode(c.relacl) a "
      "WHERE n.nspname = 'segue'::pg_catalog.name AND "
      "c.relowner = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname "
      "= current_user::pg_catalog.name) AND "
      "c.relkind::pg_catalog.text IN ('r', 'S') AND a.grantee <> c.relowner "
      "AND NOT (c.relkind::pg_catalog.text = 'S'::pg_catalog.text AND " +
      IsCounter("c.relname::pg_catalog.text") +
      ") "
      "LOOP EXECUTE one.sql; END LOOP; "
      "FOR one IN SELECT pg_catalog.format('REVOKE CREATE ON SCHEMA segue FROM "
      "%s', (CASE WHEN a.grantee = 0::pg_catalog.oid THEN 'PUBLIC' ELSE "
      "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)"
      "::pg_catalog.text) END)::pg_catalog.text) AS sql "
      "FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a "
      "WHERE n.nspname = 'segue'::pg_catalog.name AND a.privilege_type = "
      "'CREATE'::pg_catalog.text AND a.grantee <> n.nspowner AND "
      "n.nspowner = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname "
      "= current_user::pg_catalog.name) "
      "LOOP EXECUTE one.sql; END LOOP; END $segue$"};
}

}  // namespace segue::postgres
