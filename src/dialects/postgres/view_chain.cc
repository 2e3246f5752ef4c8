#include "dialects/postgres/view_chain.h"

#include "dialects/postgres/lock_in_turn.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// A cycle of rules ends at the last depth.
constexpr const char* kChain = R"sql(
base AS (SELECT @TABLE@ AS id),
targets AS (
  SELECT a.attrelid AS id, a.attnum AS num FROM pg_catalog.pg_attribute a
  WHERE NOT a.attisdropped AND a.attrelid IN (SELECT id FROM base UNION ALL
      SELECT p.relid::oid FROM base, pg_catalog.pg_partition_tree(base.id) p)
    AND a.attname = @COLUMN@),
direct AS (
  SELECT DISTINCT r.oid AS rule, r.ev_class AS id, r.rulename::text AS name,
    r.ev_type::text AS event, c.relkind
  FROM targets t JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.id AND d.refobjsubid = t.num::int4
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
  WHERE c.relname::text NOT LIKE '\_segue\_%' AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_description s
    WHERE s.objoid = c.relnamespace
      AND s.classoid = 'pg_catalog.pg_namespace'::regclass::oid
      AND s.description LIKE 'segue: version of schema %')),
above AS (
  SELECT id, 1 AS depth FROM direct WHERE relkind IN ('v', 'm')
UNION
  SELECT r.ev_class, a.depth + 1 FROM above a
  JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = a.id
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> a.id
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
  WHERE a.depth < 99),
chain AS (SELECT id, max(depth) AS depth FROM above GROUP BY id))sql";

// OWNER TO the owner that it has changes nothing, and it locks the view alone:
// LOCK TABLE would lock what the view reads, too. The tables of rules come
// after the views. A view of a version that follows the table is among them.
constexpr const char* kLocks = R"sql(pg_catalog.array_append(ARRAY(
WITH RECURSIVE @CHAIN@
SELECT pg_catalog.format(CASE c.relkind
    WHEN 'v' THEN 'ALTER VIEW %I.%I OWNER TO %I'
    WHEN 'm' THEN 'ALTER MATERIALIZED VIEW %I.%I OWNER TO %I'
    ELSE 'LOCK TABLE ONLY %I.%I IN ACCESS EXCLUSIVE MODE' END,
  n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner)) AS sql
FROM (SELECT id, depth FROM chain UNION SELECT id, 0 FROM direct
  WHERE relkind NOT IN ('v', 'm')
    AND id NOT IN (SELECT id FROM targets)
  UNION SELECT r.ev_class, 1 FROM targets t JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.id AND d.refobjsubid = t.num::int4
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
  JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
  JOIN pg_catalog.pg_description s ON s.objoid = v.relnamespace
    AND s.classoid = 'pg_catalog.pg_namespace'::regclass::oid
    AND s.description LIKE 'segue: version of schema %') k
JOIN pg_catalog.pg_class c ON c.oid = k.id
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE pg_catalog.pg_has_role(c.relowner, 'USAGE')
ORDER BY k.depth DESC, k.id
), @LAST@))sql";

// A column of the same type changes no column of a view, so that a view takes
// its new text in its place, and nothing above it is touched. `remade` has the
// views that have to be made again.
constexpr const char* kHanging = R"sql(
WITH RECURSIVE t AS (
  SELECT r.oid AS id,
    pg_catalog.format_type(a.atttypid, a.atttypmod) = $3::text AS same_type,
    (SELECT o.rolsuper FROM pg_catalog.pg_roles o
      WHERE o.rolname = current_user) AS super,
    CASE WHEN pg_catalog.current_setting('server_version_num')::int4 < 160000
      THEN 'MEMBER' ELSE 'SET' END AS member
  FROM pg_catalog.pg_class r JOIN pg_catalog.pg_attribute a
    ON a.attrelid = r.oid AND a.attname = $2::name AND NOT a.attisdropped
  WHERE r.oid = pg_catalog.to_regclass($1::text)::oid),
@CHAIN@,
remade AS (
  SELECT d.id FROM direct d, t
  WHERE d.relkind = 'm'
    OR (d.relkind = 'v' AND d.name = '_RETURN' AND NOT t.same_type)
UNION
  SELECT r.ev_class FROM remade u
  JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = u.id
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
  JOIN chain k ON k.id = r.ev_class),
changed AS (
  SELECT c.oid AS id, c.relkind, c.relowner, c.relnamespace, c.relacl,
    c.relpersistence, c.reltype, c.relispartition, k.depth, n.nspname,
    c.oid IN (SELECT id FROM remade) AS remade,
    CASE c.relkind WHEN 'v' THEN 'view ' ELSE 'materialized view ' END
      || pg_catalog.format('%I.%I', n.nspname, c.relname) AS what,
    pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)::text)
      AS owner
  FROM chain k JOIN pg_catalog.pg_class c ON c.oid = k.id
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid IN (SELECT id FROM remade UNION SELECT id FROM direct)),
acls AS (
  SELECT c.id, c.what, c.relowner, e.grantor FROM changed c,
    pg_catalog.aclexplode(c.relacl) e WHERE c.remade
UNION
  SELECT c.id, c.what, c.relowner, e.grantor FROM changed c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.id,
    pg_catalog.aclexplode(a.attacl) e WHERE c.remade),
parts AS (
  SELECT c.id, 'pg_catalog.pg_class'::regclass::oid AS class FROM changed c
  WHERE c.remade
UNION ALL
  SELECT y.id, 'pg_catalog.pg_type'::regclass::oid FROM changed c
  CROSS JOIN LATERAL (SELECT c.reltype UNION ALL
    SELECT r.typarray FROM pg_catalog.pg_type r WHERE r.oid = c.reltype) y(id)
  WHERE c.remade AND y.id <> 0::oid),
problems AS (
  SELECT c.what, pg_catalog.format('role %1$s has it (GRANT %1$s TO %2$I '
    'helps)', c.owner, current_user) AS why
  FROM changed c, t WHERE NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
    OR NOT pg_catalog.pg_has_role(c.relowner, t.member)
UNION
  SELECT c.what, pg_catalog.format('role %1$s may make none in its schema '
    '(GRANT USAGE, CREATE ON SCHEMA %2$I TO %1$s helps)', o.who, c.nspname)
  FROM changed c CROSS JOIN t CROSS JOIN LATERAL (
    SELECT c.owner, c.relowner WHERE c.remade UNION ALL
    SELECT pg_catalog.quote_ident(current_user::text), u.oid
    FROM pg_catalog.pg_roles u WHERE u.rolname = current_user) o(who, id)
  WHERE NOT t.super
    AND NOT (pg_catalog.has_schema_privilege(o.id, c.relnamespace, 'CREATE')
      AND pg_catalog.has_schema_privilege(o.id, c.relnamespace, 'USAGE'))
UNION
  SELECT a.what, pg_catalog.format('role %1$I has granted privileges on it '
    '(GRANT %1$I TO %2$I helps)', pg_catalog.pg_get_userbyid(a.grantor),
    session_user)
  FROM acls a, t WHERE a.grantor <> a.relowner
    AND NOT pg_catalog.pg_has_role(session_user, a.grantor, t.member)
UNION
  SELECT c.what, 'it is temporary' FROM changed c WHERE c.relpersistence = 't'
    AND c.relnamespace <> pg_catalog.pg_my_temp_schema()
UNION
  SELECT c.what, 'rules lead from it back to itself' FROM changed c
  WHERE c.depth > 90
UNION
  SELECT c.what, 'it is filled from ' || l.what || ' (drop it, and make it '
    'again after the contract)'
  FROM changed c JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.id
  JOIN pg_catalog.pg_depend d ON d.objid = r.oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  JOIN changed l ON l.id = d.refobjid AND l.id <> c.id AND l.remade
  WHERE c.relkind = 'm' AND c.remade
UNION
  SELECT c.what, pg_catalog.format('it is filled again as role %1$s, which may '
    'not read %2$I.%3$I (GRANT SELECT ON %2$I.%3$I TO %1$s helps)', c.owner,
    n.nspname, l.relname)
  FROM changed c JOIN pg_catalog.pg_class m ON m.oid = c.id AND m.relispopulated
  JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.id
  JOIN pg_catalog.pg_depend d ON d.objid = r.oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  JOIN pg_catalog.pg_class l ON l.oid = d.refobjid AND l.oid <> c.id
    AND l.relkind IN ('r', 'p', 'v', 'm', 'f')
  JOIN pg_catalog.pg_namespace n ON n.oid = l.relnamespace
  WHERE c.relkind = 'm' AND c.remade AND NOT CASE
    WHEN d.refobjsubid > 0 THEN pg_catalog.has_column_privilege(c.relowner,
      l.oid, d.refobjsubid::int2, 'SELECT')
    ELSE pg_catalog.has_any_column_privilege(c.relowner, l.oid, 'SELECT') END
UNION
  SELECT c.what, pg_catalog.format('extension %I has it', x.extname)
  FROM changed c JOIN pg_catalog.pg_depend d ON d.objid = c.id
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'e'
  JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
  WHERE c.remade
UNION
  SELECT c.what, 'it has a security label' FROM changed c
  JOIN pg_catalog.pg_seclabel l ON l.objoid = c.id
    AND l.classoid = 'pg_catalog.pg_class'::regclass::oid
  WHERE c.remade
UNION
  SELECT c.what, pg_catalog.format('its trigger %I is turned off', g.tgname)
  FROM changed c JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.id
    AND g.tgenabled <> 'O'
  WHERE c.remade
UNION
  SELECT c.what, pg_catalog.format('its rule %I is turned off', r.rulename)
  FROM changed c JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.id
    AND r.ev_enabled <> 'O'
  WHERE c.remade
UNION
  SELECT c.what, pg_catalog.format('its index %I is not valid', x.relname)
  FROM changed c JOIN pg_catalog.pg_index i ON i.indrelid = c.id
    AND NOT i.indisvalid
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  WHERE c.remade
UNION
  SELECT pg_catalog.pg_describe_object(p.class, p.id, 0),
    pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
      || ' depends on it'
  FROM parts p JOIN pg_catalog.pg_depend d ON d.refclassid = p.class
    AND d.refobjid = p.id
  LEFT JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  LEFT JOIN pg_catalog.pg_trigger g ON g.oid = d.objid
    AND d.classid = 'pg_catalog.pg_trigger'::regclass::oid
  LEFT JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
    AND d.classid = 'pg_catalog.pg_attrdef'::regclass::oid
  LEFT JOIN pg_catalog.pg_class c ON c.oid = d.objid AND d.objsubid = 0
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND c.relkind IN ('i', 't')
  WHERE coalesce(r.ev_class NOT IN (SELECT id FROM remade), true)
    AND g.tgrelid IS DISTINCT FROM p.id AND f.adrelid IS DISTINCT FROM p.id
    AND c.oid IS NULL
    AND NOT (d.classid = 'pg_catalog.pg_type'::regclass::oid
      AND d.objid IN (SELECT id FROM parts)))
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, c.what
FROM changed c
UNION
SELECT 'view that cannot be made again', p.what || ': ' || p.why FROM problems p
UNION
SELECT CASE WHEN NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
    THEN 'other dependent'
    WHEN d.id NOT IN (SELECT id FROM targets) THEN 'rule of another table'
    WHEN d.event = '4' THEN 'rule ON DELETE' ELSE 'rule' END,
  pg_catalog.format('rule %I on %I.%I', d.name, n.nspname, c.relname)
FROM direct d JOIN pg_catalog.pg_class c ON c.oid = d.id
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.relkind NOT IN ('v', 'm')
ORDER BY 1, 2)sql";

}  // namespace

std::string ChainSql(const std::string& table, const std::string& column) {
  return Filled(Filled(kChain, "@COLUMN@", column), "@TABLE@", table);
}

std::string LockChainSql(const schema::TableName& table,
                         const std::string& column) {
  const std::string oid =
      "pg_catalog.to_regclass(" + Literal(Name(table)) + ")::pg_catalog.oid";
  LocksInTurn locks;
  locks.statements = FilledAll(
      Filled(kLocks, "@CHAIN@", ChainSql(oid, Literal(column))),
      {{"@LAST@",
        Literal("LOCK TABLE " + Name(table) + " IN ACCESS EXCLUSIVE MODE")}});
  return LockInTurnSql(locks);
}

std::vector<db::HangingFact> HangingViews(db::Connection& connection,
                                          const db::LossQuestion& question) {
  std::vector<db::HangingFact> facts;
  for (const db::Row& row :
       connection
           .Execute(Filled(kHanging, "@CHAIN@",
                           ChainSql("(SELECT t.id FROM t)", "$2::name")),
                    {Name(question.table), question.column, question.type})
           .rows) {
    facts.push_back({db::ToText(row.at(0)), db::ToText(row.at(1)), ""});
  }
  return facts;
}

}  // namespace segue::postgres
