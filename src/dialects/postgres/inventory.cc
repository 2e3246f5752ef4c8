#include "dialects/postgres/inventory.h"

#include "dialects/postgres/sql.h"
#include "dialects/postgres/view_chain.h"

namespace segue::postgres {
namespace {

// segue's own objects, and the views of its versions. `d` is a row of
// pg_depend.
constexpr const char* kNotOurs = R"sql(
NOT EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.oid = d.objid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND o.relname::text LIKE '\_segue\_%')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.oid = d.objid
    AND d.classid = 'pg_catalog.pg_constraint'::regclass::oid
    AND o.conname::text LIKE '\_segue\_%')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger o WHERE o.oid = d.objid
    AND d.classid = 'pg_catalog.pg_trigger'::regclass::oid
    AND o.tgname::text LIKE '~segue\_%')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
    WHERE o.oid = d.objid AND d.classid = 'pg_catalog.pg_proc'::regclass::oid
    AND n.nspname = 'segue')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_class o ON o.oid = w.ev_class
    JOIN pg_catalog.pg_description v ON v.objoid = o.relnamespace
      AND v.classoid = 'pg_catalog.pg_namespace'::regclass::oid
      AND v.description LIKE 'segue: version of schema %'
    WHERE w.oid = d.objid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid))sql";

// The facts of the column whose row of pg_attribute is `a`: each has a text,
// the name of the index or constraint that it is, and its kind. None depends on
// the search path of the session that asks, so a default is told by its hash.
// The oid of a default is another one whenever it is set, also to what it was.
constexpr const char* kFacts = R"sql(
depends AS (SELECT d.classid, d.objid, d.objsubid,
    CASE WHEN v.oid IS NULL THEN o.type || ' ' || o.identity
      ELSE v.type || pg_catalog.format(' %I.%I', v.nspname, v.relname) END
      AS what,
    coalesce(i.relname::text, k.conname::text) AS name,
    CASE WHEN k.oid IS NOT NULL THEN CASE k.contype::text
        WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'
        WHEN 'u' THEN 'unique constraint' WHEN 'p' THEN 'primary key'
        WHEN 'x' THEN 'exclusion constraint' ELSE 'other dependent' END
      WHEN v.oid IS NOT NULL THEN v.type
      WHEN o.type IN ('index', 'statistics object', 'rule', 'policy')
        THEN o.type
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
  AND l.objsubid = a.attnum::int4)
SELECT what, name, kind FROM facts ORDER BY what)sql";

}  // namespace

void ListColumn(const schema::TableName& table, const std::string& column,
                PlannedAction& planned) {
  planned.inventory_lock = LockChainSql(table, column);
  planned.inventory =
      "WITH a AS MATERIALIZED (SELECT a.attrelid, a.attnum, a.attnotnull, "
      "a.attacl, a.attoptions, a.attstorage, pg_catalog.to_jsonb(a) AS "
      "facts, " +
      Literal(planned.heir ? planned.heir->heir : "") +
      "::name AS heir "
      "FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
      "pg_catalog.to_regclass(" +
      Literal(Name(table)) + ")::oid AND a.attname = " + Literal(column) +
      " AND NOT a.attisdropped)," + Filled(kFacts, "@NOT_OURS@", kNotOurs);
}

}  // namespace segue::postgres
