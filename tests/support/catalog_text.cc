#include "tests/support/catalog_text.h"

namespace segue::test {
namespace {

constexpr const char* kSql = R"sql(
WITH space AS (
  SELECT oid, nspname::text AS name FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'segue')),
relation AS (
  SELECT c.*, s.name || '.' || c.relname AS name
  FROM pg_class c JOIN space s ON s.oid = c.relnamespace),
line (kind, name, place, text) AS (
  SELECT 'schema', s.name, 0, concat_ws(' ', n.nspacl::text,
    n.nspowner::regrole, obj_description(n.oid, 'pg_namespace'))
  FROM space s JOIN pg_namespace n USING (oid)
UNION ALL
  SELECT 'relation', name, 0, concat_ws(' ', relkind, relpersistence,
    relowner::regrole, relacl::text, reloptions::text, relrowsecurity,
    relforcerowsecurity, relreplident, pg_get_expr(relpartbound, oid),
    pg_get_partkeydef(oid), (SELECT spcname FROM pg_tablespace t
      WHERE t.oid = reltablespace), CASE WHEN relkind IN ('v', 'm')
      THEN pg_get_viewdef(oid) END, obj_description(oid, 'pg_class'),
    (SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno)
     FROM pg_inherits WHERE inhrelid = oid))
  FROM relation
UNION ALL
  SELECT 'column', r.name, a.attnum, concat_ws(' ',
    CASE WHEN r.relkind NOT IN ('i', 'I') THEN a.attname END, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull
      THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity,
    a.attgenerated, a.attacl::text, (SELECT array_agg(o) FROM unnest(
      a.attoptions) o WHERE o NOT LIKE 'pg_attver=%')::text, a.attstattarget,
    a.attstorage, a.attcompression, a.attcollation::regcollation,
    col_description(r.oid, a.attnum))
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
    AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
UNION ALL
  SELECT 'index', r.name, 0, concat_ws(' ', pg_get_indexdef(i.indexrelid),
    i.indisclustered, i.indisreplident, i.indisvalid)
  FROM relation r JOIN pg_index i ON i.indexrelid = r.oid
UNION ALL
  SELECT 'sequence', r.name, 0, concat_ws(' ', seqtypid::regtype, seqstart,
    seqincrement, seqmin, seqmax, seqcache, seqcycle, (SELECT
      refobjid::regclass || '.' || a.attname FROM pg_depend JOIN pg_attribute a
      ON attrelid = refobjid AND attnum = refobjsubid
      WHERE objid = r.oid AND deptype IN ('a', 'i') AND refobjsubid > 0))
  FROM relation r JOIN pg_sequence q ON q.seqrelid = r.oid
UNION ALL
  SELECT 'constraint', coalesce(r.name, x.contypid::regtype::text), 0,
    concat_ws(' ', conname, pg_get_constraintdef(x.oid), conislocal,
      coninhcount, obj_description(x.oid, 'pg_constraint'))
  FROM pg_constraint x JOIN space s ON s.oid = x.connamespace
  LEFT JOIN relation r ON r.oid = x.conrelid
UNION ALL
  SELECT 'trigger', r.name, 0, concat_ws(' ', pg_get_triggerdef(t.oid),
    tgenabled, obj_description(t.oid, 'pg_trigger'))
  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid
    AND NOT t.tgisinternal
UNION ALL
  SELECT 'rule', r.name, 0, concat_ws(' ', pg_get_ruledef(w.oid), ev_enabled)
  FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
    AND w.rulename <> '_RETURN'
UNION ALL
  SELECT 'policy', r.name, 0, concat_ws(' ', polname, polcmd, polpermissive,
    polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
    pg_get_expr(polwithcheck, polrelid))
  FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
UNION ALL
  SELECT 'statistics', s.name, 0, concat_ws(' ', pg_get_statisticsobjdef(x.oid),
    stxstattarget, stxowner::regrole, obj_description(x.oid,
      'pg_statistic_ext'))
  FROM pg_statistic_ext x JOIN space s ON s.oid = x.stxnamespace
UNION ALL
  SELECT 'function', s.name, 0, concat_ws(' ', CASE WHEN prokind IN ('f', 'p')
    THEN pg_get_functiondef(p.oid) ELSE p.oid::regprocedure::text END,
    proowner::regrole, proacl::text, obj_description(p.oid, 'pg_proc'))
  FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
UNION ALL
  SELECT 'type', s.name, 0, concat_ws(' ', typname, typtype,
    typbasetype::regtype, typdefault, typnotnull, typacl::text,
    typowner::regrole, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder)
      FROM pg_enum WHERE enumtypid = t.oid), obj_description(t.oid, 'pg_type'))
  FROM pg_type t JOIN space s ON s.oid = t.typnamespace
  -- The server gives each type one of arrays, by a name that it makes up.
  WHERE NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
UNION ALL
  SELECT 'publication', pubname, 0, concat_ws(' ', puballtables,
    prrelid::regclass, pg_get_expr(prqual, prrelid), prattrs::text)
  FROM pg_publication p LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid
UNION ALL
  SELECT 'extension', extname, 0, extversion FROM pg_extension)
SELECT concat_ws(' ', kind, name, text) FROM line
ORDER BY kind, name, place, text)sql";

}  // namespace

std::string CatalogText(Client& client) { return ToLines(client.Query(kSql)); }

}  // namespace segue::test
