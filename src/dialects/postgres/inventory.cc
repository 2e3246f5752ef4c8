#include "dialects/postgres/inventory.h"

#include "dialects/postgres/own_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/view_chain.h"

namespace segue::postgres {
namespace {

// The facts of the column whose row of pg_attribute is `a`: each has a text,
// the name of the index or constraint that it is, and its kind. None depends on
// the search path of the session that asks, so a default is told by its hash.
// The oid of a default is another one whenever it is set, also to what it was.
constexpr const char* kFacts = R"sql(
depends AS (SELECT d.classid, d.objid, d.objsubid,
    CASE WHEN v.oid IS NOT NULL
      THEN v.type || pg_catalog.format(' %I.%I', v.nspname, v.relname)
      WHEN o.type = 'default value'
      THEN 'generated column ' || pg_catalog.substr(o.identity, 5)
      ELSE o.type || ' ' || o.identity END AS what,
    coalesce(i.relname::text, k.conname::text) AS name,
    CASE WHEN k.oid IS NOT NULL THEN CASE k.contype::text
        WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'
        WHEN 'u' THEN 'unique constraint' WHEN 'p' THEN 'primary key'
        WHEN 'x' THEN 'exclusion constraint' ELSE 'other dependent' END
      WHEN v.oid IS NOT NULL THEN v.type
      WHEN o.type IN ('index', 'statistics object', 'rule', 'policy')
        THEN o.type
      WHEN o.type = 'default value' THEN 'generated column that reads it'
      ELSE 'other dependent' END AS kind,
    coalesce(i.oid, NULLIF(k.conindid, 0::oid)) AS index_id,
    pg_catalog.left(pg_catalog.md5(pg_catalog.regexp_replace(
      pg_catalog.concat(
      pg_catalog.to_jsonb(k) - ARRAY['oid', 'conindid', 'conname',
        'connamespace'],
      pg_catalog.to_jsonb(s) - ARRAY['oid', 'stxname', 'stxnamespace',
        'stxowner', 'stxstattarget']), ':location -?[0-9]+', '', 'g')), 8) AS hash
  FROM a JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum::int4
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid,
    d.objsubid) o
  LEFT JOIN pg_catalog.pg_constraint k ON k.oid = d.objid
    AND d.classid = 'pg_catalog.pg_constraint'::regclass::oid
  LEFT JOIN pg_catalog.pg_statistic_ext s ON s.oid = d.objid
    AND d.classid = 'pg_catalog.pg_statistic_ext'::regclass::oid
  LEFT JOIN LATERAL (SELECT w.oid, c.relname, n.nspname, CASE c.relkind WHEN 'v'
      THEN 'view' ELSE 'materialized view' END AS type
    FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c
      ON c.oid = w.ev_class AND c.relkind IN ('v', 'm')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace) v
    ON v.oid = d.objid AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  LEFT JOIN pg_catalog.pg_class i ON i.oid = d.objid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objsubid = 0
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef f WHERE f.oid = d.objid
      AND d.classid = 'pg_catalog.pg_attrdef'::regclass::oid
      AND f.adrelid = a.attrelid AND f.adnum = a.attnum)
    AND @NOT_OURS@),
whole AS (SELECT h.attrelid AS id, h.attnum AS num, h.attname AS name
  FROM a JOIN pg_catalog.pg_attribute h ON h.attrelid = a.attrelid
    AND NOT h.attisdropped AND (h.attnum = a.attnum OR h.attname = a.heir)),
@OWN_PARTS@,
facts AS (
SELECT d.what || ': definition ' || d.hash || coalesce((
    SELECT pg_catalog.left(pg_catalog.md5(pg_catalog.regexp_replace(
      pg_catalog.concat(c.reloptions::text,
      pg_catalog.to_jsonb(x) - ARRAY['indexrelid', 'indisclustered',
        'indisreplident', 'indcheckxmin', 'indisvalid', 'indisready',
        'indislive']), ':location -?[0-9]+', '', 'g')), 8)
    FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c
      ON c.oid = x.indexrelid
    WHERE x.indexrelid = d.index_id), '') AS what, d.name, d.kind
FROM depends d
UNION SELECT 'comment on ' || d.what || ': ' || v.description, NULL, 'comment'
FROM depends d JOIN pg_catalog.pg_description v ON v.objoid = d.objid
  AND v.classoid = d.classid AND v.objsubid = d.objsubid
UNION SELECT 'comment of the column: ' || v.description, NULL,
  'comment of the column'
FROM a JOIN pg_catalog.pg_description v ON v.objoid = a.attrelid
  AND v.classoid = 'pg_catalog.pg_class'::regclass::oid
  AND v.objsubid = a.attnum::int4
UNION SELECT 'comment on the index of ' || d.what || ': ' || v.description,
  NULL, 'comment'
FROM depends d JOIN pg_catalog.pg_description v ON v.objoid = d.index_id
  AND v.classoid = 'pg_catalog.pg_class'::regclass::oid
  AND d.classid = 'pg_catalog.pg_constraint'::regclass::oid
UNION SELECT m.what || ' on ' || d.what, NULL, m.what
FROM depends d JOIN pg_catalog.pg_index i ON i.indexrelid = d.index_id
CROSS JOIN LATERAL (SELECT 'mark of CLUSTER' WHERE i.indisclustered
  UNION ALL SELECT 'replica identity' WHERE i.indisreplident) m(what)
UNION SELECT 'default: ' || pg_catalog.left(pg_catalog.md5(pg_catalog.regexp_replace(
      f.adbin::text, ':location -?[0-9]+', '', 'g')), 8),
  NULL, 'default'
FROM a JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid
  AND f.adnum = a.attnum
UNION SELECT pg_catalog.format('setting of the default of %I: %s', h.attname,
  f.oid), NULL, 'setting of a default'
FROM a JOIN pg_catalog.pg_attribute h ON h.attrelid = a.attrelid
  AND (h.attnum = a.attnum OR h.attname = a.heir) AND NOT h.attisdropped
JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = h.attnum
UNION SELECT pg_catalog.format('setting of the default of %I of partition %I: %s',
  o.column_name, o.relname, f.oid), NULL, 'setting of a default'
FROM parts o
JOIN pg_catalog.pg_attrdef f ON f.adrelid = o.id AND f.adnum = o.attnum
UNION SELECT pg_catalog.format('setting of the default of type %I: %s',
  y.typname, y.xmin), NULL, 'setting of a default'
FROM a JOIN pg_catalog.pg_type y ON y.oid = (a.facts ->> 'atttypid')::oid
WHERE y.typtype = 'd' AND y.typdefaultbin IS NOT NULL
UNION SELECT pg_catalog.format('default of %I: %s', h.attname,
  pg_catalog.left(pg_catalog.md5(pg_catalog.regexp_replace(
      f.adbin::text, ':location -?[0-9]+', '', 'g')), 8)), NULL,
  'default of the heir'
FROM a JOIN pg_catalog.pg_attribute h ON h.attrelid = a.attrelid
  AND h.attname = a.heir AND NOT h.attisdropped
JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = h.attnum
UNION SELECT pg_catalog.format('default of type %I: %s', y.typname,
  pg_catalog.left(pg_catalog.md5(pg_catalog.regexp_replace(
      y.typdefaultbin::text, ':location -?[0-9]+', '', 'g')), 8)), NULL,
  'default of the type'
FROM a JOIN pg_catalog.pg_type y ON y.oid = (a.facts ->> 'atttypid')::oid
WHERE y.typtype = 'd' AND y.typdefaultbin IS NOT NULL
UNION SELECT pg_catalog.format('what sets the default of %I back: ALTER TABLE %s '
    'ALTER COLUMN %I %s', h.attname, h.attrelid::regclass, h.attname, coalesce(
    'SET DEFAULT ' || pg_catalog.pg_get_expr(f.adbin, f.adrelid),
    'DROP DEFAULT')), NULL, 'way back'
FROM a JOIN pg_catalog.pg_attribute h ON h.attrelid = a.attrelid
  AND (h.attnum = a.attnum OR h.attname = a.heir) AND NOT h.attisdropped
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid
  AND f.adnum = h.attnum
UNION SELECT pg_catalog.format('what sets the default of type %I back: ALTER '
    'DOMAIN %s %s', y.typname, y.oid::regtype, coalesce('SET DEFAULT '
    || pg_catalog.pg_get_expr(y.typdefaultbin, 0::oid), 'DROP DEFAULT')), NULL,
  'way back'
FROM a JOIN pg_catalog.pg_type y ON y.oid = (a.facts ->> 'atttypid')::oid
WHERE y.typtype = 'd'
UNION SELECT 'NOT NULL', NULL, 'NOT NULL of others' FROM a WHERE a.attnotnull
UNION SELECT pg_catalog.format('privilege %s of %s%s', e.privilege_type,
    CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
      pg_catalog.pg_get_userbyid(e.grantee)::text) END,
    CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END), NULL,
  'privilege'
FROM a, pg_catalog.aclexplode(a.attacl) e
UNION SELECT k.kind || ': ' || k.value, NULL, k.kind
FROM a CROSS JOIN LATERAL (VALUES ('options', a.attoptions::text),
  ('storage', a.attstorage::text),
  ('compression', NULLIF(a.facts ->> 'attcompression', '')),
  ('statistics target', NULLIF(a.facts ->> 'attstattarget', '-1')))
  k(kind, value)
WHERE k.value IS NOT NULL
UNION SELECT 'security label of ' || l.provider, NULL, 'security label' FROM a
JOIN pg_catalog.pg_seclabel l ON l.objoid = a.attrelid
  AND l.classoid = 'pg_catalog.pg_class'::regclass::oid
  AND l.objsubid = a.attnum::int4
UNION SELECT CASE WHEN o.hash IS NULL
    THEN pg_catalog.format('%s, which partition %L has of its own', o.what,
      o.relname)
    ELSE pg_catalog.format('default of column %L of partition %L: %s',
      o.column_name, o.relname, o.hash) END, NULL, o.kind
FROM own_parts o
WHERE o.hash IS NOT NULL OR o.column_name = (SELECT a.attname FROM a)
UNION SELECT pg_catalog.format('column %I.%I.%I, which has the type of its rows',
  n.nspname, r.relname, u.attname), NULL, 'use of its row type'
FROM a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type y ON y.oid = c.reltype
JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_type'::regclass::oid
  AND d.refobjid IN (y.oid, y.typarray)
  AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objsubid > 0
JOIN pg_catalog.pg_class r ON r.oid = d.objid
JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
JOIN pg_catalog.pg_attribute u ON u.attrelid = r.oid
  AND u.attnum = d.objsubid)
SELECT what, name, kind FROM facts ORDER BY what)sql";

// The server neither renames nor drops an inherited column. The triggers of the
// user's are those on the table and on its partitions, with what
// their functions do. Names of columns are left out, because a contract
// changes them; the numbers stay.
constexpr const char* kTriggers = R"sql(
SELECT f.what, f.object, f.kind
FROM (SELECT pg_catalog.to_regclass(@TABLE@)::oid AS id) t
CROSS JOIN LATERAL (
  SELECT pg_catalog.format('trigger %L of %L: definition %s',
    g.tgname, r.relname, pg_catalog.left(pg_catalog.md5(pg_catalog.concat_ws(
      '|', g.tgtype, g.tgattr, g.tgargs, g.tgoldtable, g.tgnewtable, g.tgenabled,
      pg_catalog.regexp_replace(g.tgqual::text, ':location -?[0-9]+', '', 'g'),
      s.nspname, p.proname, p.prosrc, p.proconfig)), 8)), NULL, 'trigger of the table'
  FROM (SELECT t.id UNION SELECT relid::oid
    FROM pg_catalog.pg_partition_tree(t.id)) h (id)
  JOIN pg_catalog.pg_class r ON r.oid = h.id
  JOIN pg_catalog.pg_trigger g ON g.tgrelid = r.oid AND NOT g.tgisinternal
    AND (g.tgparentid = 0::oid OR r.oid = t.id)
    AND g.tgname::text NOT LIKE '~segue\_%'
  JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
  JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace
UNION ALL
  SELECT pg_catalog.format('inheritance of column %L from %s (%s ends it)',
    a.attname, h.inhparent::regclass, CASE WHEN c.relispartition
    THEN pg_catalog.format('ALTER TABLE %s DETACH PARTITION %s',
      h.inhparent::regclass, h.inhrelid::regclass)
    ELSE pg_catalog.format('ALTER TABLE %s NO INHERIT %s',
      h.inhrelid::regclass, h.inhparent::regclass) END), NULL,
    'inheritance of the column'
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid
  JOIN pg_catalog.pg_attribute p ON p.attrelid = h.inhparent
    AND p.attname = a.attname AND NOT p.attisdropped
  WHERE a.attrelid = t.id AND a.attname = @COLUMN@ AND NOT a.attisdropped)
  f (what, object, kind))sql";

}  // namespace

void ListColumn(const schema::TableName& table, const std::string& column,
                PlannedAction& planned) {
  planned.inventory_lock = LockChainSql(table, column);
  planned.inventory =
      "WITH a AS MATERIALIZED (SELECT a.attrelid, a.attnum, a.attname, "
      "a.attnotnull, "
      "a.attacl, " +
      ColumnOptionsSql() +
      " AS attoptions, a.attstorage, pg_catalog.to_jsonb(a) AS facts, " +
      Literal(planned.heir ? planned.heir->heir : "") +
      "::name AS heir "
      "FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
      "pg_catalog.to_regclass(" +
      Literal(Name(table)) + ")::oid AND a.attname = " + Literal(column) +
      " AND NOT a.attisdropped)," +
      Filled(Filled(kFacts, "@OWN_PARTS@", OwnParts()), "@NOT_OURS@", kNotOurs);
}

void ListTriggers(const schema::TableName& table, const std::string& column,
                  PlannedAction& planned) {
  if (planned.inventory_lock.empty()) {
    planned.inventory_lock =
        "LOCK TABLE " + Name(table) + " IN ACCESS EXCLUSIVE MODE";
  }
  const std::string triggers =
      Filled(Filled(kTriggers, "@COLUMN@", Literal(column)), "@TABLE@",
             Literal(Name(table)));
  const std::string others =
      planned.inventory.empty()
          ? ""
          : "SELECT * FROM (" + planned.inventory + ") others UNION ALL ";
  planned.inventory = others + triggers + " ORDER BY 1";
}

}  // namespace segue::postgres
