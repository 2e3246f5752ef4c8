#include "dialects/postgres/table_facts.h"

#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// Publications have lists of columns and row filters since version 15.
constexpr int kPublishesColumns = 15;

// Names of indexes, constraints and sequences are those that applications see.
// Nothing here depends on the order of the columns, which a copy may have
// otherwise. A foreign key of a table to itself has a part for each partition
// of the table, which goes with it.
constexpr const char* kFacts = R"sql(
SELECT f.what FROM (SELECT c.*, pg_catalog.to_jsonb(c) AS facts
  FROM pg_catalog.pg_class c WHERE c.oid = @TABLE@) t
CROSS JOIN LATERAL (
  SELECT pg_catalog.format('owner %I', pg_catalog.pg_get_userbyid(t.relowner))
    AS what
  UNION ALL SELECT 'persistence ' || t.relpersistence::text
  UNION ALL SELECT 'access method ' || t.relam::text
  UNION ALL SELECT 'tablespace ' || t.reltablespace::text
  UNION ALL SELECT 'option ' || u.item
  FROM pg_catalog.unnest(t.reloptions) u(item)
  UNION ALL SELECT 'option toast.' || u.item
  FROM pg_catalog.pg_class x, pg_catalog.unnest(x.reloptions) u(item)
  WHERE x.oid = t.reltoastrelid
  UNION ALL SELECT pg_catalog.format('row security %s, forced %s',
    t.relrowsecurity, t.relforcerowsecurity)
  UNION ALL SELECT 'replica identity ' || t.relreplident::text
  UNION ALL SELECT pg_catalog.format('column %I: %s %s%s%s%s%s', a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod), a.attcollation,
    CASE WHEN a.attnotnull THEN ' NOT NULL' END, a.attidentity, a.attgenerated,
    (SELECT ' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid)
      FROM pg_catalog.pg_attrdef d
      WHERE d.adrelid = t.oid AND d.adnum = a.attnum))
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT pg_catalog.format('%s of column %I: %s', k.kind, a.attname,
    k.value)
  FROM pg_catalog.pg_attribute a CROSS JOIN LATERAL (VALUES
    ('storage', a.attstorage::text),
    ('compression', pg_catalog.to_jsonb(a) ->> 'attcompression'),
    ('statistics target', NULLIF(pg_catalog.to_jsonb(a) ->> 'attstattarget',
      '-1')),
    ('options', @OPTIONS_OF_A@::text)) k(kind, value)
  WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND k.value <> ''
  UNION ALL SELECT pg_catalog.format('privilege %s%s of %s from %I%s',
    e.privilege_type, ' on column ' || pg_catalog.quote_ident(g.name),
    CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
      pg_catalog.pg_get_userbyid(e.grantee)) END,
    pg_catalog.pg_get_userbyid(e.grantor),
    CASE WHEN e.is_grantable THEN ' with grant option' END)
  FROM (SELECT NULL::text AS name, coalesce(t.relacl,
      pg_catalog.acldefault('r', t.relowner)) AS acl
    UNION ALL SELECT a.attname::text, a.attacl FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.oid AND NOT a.attisdropped) g,
    pg_catalog.aclexplode(g.acl) e
  UNION ALL SELECT pg_catalog.format('constraint %I: %s', k.conname,
    pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid),
      ' NOT VALID$', ''))
  FROM pg_catalog.pg_constraint k
  WHERE k.conrelid = t.oid AND k.contype <> 't'
    AND k.confrelid NOT IN (SELECT h.inhrelid FROM pg_catalog.pg_inherits h
      WHERE h.inhparent = t.oid)
  UNION ALL SELECT pg_catalog.format('foreign key %I of %s: %s', k.conname,
    k.conrelid::regclass, pg_catalog.regexp_replace(
      pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
  FROM pg_catalog.pg_constraint k
  WHERE k.confrelid = t.oid AND k.contype = 'f' AND k.conparentid = 0::oid
  UNION ALL SELECT pg_catalog.format('index %I: %s %s, cluster %s, identity %s',
    c.relname, pg_catalog.replace(pg_catalog.pg_get_indexdef(i.indexrelid),
      ' ON ONLY ', ' ON '), c.reltablespace,
    i.indisclustered, i.indisreplident)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = t.oid AND i.indisvalid
  UNION ALL SELECT pg_catalog.format('statistics target of index %I, %s: %s',
    c.relname, a.attnum, pg_catalog.to_jsonb(a) ->> 'attstattarget')
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE i.indrelid = t.oid AND i.indisvalid
    AND coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
  UNION ALL SELECT pg_catalog.format('trigger %I: %s %s', g.tgname, g.tgenabled,
    pg_catalog.pg_get_triggerdef(g.oid))
  FROM pg_catalog.pg_trigger g
  WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
    AND g.tgname::text NOT LIKE '~segue\_%'
  UNION ALL SELECT 'trigger of a constraint is turned off'
  FROM pg_catalog.pg_trigger g
  WHERE g.tgrelid = t.oid AND g.tgisinternal AND g.tgenabled <> 'O'
  UNION ALL SELECT pg_catalog.format('policy %I: %s %s %s %s %s', p.polname,
    p.polcmd, p.polpermissive, p.polroles::text,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
  FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid
  UNION ALL SELECT pg_catalog.format('publication %I%s', b.pubname, @PUBLISHED@)
  FROM pg_catalog.pg_publication_rel r
  JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid WHERE r.prrelid = t.oid
  UNION ALL SELECT pg_catalog.format('statistics %s, of %I, target %s',
    (SELECT pg_catalog.string_agg(p.part, ', ' ORDER BY p.part)
      FROM pg_catalog.regexp_split_to_table(
        pg_catalog.pg_get_statisticsobjdef(s.oid), ', | ON | FROM ') p (part)),
    pg_catalog.pg_get_userbyid(s.stxowner),
    pg_catalog.to_jsonb(s) ->> 'stxstattarget')
  FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid
  UNION ALL SELECT DISTINCT pg_catalog.format('%s of %s',
    CASE r.rulename WHEN '_RETURN' THEN 'view' ELSE 'rule' END,
    r.ev_class::regclass)
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
  WHERE d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  UNION ALL SELECT pg_catalog.format('sequence %s of column %I: %s', c.relname,
    a.attname, pg_catalog.to_jsonb(q) - 'seqrelid')
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = c.oid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
    AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.oid AND d.deptype IN ('a', 'i')
  UNION ALL SELECT pg_catalog.format('privilege %s of %s on sequence %s%s',
    e.privilege_type, CASE WHEN e.grantee = 0::oid THEN 'PUBLIC'
      ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)) END,
    c.relname, CASE WHEN e.is_grantable THEN ' with grant option' END)
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S',
    pg_catalog.aclexplode(coalesce(c.relacl,
      pg_catalog.acldefault('s', c.relowner))) e
  WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.oid AND d.deptype IN ('a', 'i')
  UNION ALL SELECT pg_catalog.format('comment on %s: %s', o.what, d.description)
  FROM (@COMMENTED@) o JOIN pg_catalog.pg_description d ON d.objoid = o.id
    AND d.classoid = o.class AND d.objsubid = 0
  UNION ALL SELECT pg_catalog.format('comment on column %I: %s', a.attname,
    d.description)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_description d
    ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_class'::regclass::oid
    AND d.objsubid = a.attnum::int4
  WHERE a.attrelid = t.oid AND NOT a.attisdropped) f)sql";

// What may have a comment, with the words of COMMENT ON after its name.
constexpr const char* kCommented = R"sql(
SELECT 'pg_catalog.pg_class'::regclass::oid AS class, t.oid AS id,
  pg_catalog.format('TABLE %s', t.oid::regclass) AS what
UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, i.indexrelid,
  pg_catalog.format('INDEX %s.%I', t.relnamespace::regnamespace, c.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = t.oid AND i.indisvalid
UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass::oid, k.oid,
  pg_catalog.format('CONSTRAINT %I ON %s', k.conname, k.conrelid::regclass)
FROM pg_catalog.pg_constraint k
WHERE t.oid IN (k.conrelid, k.confrelid) AND k.conparentid = 0::oid
UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass::oid, g.oid,
  pg_catalog.format('TRIGGER %I ON %s', g.tgname, t.oid::regclass)
FROM pg_catalog.pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
UNION ALL SELECT 'pg_catalog.pg_policy'::regclass::oid, p.oid,
  pg_catalog.format('POLICY %I ON %s', p.polname, t.oid::regclass)
FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid
UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass::oid, s.oid,
  pg_catalog.format('STATISTICS %s.%I', s.stxnamespace::regnamespace, s.stxname)
FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid
UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid,
  pg_catalog.format('SEQUENCE %s.%I', c.relnamespace::regnamespace, c.relname)
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refobjid = t.oid AND d.deptype IN ('a', 'i'))sql";

constexpr const char* kPublished = R"sql(
coalesce(' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(
    a.attname::text), ', ' ORDER BY a.attname)
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid
    AND a.attnum = ANY (r.prattrs::int2[])) || ')', '')
|| coalesce(' WHERE ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid), ''))sql";

// No text depends on the search path of the session that asks. Names of the
// table's own columns are told by their numbers, which stay.
constexpr const char* kInventory = R"sql(
WITH t AS (SELECT c.* FROM pg_catalog.pg_class c
  WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid),
facts AS (
  SELECT 'what the table is stored by' AS what, pg_catalog.concat_ws('|',
    t.relowner, t.relpersistence, t.relam, t.reltablespace, t.reloptions::text,
    x.reloptions::text) AS value
  FROM t LEFT JOIN pg_catalog.pg_class x ON x.oid = t.reltoastrelid
UNION ALL
  SELECT pg_catalog.format('column %I', a.attname), pg_catalog.concat_ws('|',
    (pg_catalog.to_jsonb(a) - ARRAY['attrelid', 'attcacheoff', 'attacl',
      'attmissingval', 'atthasmissing'])::text, d.adbin::text)
  FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
    AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.oid
    AND d.adnum = a.attnum
UNION ALL
  SELECT pg_catalog.format('constraint %I of table %I', k.conname, r.relname),
    (pg_catalog.to_jsonb(k) - ARRAY['oid', 'conindid', 'connamespace',
      'convalidated'])::text
  FROM t JOIN pg_catalog.pg_constraint k ON t.oid IN (k.conrelid, k.confrelid)
    AND k.contype <> 't' AND k.conparentid = 0::oid
  JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
UNION ALL
  SELECT pg_catalog.format('index %I', c.relname), pg_catalog.concat_ws('|',
    (pg_catalog.to_jsonb(i) - ARRAY['indexrelid', 'indisclustered',
      'indisreplident', 'indcheckxmin', 'indisvalid', 'indisready',
      'indislive'])::text, c.reloptions::text, c.reltablespace)
  FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisvalid
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
UNION ALL
  SELECT pg_catalog.format('statistics object %I', s.stxname),
    (pg_catalog.to_jsonb(s) - ARRAY['oid', 'stxname', 'stxnamespace'])::text
  FROM t JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = t.oid
UNION ALL
  SELECT pg_catalog.format('sequence %I', c.relname),
    pg_catalog.to_jsonb(q)::text
  FROM t JOIN pg_catalog.pg_depend d ON d.refobjid = t.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND d.deptype = 'i'
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = c.oid)
SELECT what || ': definition ' || pg_catalog.left(pg_catalog.md5(
    pg_catalog.regexp_replace(value, ':location -?[0-9]+', '', 'g')), 8),
  NULL, 'part of a table'
FROM facts ORDER BY 1)sql";

}  // namespace

std::string CommentedSql() { return kCommented; }

std::string TableFactsSql(const std::string& table, int major) {
  return FilledAll(
      kFacts, {{"@TABLE@", table},
               {"@PUBLISHED@", major < kPublishesColumns ? "''" : kPublished},
               {"@OPTIONS_OF_A@", ColumnOptionsSql()},
               {"@COMMENTED@", kCommented}});
}

std::string TableInventorySql(const std::string& table) {
  return FilledAll(kInventory, {{"@TABLE@", table}});
}

}  // namespace segue::postgres
