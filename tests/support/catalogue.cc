#include "tests/support/catalogue.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace segue::test {
namespace {

// Whose objects are shown. A version that is published after the contract has
// a schema of its own, which the plain statement does not make.
constexpr const char* kVisible = R"sql(
WITH spaces AS MATERIALIZED (
  SELECT n.oid, n.nspname FROM pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'segue')
    AND NOT EXISTS (SELECT FROM pg_description d WHERE d.objoid = n.oid
      AND d.classoid = 'pg_namespace'::regclass
      AND d.description LIKE 'segue: version of schema %')),
rels AS MATERIALIZED (
  SELECT c.oid, c.relname, c.relkind FROM pg_class c
  WHERE c.relnamespace IN (SELECT oid FROM spaces)),
visible AS MATERIALIZED (
  SELECT 'pg_namespace'::regclass::oid AS classid, oid AS objid FROM spaces
  UNION ALL SELECT 'pg_class'::regclass, oid FROM rels
  UNION ALL SELECT 'pg_type'::regclass, y.oid FROM pg_type y
    WHERE y.typnamespace IN (SELECT oid FROM spaces)
  UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p
    WHERE p.pronamespace IN (SELECT oid FROM spaces)
  UNION ALL SELECT 'pg_collation'::regclass, p.oid FROM pg_collation p
    WHERE p.collnamespace IN (SELECT oid FROM spaces)
  UNION ALL SELECT 'pg_constraint'::regclass, x.oid FROM pg_constraint x
    WHERE x.connamespace IN (SELECT oid FROM spaces)
  UNION ALL SELECT 'pg_trigger'::regclass, x.oid FROM pg_trigger x
    WHERE x.tgrelid IN (SELECT oid FROM rels)
  UNION ALL SELECT 'pg_rewrite'::regclass, x.oid FROM pg_rewrite x
    WHERE x.ev_class IN (SELECT oid FROM rels)
  UNION ALL SELECT 'pg_attrdef'::regclass, x.oid FROM pg_attrdef x
    WHERE x.adrelid IN (SELECT oid FROM rels)
  UNION ALL SELECT 'pg_policy'::regclass, x.oid FROM pg_policy x
    WHERE x.polrelid IN (SELECT oid FROM rels)
  UNION ALL SELECT 'pg_statistic_ext'::regclass, x.oid FROM pg_statistic_ext x
    WHERE x.stxrelid IN (SELECT oid FROM rels)
  UNION ALL SELECT 'pg_publication_rel'::regclass, x.oid
    FROM pg_publication_rel x WHERE x.prrelid IN (SELECT oid FROM rels)
  UNION ALL SELECT 'pg_publication'::regclass, x.oid FROM pg_publication x
  UNION ALL SELECT 'pg_event_trigger'::regclass, x.oid FROM pg_event_trigger x
  UNION ALL SELECT 'pg_default_acl'::regclass, x.oid FROM pg_default_acl x
  UNION ALL SELECT 'pg_extension'::regclass, x.oid FROM pg_extension x),
facts(object, property, value) AS (
)sql";

constexpr const char* kTables = R"sql(
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM rels r JOIN pg_class c ON c.oid = r.oid
CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(c) - ARRAY['oid', 'relname',
  'relnamespace', 'reltype', 'reloftype', 'relowner', 'relam', 'relfilenode',
  'reltablespace', 'relpages', 'reltuples', 'relallvisible', 'relallfrozen',
  'reltoastrelid', 'relhasindex', 'relnatts', 'relhasrules', 'relhastriggers',
  'relhassubclass', 'relrewrite', 'relfrozenxid', 'relminmxid', 'relacl',
  'relpartbound'] || jsonb_build_object(
    'owner', pg_get_userbyid(c.relowner),
    'access method', (SELECT amname FROM pg_am WHERE oid = c.relam),
    'tablespace', (SELECT spcname FROM pg_tablespace
      WHERE oid = c.reltablespace),
    'of type', nullif(c.reloftype, 0)::regtype::text,
    'bound', pg_get_expr(c.relpartbound, c.oid),
    'partitioned by', CASE WHEN c.relkind = 'p'
      THEN pg_get_partkeydef(c.oid) END,
    'options of toast', (SELECT t.reloptions::text FROM pg_class t
      WHERE t.oid = c.reltoastrelid),
    'definition', CASE WHEN c.relkind IN ('v', 'm')
      THEN pg_get_viewdef(c.oid) END,
    'array type', (SELECT y.typarray::regtype::text FROM pg_type y
      WHERE y.oid = c.reltype),
    'order of columns', (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
        AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f')))) e
UNION ALL
SELECT o.type || ' ' || o.identity, 'grant', concat_ws(' ', e.privilege_type,
  'to', e.grantee::regrole, 'by', e.grantor::regrole, e.is_grantable)
FROM rels r JOIN pg_class c ON c.oid = r.oid
CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) o
CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault(
  CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END,
  c.relowner))) e
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
UNION ALL
SELECT 'table ' || i.inhrelid::regclass::text, 'inherits no. ' || i.inhseqno,
  i.inhparent::regclass::text || coalesce(to_jsonb(i) ->> 'inhdetachpending',
    '')
FROM pg_inherits i JOIN rels r ON r.oid = i.inhrelid
UNION ALL
SELECT 'sequence ' || q.seqrelid::regclass::text, e.key, e.value
FROM pg_sequence q JOIN rels r ON r.oid = q.seqrelid
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(q) - ARRAY['seqrelid', 'seqtypid']
  || jsonb_build_object('type', q.seqtypid::regtype::text)) e
)sql";

constexpr const char* kColumns = R"sql(
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM rels r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
  AND NOT a.attisdropped AND r.relkind NOT IN ('i', 'I', 'S')
CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, r.oid, a.attnum) o
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(a) - ARRAY['attrelid', 'attname',
  'attnum', 'atttypid', 'atttypmod', 'attcollation', 'attacl', 'attcacheoff',
  'atthasmissing', 'attmissingval'] || jsonb_build_object(
    'type', format_type(a.atttypid, a.atttypmod),
    'collation', nullif(a.attcollation, 0)::regcollation::text,
    'attoptions', (SELECT array_agg(o)::text FROM unnest(a.attoptions) o
      WHERE o NOT LIKE 'pg_attver=%'),
    'default', (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_attrdef f
      WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum))) e
UNION ALL
SELECT o.type || ' ' || o.identity, 'grant', concat_ws(' ', e.privilege_type,
  'to', e.grantee::regrole, 'by', e.grantor::regrole, e.is_grantable)
FROM rels r JOIN pg_attribute a ON a.attrelid = r.oid AND NOT a.attisdropped
CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, r.oid, a.attnum) o
CROSS JOIN LATERAL aclexplode(a.attacl) e
UNION ALL
SELECT 'index ' || r.oid::regclass::text, 'statistics of ' || a.attnum,
  to_jsonb(a) ->> 'attstattarget'
FROM rels r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
WHERE r.relkind IN ('i', 'I')
UNION ALL
SELECT 'index ' || i.indexrelid::regclass::text, e.key, e.value
FROM pg_index i JOIN rels r ON r.oid = i.indexrelid
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(i) - ARRAY['indexrelid', 'indrelid',
  'indkey', 'indcollation', 'indclass', 'indoption', 'indexprs', 'indpred',
  'indcheckxmin'] || jsonb_build_object(
    'of', i.indrelid::regclass::text,
    'definition', pg_get_indexdef(i.indexrelid))) e
UNION ALL
SELECT 'statistics ' || s.stxnamespace::regnamespace || '.' || s.stxname,
  e.key, e.value
FROM pg_statistic_ext s JOIN rels r ON r.oid = s.stxrelid
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(s) - ARRAY['oid', 'stxrelid',
  'stxname', 'stxnamespace', 'stxowner', 'stxkeys', 'stxexprs']
  || jsonb_build_object('owner', pg_get_userbyid(s.stxowner),
    'expressions', to_jsonb(s) ->> 'stxexprs' IS NOT NULL,
    'columns', (SELECT string_agg(a.attname, ', ' ORDER BY a.attname)
      FROM pg_attribute a WHERE a.attrelid = s.stxrelid
        AND a.attnum = ANY (s.stxkeys::int2[])))) e
)sql";

// The triggers of constraints have numbers in their names.
// connoinherit of a key says nothing: it is true for the key of a partition
// that became a part later, as ATTACH PARTITION leaves it, and false for one
// that was made with its parent's. Nor does convalidated of the part of a
// foreign key for a partition of the table that it refers to: VALIDATE leaves
// it as it is before 18.
constexpr const char* kRules = R"sql(
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM pg_constraint x JOIN spaces s ON s.oid = x.connamespace
CROSS JOIN LATERAL pg_identify_object('pg_constraint'::regclass, x.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(x) - ARRAY['oid', 'conname',
  'connamespace', 'conrelid', 'contypid', 'conindid', 'conparentid',
  'confrelid', 'conkey', 'confkey', 'conpfeqop', 'conppeqop', 'conffeqop',
  'conexclop', 'conbin', 'confdelsetcols']
  - CASE WHEN x.contype IN ('p', 'u') THEN 'connoinherit' ELSE '' END
  - CASE WHEN x.contype = 'f' AND x.conparentid <> 0 THEN 'convalidated'
    ELSE '' END
  || jsonb_build_object(
    'index', nullif(x.conindid, 0)::regclass::text,
    'parent', (SELECT p.conname || ' of ' || p.conrelid::regclass
      FROM pg_constraint p WHERE p.oid = x.conparentid),
    'columns', (SELECT string_agg(a.attname, ', ' ORDER BY k.n)
      FROM unnest(x.conkey) WITH ORDINALITY k(num, n) JOIN pg_attribute a
        ON a.attrelid = x.conrelid AND a.attnum = k.num
      WHERE x.contype <> 'c'),
    'definition', CASE WHEN x.conparentid = 0 OR x.contype <> 'f'
      THEN pg_get_constraintdef(x.oid) END)) e
UNION ALL
SELECT CASE WHEN g.tgisinternal THEN 'trigger ' || g.tgfoid::regproc || ' of '
    || coalesce((SELECT x.conname || ' of ' || x.conrelid::regclass
      FROM pg_constraint x WHERE x.oid = g.tgconstraint), '') || ' on '
    || g.tgrelid::regclass
  ELSE o.type || ' ' || o.identity END, e.key, e.value
FROM pg_trigger g JOIN rels r ON r.oid = g.tgrelid
CROSS JOIN LATERAL pg_identify_object('pg_trigger'::regclass, g.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(g) - ARRAY['oid', 'tgrelid',
  'tgparentid', 'tgname', 'tgfoid', 'tgconstrrelid', 'tgconstrindid',
  'tgconstraint', 'tgattr', 'tgargs', 'tgqual'] || jsonb_build_object(
    'of parent', g.tgparentid <> 0,
    'definition', CASE WHEN NOT g.tgisinternal
      THEN pg_get_triggerdef(g.oid) END)) e
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM pg_policy p JOIN rels r ON r.oid = p.polrelid
CROSS JOIN LATERAL pg_identify_object('pg_policy'::regclass, p.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(p) - ARRAY['oid', 'polname',
  'polrelid', 'polroles', 'polqual', 'polwithcheck'] || jsonb_build_object(
    'roles', p.polroles::regrole[]::text,
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid))) e
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM pg_rewrite w JOIN rels r ON r.oid = w.ev_class
CROSS JOIN LATERAL pg_identify_object('pg_rewrite'::regclass, w.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(w) - ARRAY['oid', 'rulename',
  'ev_class', 'ev_qual', 'ev_action'] || jsonb_build_object(
    'definition', pg_get_ruledef(w.oid))) e
)sql";

constexpr const char* kOthers = R"sql(
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
CROSS JOIN LATERAL pg_identify_object('pg_proc'::regclass, p.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(jsonb_build_object(
  'owner', pg_get_userbyid(p.proowner), 'acl', p.proacl::text,
  'definition', CASE WHEN p.prokind <> 'a'
    THEN pg_get_functiondef(p.oid) END)) e
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM pg_type y JOIN spaces s ON s.oid = y.typnamespace
CROSS JOIN LATERAL pg_identify_object('pg_type'::regclass, y.oid, 0) o
CROSS JOIN LATERAL jsonb_each_text(jsonb_build_object('kind', y.typtype,
  'owner', pg_get_userbyid(y.typowner), 'acl', y.typacl::text,
  'base', format_type(nullif(y.typbasetype, 0), y.typtypmod),
  'not null', y.typnotnull, 'default', y.typdefault,
  'labels', (SELECT string_agg(l.enumlabel, ', ' ORDER BY l.enumsortorder)
    FROM pg_enum l WHERE l.enumtypid = y.oid))) e
UNION ALL
SELECT 'schema ' || n.nspname, e.key, e.value
FROM pg_namespace n JOIN spaces s ON s.oid = n.oid
CROSS JOIN LATERAL jsonb_each_text(jsonb_build_object(
  'owner', pg_get_userbyid(n.nspowner), 'acl', n.nspacl::text)) e
UNION ALL
SELECT 'publication ' || p.pubname, e.key, e.value
FROM pg_publication p CROSS JOIN LATERAL jsonb_each_text(to_jsonb(p)
  - ARRAY['oid', 'pubname', 'pubowner']) e
UNION ALL
SELECT o.type || ' ' || o.identity, e.key, e.value
FROM (SELECT NULL::pg_node_tree AS prqual) AS before_15
CROSS JOIN LATERAL (SELECT a.*, pg_get_expr(prqual, a.prrelid) AS rows
  FROM pg_publication_rel a) p
JOIN rels r ON r.oid = p.prrelid
CROSS JOIN LATERAL pg_identify_object('pg_publication_rel'::regclass, p.oid,
  0) o
CROSS JOIN LATERAL jsonb_each_text(jsonb_build_object('rows', p.rows,
  'columns', (SELECT string_agg(a.attname, ', ' ORDER BY a.attname)
    FROM pg_attribute a WHERE a.attrelid = p.prrelid AND a.attnum::text = ANY
      (string_to_array(to_jsonb(p) ->> 'prattrs', ' '))))) e
UNION ALL
SELECT 'event trigger ' || g.evtname, 'state', concat_ws(' ', g.evtenabled, g.evtevent)
FROM pg_event_trigger g
UNION ALL
SELECT o.type || ' ' || o.identity, 'comment', d.description
FROM pg_description d JOIN visible v ON v.classid = d.classoid
  AND v.objid = d.objoid
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
UNION ALL
SELECT o.type || ' ' || o.identity, 'label of ' || d.provider, d.label
FROM pg_seclabel d JOIN visible v ON v.classid = d.classoid
  AND v.objid = d.objoid
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
UNION ALL
SELECT o.type || ' ' || o.identity, 'depends (' || d.deptype::text || ') on',
  p.type || ' ' || p.identity
FROM pg_depend d JOIN visible v ON v.classid = d.classid AND v.objid = d.objid
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) o
CROSS JOIN LATERAL pg_identify_object(d.refclassid, d.refobjid,
  d.refobjsubid) p)
SELECT DISTINCT regexp_replace(object, '(_ConstraintTrigger(_[ac])?)_\d+',
  '\1') || ': ' || property || ' = '
  || regexp_replace(regexp_replace(value, '\s+', ' ', 'g'),
    '(_ConstraintTrigger(_[ac])?)_\d+', '\1')
FROM facts WHERE value IS NOT NULL)sql";

constexpr const char* kRowsSql = R"sql(
SELECT format('SELECT %L || to_jsonb(t)::text FROM ONLY %s t',
  'row of ' || c.oid::regclass || ': ', c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', 'segue')
UNION ALL
SELECT format('SELECT %L || coalesce(pg_sequence_last_value(%s)::text, %L)',
  'sequence ' || q.seqrelid::regclass || ': ', q.seqrelid, 'unused')
FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname <> 'segue')sql";

// Every row of these tells by its xmin when it was written.
constexpr const char* kFingerprintSql = R"sql(
SELECT
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY oid)) FROM pg_class),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY attrelid, attnum))
    FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY indexrelid)) FROM pg_index),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY oid)) FROM pg_constraint),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY oid)) FROM pg_trigger),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY oid)) FROM pg_attrdef),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY oid)) FROM pg_proc),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY oid)) FROM pg_namespace),
  (SELECT md5(string_agg(xmin::text, ',' ORDER BY objoid, classoid, objsubid))
    FROM pg_description))sql";

Snapshot Sorted(const Rows& rows) {
  Snapshot lines;
  for (const std::vector<Cell>& row : rows) {
    lines.push_back(row.front().value_or("NULL"));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// With this path every name in a definition has its schema. The queries are
// long, but their results are short.
void Prepare(Client& client) {
  client.Query("SET search_path = ''; SET jit = off");
}

}  // namespace

Snapshot CatalogueOf(Client& client) {
  Prepare(client);
  return Sorted(client.Query(std::string(kVisible) + kTables + kColumns +
                             kRules + kOthers));
}

std::string FingerprintOf(Client& client) {
  Rows rows = client.Query(kFingerprintSql);
  return ToLines(rows);
}

Snapshot DataOf(Client& client) {
  Prepare(client);
  const Snapshot parts = Sorted(client.Query(kRowsSql));
  if (parts.empty()) return {};
  return Sorted(client.Query(base::Join(parts, " UNION ALL ")));
}

std::vector<std::string> Differences(const Snapshot& before,
                                     const Snapshot& after) {
  Snapshot gone;
  Snapshot come;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(come));
  std::vector<std::string> lines;
  for (const std::string& line : gone) lines.push_back("- " + line);
  for (const std::string& line : come) lines.push_back("+ " + line);
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return std::pair(a.substr(2), b) < std::pair(b.substr(2), a);
  });
  return lines;
}

}  // namespace segue::test
