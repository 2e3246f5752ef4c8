#include "dialects/postgres/writer_rights.h"

#include <string>
#include <variant>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/examine_code.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// The objects that a bound view uses, and those of the views among them. A view
// reads with the rights of its owner, unless it is made for its invoker, but
// the functions in it are called with those of whoever reads it. `direct` are
// the objects that the expression itself names: before version 14 they are
// looked up anew at each call, so that their schemas count too. Objects of the
// server itself are not recorded, and everybody may use them.
constexpr const char* kNeeds = R"sql(
WITH RECURSIVE links(class, id, part, direct, invoker) AS (
  SELECT d.refclassid, d.refobjid, d.refobjsubid, true, true
  FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND d.objid = w.oid
  WHERE w.ev_class = $1::regclass::oid
  UNION
  SELECT d.refclassid, d.refobjid, d.refobjsubid, false,
    l.invoker AND coalesce((SELECT o.option_value::boolean
      FROM pg_catalog.pg_options_to_table(v.reloptions) o
      WHERE o.option_name = 'security_invoker'), false)
  FROM links l JOIN pg_catalog.pg_class v ON v.oid = l.id AND v.relkind = 'v'
    AND l.class = 'pg_catalog.pg_class'::regclass::oid
  JOIN pg_catalog.pg_rewrite w ON w.ev_class = v.oid
  JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND d.objid = w.oid
  WHERE v.oid <> $1::regclass::oid),
relations AS (
  SELECT l.part, l.direct, l.invoker, c.oid AS id, c.relname, c.relkind,
    n.oid AS space, n.nspname
  FROM links l JOIN pg_catalog.pg_class c ON c.oid = l.id
    AND l.class = 'pg_catalog.pg_class'::regclass::oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.oid <> pg_catalog.pg_my_temp_schema()),
functions AS (
  SELECT l.direct, p.oid AS id, p.proname, p.proargtypes, n.oid AS space,
    n.nspname
  FROM links l LEFT JOIN pg_catalog.pg_operator x ON x.oid = l.id
    AND l.class = 'pg_catalog.pg_operator'::regclass::oid
  JOIN pg_catalog.pg_proc p ON p.oid = x.oprcode::oid OR (p.oid = l.id
    AND l.class = 'pg_catalog.pg_proc'::regclass::oid)
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace),
spaces AS (
  SELECT r.nspname FROM relations r WHERE r.direct
  UNION SELECT f.nspname FROM functions f WHERE f.direct
  UNION SELECT n.nspname FROM links l JOIN pg_catalog.pg_type t ON t.oid = l.id
    AND l.class = 'pg_catalog.pg_type'::regclass::oid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE n.oid <> pg_catalog.pg_my_temp_schema()),
whole AS (
  SELECT EXISTS (SELECT FROM pg_catalog.pg_rewrite w WHERE w.ev_class =
    $1::regclass::oid AND pg_catalog.strpos(w.ev_action::text, ':varattno 0 ')
    > 0) AS read)
SELECT CASE WHEN r.relkind = 'S' AND r.part = 0 THEN 'sequence'
    WHEN w.read THEN 'whole' WHEN r.part = 0 THEN 'any' ELSE 'column' END,
  pg_catalog.format('%I.%I', r.nspname, r.relname), coalesce(a.attname::text, '')
FROM whole w CROSS JOIN relations r LEFT JOIN pg_catalog.pg_attribute a
  ON a.attrelid = r.id AND a.attnum::int4 = r.part AND r.part <> 0
    AND NOT w.read
WHERE r.invoker
UNION SELECT 'function', pg_catalog.format('%I.%I(%s)', f.nspname, f.proname,
  (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', m.nspname,
      t.typname), ', ' ORDER BY g.at)
    FROM pg_catalog.unnest(f.proargtypes) WITH ORDINALITY g(type, at)
    JOIN pg_catalog.pg_type t ON t.oid = g.type
    JOIN pg_catalog.pg_namespace m ON m.oid = t.typnamespace)), ''
FROM functions f
UNION SELECT 'schema', pg_catalog.quote_ident(s.nspname::text), '' FROM spaces s
WHERE pg_catalog.current_setting('server_version_num')::int4 < 140000
ORDER BY 1, 2, 3)sql";

// The roles that may write the table, a part of it or a view over it: by a
// privilege, or as members of a role that may write every table. A role that is
// a member of another has the rights of that one, which is looked at by itself.
// A view looks into its table with the rights of its owner, but triggers and
// defaults are evaluated with those of whoever writes.
std::string WritersSql(const schema::TableName& table) {
  const std::string id =
      "pg_catalog.to_regclass(" + Literal(Name(table)) + ")::oid";
  return "reached(id) AS (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid "
         "= " +
         id +
         " OR c.oid IN (SELECT p.relid::oid FROM "
         "pg_catalog.pg_partition_tree(" +
         id + R"sql() p)
  UNION SELECT v.oid FROM reached r JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = r.id AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
  JOIN pg_catalog.pg_class v ON v.oid = w.ev_class AND v.relkind = 'v'
    AND pg_catalog.pg_relation_is_updatable(v.oid, true) & 12 <> 0),
written AS (
  SELECT c.oid AS id, c.relowner, c.relacl FROM reached r
  JOIN pg_catalog.pg_class c ON c.oid = r.id),
writers(role, who) AS (
  SELECT g.role, CASE WHEN g.role = 0::oid THEN 'PUBLIC' ELSE
    pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.role)::text) END
  FROM (
    SELECT e.grantee FROM written t, pg_catalog.aclexplode(coalesce(t.relacl,
      pg_catalog.acldefault('r', t.relowner))) e
    WHERE e.privilege_type IN ('INSERT', 'UPDATE')
    UNION
    SELECT e.grantee FROM written t JOIN pg_catalog.pg_attribute a
      ON a.attrelid = t.id AND NOT a.attisdropped,
      pg_catalog.aclexplode(a.attacl) e
    WHERE e.privilege_type IN ('INSERT', 'UPDATE')
    UNION
    SELECT m.member FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
    WHERE r.rolname = 'pg_write_all_data') g(role)))sql";
}

struct Need {
  std::string kind;  // "any", "column", "function", "schema", ...
  std::string name;
  std::string part;  // a column
};

std::vector<Need> NeedsOf(db::Connection& connection,
                          const db::Question& question) {
  std::vector<Need> needs;
  const Attempt attempt(connection);
  if (!BindCode(connection, question)) return needs;
  for (const db::Row& row : connection.Execute(kNeeds, {kBoundCode}).rows) {
    needs.push_back(
        {db::ToText(row.at(0)), db::ToText(row.at(1)), db::ToText(row.at(2))});
  }
  return needs;
}

std::string NeedsSql(const std::vector<Need>& needs) {
  std::vector<std::string> rows;
  for (const Need& need : needs) {
    rows.push_back("(" + Literals({need.kind, need.name, need.part}) + ")");
  }
  return "need(kind, name, part) AS (VALUES " + base::Join(rows, ", ") + ")";
}

std::string OnColumn(const char* privilege) {
  return std::string(
             "(SELECT pg_catalog.has_column_privilege(w.role, a.attrelid, "
             "a.attnum, '") +
         privilege +
         "') FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
         "pg_catalog.to_regclass(n.name)::oid AND a.attname = n.part::name AND "
         "NOT a.attisdropped)";
}

// An object that is gone is none that a role lacks a privilege on.
constexpr const char* kHas = R"sql(CASE n.kind
    WHEN 'schema' THEN pg_catalog.has_schema_privilege(w.role,
      pg_catalog.to_regnamespace(n.name)::oid, 'USAGE')
    WHEN 'function' THEN pg_catalog.has_function_privilege(w.role,
      pg_catalog.to_regprocedure(n.name)::oid, 'EXECUTE')
    WHEN 'sequence' THEN pg_catalog.has_sequence_privilege(w.role,
      pg_catalog.to_regclass(n.name)::oid, 'USAGE, UPDATE')
    WHEN 'update' THEN pg_catalog.has_table_privilege(w.role,
      pg_catalog.to_regclass(n.name)::oid, 'UPDATE')
    WHEN 'any' THEN pg_catalog.has_any_column_privilege(w.role,
      pg_catalog.to_regclass(n.name)::oid, 'SELECT')
    WHEN 'column' THEN @READS@ WHEN 'set' THEN @SETS@
    ELSE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = pg_catalog.to_regclass(n.name)::oid AND a.attnum > 0
        AND NOT a.attisdropped AND NOT pg_catalog.has_column_privilege(w.role,
        a.attrelid, a.attnum, 'SELECT')) END)sql";

// `what` the table does with the rights of whoever writes.
std::string LackingSql(const schema::TableName& table,
                       const std::vector<Need>& needs,
                       const std::string& what = "evaluates an expression") {
  return "WITH RECURSIVE " + WritersSql(table) + ", " + NeedsSql(needs) +
         ", lack AS (SELECT w.who, n.kind, n.name, "
         "pg_catalog.string_agg(pg_catalog.quote_ident(n.part), ', ' ORDER BY "
         "n.part) AS parts FROM writers w CROSS JOIN need n WHERE NOT " +
         FilledAll(kHas, {{"@READS@", OnColumn("SELECT")},
                          {"@SETS@", OnColumn("UPDATE")}}) +
         " GROUP BY w.who, n.kind, n.name) SELECT pg_catalog.format('%s may "
         "write table %I.%I, which " +
         what +
         " with the rights of whoever writes, and may not %s', CASE WHEN l.who "
         "= 'PUBLIC' THEN "
         "l.who ELSE 'role ' || l.who END, " +
         Literals({table.schema, table.name}) + R"sql(,
  CASE l.kind WHEN 'schema' THEN 'use schema ' WHEN 'function' THEN 'call '
    WHEN 'sequence' THEN 'use sequence ' WHEN 'update' THEN 'write '
    WHEN 'set' THEN pg_catalog.format('write (%s) of ', l.parts)
    WHEN 'column' THEN
    pg_catalog.format('read (%s) of ', l.parts) ELSE 'read ' END || l.name),
pg_catalog.format('GRANT %s%s TO %s', CASE l.kind WHEN 'schema' THEN
    'USAGE ON SCHEMA ' WHEN 'function' THEN 'EXECUTE ON FUNCTION '
    WHEN 'sequence' THEN 'USAGE ON SEQUENCE ' WHEN 'update' THEN 'UPDATE ON '
    WHEN 'set' THEN pg_catalog.format('UPDATE (%s) ON ', l.parts)
    WHEN 'column' THEN
    pg_catalog.format('SELECT (%s) ON ', l.parts) ELSE 'SELECT ON ' END, l.name,
  l.who)
FROM lack l)sql";
}

// One row for each table of which row security hides rows from some writers.
std::vector<std::string> Policies(db::Connection& connection,
                                  const schema::TableName& table,
                                  const std::vector<Need>& needs) {
  const std::string sql =
      "WITH RECURSIVE " + WritersSql(table) + ", " + NeedsSql(needs) + R"sql(
SELECT pg_catalog.format('table %s has row security, to which %s is subject',
  n.name, pg_catalog.string_agg(DISTINCT w.who, ', '))
FROM writers w CROSS JOIN (SELECT DISTINCT n.name FROM need n
  WHERE n.kind IN ('any', 'column', 'whole')) n
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(n.name)::oid
  AND c.relrowsecurity
LEFT JOIN pg_catalog.pg_roles r ON r.oid = w.role
WHERE NOT coalesce(r.rolsuper OR r.rolbypassrls OR (NOT c.relforcerowsecurity
  AND pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')), false)
GROUP BY n.name ORDER BY 1)sql";
  std::vector<std::string> policies;
  for (const db::Row& row : connection.Execute(sql).rows) {
    policies.push_back(db::ToText(row.at(0)));
  }
  return policies;
}

void Add(const schema::TableName& table,
         const std::vector<std::string>& columns, const char* whole,
         const char* column, std::vector<Need>* needs) {
  if (columns.empty()) needs->push_back({whole, Name(table), ""});
  for (const std::string& name : columns) {
    needs->push_back({column, Name(table), name});
  }
}

}  // namespace

db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::RightsQuestion& question) {
  std::vector<Need> needs;
  Add(question.other, question.reads, "whole", "column", &needs);
  Add(question.other, question.writes, "update", "set", &needs);
  db::Answer answer;
  answer.lacking =
      LackingSql(question.table, needs, "carries a value over to another");
  return answer;
}

void AddWriterRights(db::Connection& connection, const db::Question& question,
                     db::Answer& answer) {
  // A type alone is evaluated by nobody.
  if (!std::holds_alternative<db::ExpressionQuestion>(question) &&
      !std::holds_alternative<db::DefaultQuestion>(question) &&
      !std::holds_alternative<db::CheckQuestion>(question) &&
      !std::holds_alternative<db::IndexQuestion>(question)) {
    return;
  }
  const std::vector<Need> needs = NeedsOf(connection, question);
  if (needs.empty()) return;
  const schema::TableName table = CodeTable(question);
  const std::string lacking = LackingSql(table, needs);
  if (std::holds_alternative<db::ExpressionQuestion>(question)) {
    answer.lacking = lacking;
    answer.policies = Policies(connection, table, needs);
    return;
  }
  const db::Result found = connection.Execute(lacking);
  if (found.rows.empty()) return;
  answer.error =
      db::ToText(found.rows[0].at(0)) + "; " + db::ToText(found.rows[0].at(1));
}

}  // namespace segue::postgres
