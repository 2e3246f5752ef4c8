#include "dialects/postgres/own_parts.h"

#include "dialects/postgres/sql.h"

namespace segue::postgres {

const char* const kNotOurs = R"sql(
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

namespace {

// What the server makes in a partition for something of the table is inherited,
// and so it is none of these. A trigger is not among them, because inspection
// reads those of partitions with those of the table.
constexpr const char* kOwnParts = R"sql(
parts AS (
  SELECT w.id AS parent, w.num, w.name AS column_name, l.oid AS id, l.relname,
    a.attnum, a.attacl,
    a.attnotnull AND NOT t.attnotnull AS not_null,
    a.attstorage <> t.attstorage
      OR (pg_catalog.to_jsonb(a) ->> 'attstattarget')
        IS DISTINCT FROM (pg_catalog.to_jsonb(t) ->> 'attstattarget')
      OR coalesce(pg_catalog.to_jsonb(a) ->> 'attcompression', '') <> ''
      OR @OPTIONS_OF_A@ IS NOT NULL AS differs
  FROM whole w
  JOIN pg_catalog.pg_class r ON r.oid = w.id AND r.relkind = 'p'
  JOIN pg_catalog.pg_attribute t ON t.attrelid = w.id AND t.attnum = w.num
  CROSS JOIN LATERAL pg_catalog.pg_partition_tree(w.id) p
  JOIN pg_catalog.pg_class l ON l.oid = p.relid::oid AND l.oid <> w.id
  JOIN pg_catalog.pg_attribute a ON a.attrelid = l.oid
    AND a.attname = w.name AND NOT a.attisdropped),
own_parts AS (
  SELECT 'what a partition has of its own' AS kind, o.relname, w.what,
    NULL::text AS hash, o.column_name
  FROM parts o CROSS JOIN LATERAL (
    SELECT 'the settings of the column' AS what WHERE o.differs
    UNION
    SELECT 'NOT NULL' WHERE o.not_null
    UNION
    SELECT 'the comment of the column'
    FROM pg_catalog.pg_description v WHERE v.objoid = o.id
      AND v.classoid = 'pg_catalog.pg_class'::regclass::oid
      AND v.objsubid = o.attnum::int4
    UNION
    SELECT pg_catalog.format('index %L', x.relname)
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
      AND x.relname::text NOT LIKE '\_segue\_%'
    WHERE i.indrelid = o.id AND (o.attnum = ANY (i.indkey::int2[]) OR EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
          AND d.objid = i.indexrelid AND d.refobjid = o.id
          AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
          AND d.refobjsubid = o.attnum::int4))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h
        WHERE h.inhrelid = i.indexrelid)
    UNION
    SELECT pg_catalog.format('constraint %L', x.conname)
    FROM pg_catalog.pg_constraint x
    WHERE ((x.conrelid = o.id AND o.attnum = ANY (x.conkey))
        OR (x.confrelid = o.id AND o.attnum = ANY (x.confkey)))
      AND x.coninhcount::int4 = 0 AND x.conparentid = 0::oid
      AND x.conname::text NOT LIKE '\_segue\_%'
    UNION
    SELECT pg_catalog.format('statistics %L', s.stxname)
    FROM pg_catalog.pg_statistic_ext s
    WHERE s.stxrelid = o.id
      AND (o.attnum = ANY (s.stxkeys::int2[]) OR EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_statistic_ext'::regclass::oid
          AND d.objid = s.oid AND d.refobjid = o.id
          AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
          AND d.refobjsubid = o.attnum::int4))
    UNION
    SELECT y.type || ' ' || y.identity
    FROM pg_catalog.pg_depend d
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid,
      d.objsubid) y
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass::oid
      AND d.refobjid = o.id AND d.refobjsubid = o.attnum::int4
      AND d.classid IN ('pg_catalog.pg_rewrite'::regclass::oid,
        'pg_catalog.pg_policy'::regclass::oid,
        'pg_catalog.pg_proc'::regclass::oid,
        'pg_catalog.pg_publication_rel'::regclass::oid)
      AND @NOT_OURS@) w
  UNION ALL
  SELECT 'privilege of a partition', o.relname,
    pg_catalog.format('column privilege %s of %s', e.privilege_type,
      CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
        pg_catalog.pg_get_userbyid(e.grantee)::text) END),
    NULL, o.column_name
  FROM parts o, pg_catalog.aclexplode(o.attacl) e
  UNION ALL
  SELECT 'replica identity of a partition', o.relname,
    pg_catalog.format('replica identity by index %L', x.relname), NULL,
    o.column_name
  FROM parts o
  JOIN pg_catalog.pg_index i ON i.indrelid = o.id AND i.indisreplident
    AND o.attnum = ANY (i.indkey::int2[])
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  UNION ALL
  SELECT 'default of a partition', o.relname, 'the default of the column',
    coalesce(pg_catalog.left(pg_catalog.md5(pg_catalog.regexp_replace(
      f.adbin::text, ':location -?[0-9]+', '', 'g')), 8), 'none'),
    o.column_name
  FROM parts o
  LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = o.id AND f.adnum = o.attnum
  LEFT JOIN pg_catalog.pg_attrdef p ON p.adrelid = o.parent
    AND p.adnum = o.num
  WHERE pg_catalog.pg_get_expr(f.adbin, f.adrelid)
    IS DISTINCT FROM pg_catalog.pg_get_expr(p.adbin, p.adrelid)))sql";

}  // namespace

std::string OwnParts() {
  return Filled(Filled(kOwnParts, "@NOT_OURS@", kNotOurs), "@OPTIONS_OF_A@",
                ColumnOptionsSql());
}

}  // namespace segue::postgres
