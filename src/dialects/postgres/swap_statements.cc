#include "dialects/postgres/swap_statements.h"

#include "dialects/postgres/sql.h"
#include "dialects/postgres/table_facts.h"

namespace segue::postgres {
namespace {

// Publications have lists of columns and row filters since version 15.
constexpr int kPublishesColumns = 15;

// Foreign keys come NOT VALID, because the rows are the same: a look at all of
// them would take its time under the locks. A partitioned table takes none in
// that way, so that each partition gets its own until they are proven. Keys
// that lead to the table are the property of others' tables.
//
// The order is that of need: a replica identity and a row filter need keys and
// columns, and comments need what they are about.
constexpr const char* kStatements = R"sql(
SELECT w.rank, w.place, w.sql
FROM (SELECT c.*, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
    ON n.oid = c.relnamespace WHERE c.oid = @GIVER@) t
CROSS JOIN LATERAL (
  SELECT v.rank, g.oid::bigint AS place, v.sql
  FROM pg_catalog.pg_trigger g CROSS JOIN LATERAL (VALUES
    (-9, pg_catalog.format('DROP TRIGGER %I ON %s', g.tgname, t.name)),
    (30, pg_catalog.pg_get_triggerdef(g.oid)),
    (31, CASE WHEN g.tgenabled <> 'O' THEN pg_catalog.format(
      'ALTER TABLE %s %s TRIGGER %I', t.name, CASE g.tgenabled
      WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
      ELSE 'ENABLE ALWAYS' END, g.tgname) END)) v(rank, sql)
  WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
    AND g.tgname::text NOT LIKE '~segue\_%'
  UNION ALL
  SELECT v.rank, p.oid::bigint, v.sql
  FROM pg_catalog.pg_policy p CROSS JOIN LATERAL (VALUES
    (-8, pg_catalog.format('DROP POLICY %I ON %s', p.polname, t.name)),
    (40, pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s',
      p.polname, t.name, CASE WHEN p.polpermissive THEN 'PERMISSIVE'
        ELSE 'RESTRICTIVE' END, CASE p.polcmd WHEN 'r' THEN 'SELECT'
        WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
        ELSE 'ALL' END, (SELECT pg_catalog.string_agg(CASE r.id WHEN 0::oid
        THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
          pg_catalog.pg_get_userbyid(r.id)) END, ', ')
        FROM pg_catalog.unnest(p.polroles) r(id)),
      ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
      ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
        || ')'))) v(rank, sql)
  WHERE p.polrelid = t.oid
  UNION ALL
  SELECT v.rank, 0, v.sql FROM (VALUES
    (-7, t.relforcerowsecurity, 'NO FORCE ROW LEVEL SECURITY'),
    (-6, t.relrowsecurity, 'DISABLE ROW LEVEL SECURITY'),
    (41, t.relrowsecurity, 'ENABLE ROW LEVEL SECURITY'),
    (42, t.relforcerowsecurity, 'FORCE ROW LEVEL SECURITY')) f(rank, holds, what)
  CROSS JOIN LATERAL (SELECT f.rank, pg_catalog.format('ALTER TABLE %s %s',
    t.name, f.what)) v(rank, sql)
  WHERE f.holds
  UNION ALL
  SELECT v.rank, r.oid::bigint, v.sql
  FROM pg_catalog.pg_publication_rel r
  JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
  CROSS JOIN LATERAL (VALUES
    (-5, pg_catalog.format('ALTER PUBLICATION %I DROP TABLE ONLY %s', b.pubname,
      t.name)),
    (50, pg_catalog.format('ALTER PUBLICATION %I ADD TABLE ONLY %s%s',
      b.pubname, t.name, @PUBLISHED@))) v(rank, sql)
  WHERE r.prrelid = t.oid
  UNION ALL
  SELECT v.rank, k.oid::bigint, v.sql
  FROM pg_catalog.pg_constraint k CROSS JOIN LATERAL (VALUES
    (-4, pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I',
      k.conrelid::regclass, k.conname)),
    (10, CASE WHEN k.conrelid <> t.oid OR NOT EXISTS (SELECT
        FROM pg_catalog.pg_inherits h WHERE h.inhparent = @TAKER@) THEN
      pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID',
        k.conrelid::regclass, k.conname, pg_catalog.regexp_replace(
          pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '')) END))
    v(rank, sql)
  WHERE k.contype = 'f' AND k.conparentid = 0::oid
    AND t.oid IN (k.conrelid, k.confrelid)
  UNION ALL
  SELECT 10, k.oid::bigint, pg_catalog.format(
    'ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', h.inhrelid::regclass,
    k.conname, pg_catalog.regexp_replace(
      pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_inherits h ON h.inhparent = @TAKER@
  WHERE k.contype = 'f' AND k.conparentid = 0::oid AND k.conrelid = t.oid
  UNION ALL
  SELECT 20, 0, pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY %s', t.name,
    CASE t.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
      WHEN 'i' THEN (SELECT 'USING INDEX ' || pg_catalog.quote_ident(c.relname)
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = t.oid AND i.indisreplident)
      ELSE 'DEFAULT' END)
  UNION ALL
  SELECT 21, 0, pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', t.name,
    c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = t.oid AND i.indisclustered AND i.indisvalid
  UNION ALL
  SELECT 22, i.indexrelid::bigint, pg_catalog.format(
    'ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s',
    i.indexrelid::regclass, a.attnum,
    pg_catalog.to_jsonb(a) ->> 'attstattarget')
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid
  WHERE i.indrelid = t.oid AND i.indisvalid
    AND coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
  UNION ALL
  SELECT 23, d.objid::bigint, pg_catalog.format(
    'ALTER SEQUENCE %s OWNED BY %s.%I', d.objid::regclass, t.name, a.attname)
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
    AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.oid AND d.deptype = 'a'
  UNION ALL
  SELECT 60, c.oid::bigint, pg_catalog.format(
    'CREATE OR REPLACE VIEW %s%s AS %s', c.oid::regclass,
    ' WITH (' || pg_catalog.array_to_string(c.reloptions, ', ') || ')',
    pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';'))
  FROM pg_catalog.pg_class c WHERE c.relkind = 'v' AND c.oid IN (
    SELECT r.ev_class FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass::oid
      AND d.refobjid = t.oid
      AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid)
  UNION ALL
  SELECT 70, 0, pg_catalog.format('REVOKE ALL ON %s FROM %s CASCADE', t.name,
    CASE WHEN e.id = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
      pg_catalog.pg_get_userbyid(e.id)) END)
  FROM (SELECT x.grantee AS id FROM pg_catalog.pg_class c,
      pg_catalog.aclexplode(coalesce(c.relacl,
        pg_catalog.acldefault('r', c.relowner))) x WHERE c.oid = @TAKER@
    UNION SELECT x.grantee FROM pg_catalog.pg_attribute a,
      pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = @TAKER@) e
  UNION ALL
  SELECT 71, g.place, pg_catalog.format('GRANT %s%s ON %s TO %s%s',
    e.privilege_type, g.of, t.name, CASE WHEN e.grantee = 0::oid THEN 'PUBLIC'
      ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)) END,
    CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' END)
  FROM (SELECT 0 AS place, NULL AS of, coalesce(t.relacl,
      pg_catalog.acldefault('r', t.relowner)) AS acl
    UNION ALL SELECT a.attnum, pg_catalog.format(' (%I)', a.attname), a.attacl
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.oid AND NOT a.attisdropped) g,
    pg_catalog.aclexplode(g.acl) e
  UNION ALL
  SELECT v.rank, c.oid::bigint, v.sql
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  CROSS JOIN LATERAL (SELECT 72, pg_catalog.format(
      'REVOKE ALL ON SEQUENCE %s FROM %s CASCADE', c.oid::regclass,
      CASE WHEN g.id = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
        pg_catalog.pg_get_userbyid(g.id)) END)
    FROM (SELECT x.grantee AS id FROM pg_catalog.pg_depend o
      JOIN pg_catalog.pg_class q ON q.oid = o.objid AND q.relkind = 'S',
        pg_catalog.aclexplode(coalesce(q.relacl,
          pg_catalog.acldefault('s', q.relowner))) x
      WHERE o.classid = 'pg_catalog.pg_class'::regclass::oid
        AND o.refclassid = 'pg_catalog.pg_class'::regclass::oid
        AND o.refobjid = @TAKER@ AND o.deptype = 'i'
      GROUP BY x.grantee) g
    UNION ALL SELECT 73, pg_catalog.format('GRANT %s ON SEQUENCE %s TO %s%s',
      e.privilege_type, c.oid::regclass, CASE WHEN e.grantee = 0::oid
        THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
          pg_catalog.pg_get_userbyid(e.grantee)) END,
      CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_catalog.aclexplode(coalesce(c.relacl,
      pg_catalog.acldefault('s', c.relowner))) e) v(rank, sql)
  WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.oid AND d.deptype = 'i'
  UNION ALL
  SELECT 80, 0, pg_catalog.format('COMMENT ON %s IS %L', o.what, (
    SELECT d.description FROM pg_catalog.pg_description d
    WHERE d.objoid = o.id AND d.classoid = o.class AND d.objsubid = 0))
  FROM (@COMMENTED@) o
  WHERE o.id = t.oid OR EXISTS (SELECT FROM pg_catalog.pg_description d
    WHERE d.objoid = o.id AND d.classoid = o.class AND d.objsubid = 0)
  UNION ALL
  SELECT 81, 0, pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', t.name,
    a.attname, d.description)
  FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_class'::regclass::oid
    AND d.objsubid = a.attnum::int4
  WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) w
WHERE w.sql IS NOT NULL)sql";

constexpr const char* kPublished = R"sql(
coalesce(' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(
    a.attname::text), ', ') FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = t.oid AND a.attnum = ANY (r.prattrs::int2[])) || ')', '')
|| coalesce(' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')',
  ''))sql";

}  // namespace

std::string SwapStatementsSql(const std::string& giver,
                              const std::string& taker, int major) {
  return FilledAll(
      kStatements,
      {{"@GIVER@", giver},
       {"@TAKER@", taker},
       {"@PUBLISHED@", major < kPublishesColumns ? "''" : kPublished},
       {"@COMMENTED@", CommentedSql()}});
}

}  // namespace segue::postgres
