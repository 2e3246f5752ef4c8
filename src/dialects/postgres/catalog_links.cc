// Reads indexes, constraints, and what depends on a table.
#include "base/text.h"
#include "dialects/postgres/catalog.h"

namespace segue::postgres {
namespace {

// The query returns one row for each column of an index. Only the first of them
// has the whole definition. to_jsonb reads a column that servers before 15 do
// not have.
constexpr const char* kIndexesSql = R"sql(
SELECT i.indrelid::bigint, ic.relname::text, k.ord::int, am.amname::text,
  i.indisunique, i.indisprimary, i.indisvalid AND i.indisready,
  NOT i.indimmediate,
  CASE WHEN k.ord = 1
       THEN (pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean END,
  CASE WHEN k.ord = 1 THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END,
  CASE WHEN k.ord = 1 THEN pg_catalog.pg_get_indexdef(i.indexrelid) END,
  con.conname::text, k.ord > i.indnkeyatts, a.attname::text,
  CASE WHEN k.attnum = 0
       THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.ord::int, false) END,
  CASE WHEN NOT o.opcdefault OR ia.attoptions IS NOT NULL THEN
    CASE WHEN os.nspname = 'pg_catalog' THEN ''
         ELSE pg_catalog.quote_ident(os.nspname::text) || '.' END || pg_catalog.quote_ident(o.opcname::text) ||
    coalesce((SELECT ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(pg_catalog.split_part(p, '=', 1)) ||
        ' = ' || pg_catalog.quote_literal(pg_catalog.substr(p, pg_catalog.strpos(p, '=') + 1)), ', ') || ')'
      FROM pg_catalog.unnest(ia.attoptions) p), '') END,
  CASE WHEN l.oid <> coalesce(a.attcollation, et.typcollation) THEN
    CASE WHEN ls.nspname = 'pg_catalog' THEN ''
         ELSE pg_catalog.quote_ident(ls.nspname::text) || '.' END || pg_catalog.quote_ident(l.collname::text) END,
  coalesce(i.indoption[(k.ord - 1)::int]::int, 0),
  CASE WHEN k.ord = 1 THEN (SELECT pg_catalog.string_agg(
      pg_catalog.quote_ident(pg_catalog.split_part(p, '=', 1)) || ' = ' ||
      pg_catalog.quote_literal(pg_catalog.substr(p, pg_catalog.strpos(p, '=') + 1)), ', ')
    FROM pg_catalog.unnest(ic.reloptions) p) END,
  ts.spcname::text, fk.names, i.indisreplident
FROM pg_class c
JOIN pg_index i ON i.indrelid = c.oid AND i.indislive
JOIN pg_class ic ON ic.oid = i.indexrelid
JOIN pg_am am ON am.oid = ic.relam
CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, ord)
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
  AND k.attnum <> 0
LEFT JOIN pg_attribute ia ON ia.attrelid = ic.oid AND ia.attnum = k.ord
LEFT JOIN pg_type et ON et.oid = ia.atttypid
LEFT JOIN pg_opclass o ON o.oid = i.indclass[(k.ord - 1)::int]
LEFT JOIN pg_namespace os ON os.oid = o.opcnamespace
LEFT JOIN pg_collation l ON l.oid = i.indcollation[(k.ord - 1)::int]
LEFT JOIN pg_namespace ls ON ls.oid = l.collnamespace
LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid
  AND con.conrelid = c.oid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_tablespace ts ON ts.oid = ic.reltablespace
LEFT JOIN (SELECT f.conindid, pg_catalog.string_agg(n.nspname::text || '.' || t.relname::text || '.' ||
      f.conname::text, ',' ORDER BY n.nspname, t.relname, f.conname) AS names
    FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE f.contype = 'f' AND f.conparentid = 0::oid GROUP BY f.conindid) fk
  ON fk.conindid = i.indexrelid
WHERE c.relnamespace = $1::oid AND c.relkind IN ('r', 'p')
ORDER BY i.indrelid, ic.relname, k.ord)sql";

// A unique constraint of a partitioned table proves nothing as long as a
// partition lacks the index.
constexpr const char* kConstraintsSql = R"sql(
SELECT x.conrelid::bigint, x.conname::text, x.contype::text, k.ord::int,
  a.attname::text, CASE WHEN coalesce(k.ord, 1) = 1
    THEN pg_catalog.pg_get_constraintdef(x.oid) END,
  CASE WHEN coalesce(k.ord, 1) = 1 THEN pg_catalog.pg_get_expr(x.conbin, x.conrelid) END,
  x.convalidated AND coalesce((SELECT i.indisvalid FROM pg_index i
    WHERE i.indexrelid = x.conindid AND x.contype IN ('p', 'u', 'x')), true),
  x.condeferrable, x.condeferred, x.connoinherit,
  CASE WHEN r.relnamespace <> c.relnamespace
       THEN (SELECT nspname::text || '.' FROM pg_namespace WHERE oid = r.relnamespace)
       ELSE '' END || r.relname::text,
  (SELECT pg_catalog.string_agg(ra.attname::text, E'\n' ORDER BY rk.ord)
   FROM pg_catalog.unnest(x.confkey) WITH ORDINALITY rk (attnum, ord)
   JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = rk.attnum),
  x.confmatchtype::text, x.confdeltype::text, x.confupdtype::text,
  coalesce((pg_catalog.to_jsonb(x) ->> 'conenforced')::boolean, true)
FROM pg_class c
JOIN pg_constraint x ON x.conrelid = c.oid
LEFT JOIN pg_class r ON r.oid = x.confrelid
LEFT JOIN LATERAL pg_catalog.unnest(x.conkey) WITH ORDINALITY k (attnum, ord) ON true
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
WHERE c.relnamespace = $1::oid AND x.contype IN ('p', 'u', 'f', 'c', 'x')
  AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT FROM pg_constraint whole
    WHERE whole.oid = x.conparentid AND whole.conrelid = x.conrelid)
ORDER BY x.conrelid, x.conname, k.ord)sql";

// The views of published versions belong to segue; a comment on their schema
// says so (version_views.cc). What a trigger function reads is in
// trigger_functions.cc.
constexpr const char* kDependentsSql = R"sql(
WITH c AS MATERIALIZED (SELECT oid, relname, reltype FROM pg_class
  WHERE relnamespace = $1::oid AND relkind IN ('r', 'p', 'v')),
d AS MATERIALIZED (SELECT d.* FROM pg_depend d JOIN c ON c.oid = d.refobjid
  WHERE d.refclassid = 'pg_class'::regclass::oid
    AND d.classid IN ('pg_rewrite'::regclass::oid, 'pg_proc'::regclass::oid,
      'pg_trigger'::regclass::oid, 'pg_policy'::regclass::oid, 'pg_attrdef'::regclass::oid)),
found (relid, attnum, kind, space, owner, name) AS (
  SELECT d.refobjid, d.refobjsubid,
    CASE v.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
      ELSE 'rule' END, v.relnamespace, '', v.relname::text
  FROM d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass::oid
    AND r.oid = d.objid
  JOIN pg_class v ON v.oid = r.ev_class AND v.oid <> d.refobjid
UNION
  SELECT d.refobjid, d.refobjsubid, 'function', p.pronamespace, '',
    p.proname::text
  FROM d JOIN pg_proc p ON d.classid = 'pg_proc'::regclass::oid AND p.oid = d.objid
UNION
  SELECT d.refobjid, d.refobjsubid, 'trigger', t.relnamespace,
    t.relname::text, g.tgname::text
  FROM d JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass::oid
    AND g.oid = d.objid AND d.refobjsubid > 0 AND NOT g.tgisinternal
    AND g.tgname::text NOT LIKE '~segue\_%'
  JOIN pg_class t ON t.oid = g.tgrelid
UNION
  SELECT c.oid, a.attnum::int4, 'trigger', t.relnamespace,
    t.relname::text, g.tgname::text
  FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
    AND t.relispartition AND g.tgparentid = 0::oid AND NOT g.tgisinternal
    AND g.tgname::text NOT LIKE '~segue\_%'
  CROSS JOIN LATERAL pg_catalog.pg_partition_ancestors(t.oid) h
  JOIN c ON c.oid = h.relid::oid AND c.oid <> t.oid
  JOIN pg_depend s ON s.classid = 'pg_trigger'::regclass::oid
    AND s.objid = g.oid AND s.refclassid = 'pg_class'::regclass::oid
    AND s.refobjid = t.oid AND s.refobjsubid > 0
  JOIN pg_attribute p ON p.attrelid = t.oid AND p.attnum = s.refobjsubid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = p.attname
UNION
  SELECT d.refobjid, d.refobjsubid, 'policy', t.relnamespace,
    t.relname::text, p.polname::text
  FROM d JOIN pg_policy p ON d.classid = 'pg_policy'::regclass::oid
    AND p.oid = d.objid AND d.refobjsubid > 0
  JOIN pg_class t ON t.oid = p.polrelid
UNION
  SELECT d.refobjid, d.refobjsubid, 'generated column', t.relnamespace,
    t.relname::text, a.attname::text
  FROM d JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass::oid
    AND f.oid = d.objid
  JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
    AND a.attgenerated <> ''
    AND (a.attrelid, a.attnum) <> (d.refobjid, d.refobjsubid)
  JOIN pg_class t ON t.oid = f.adrelid
UNION
  SELECT i.inhparent, 0, 'inheriting table', t.relnamespace, '', t.relname::text
  FROM c JOIN pg_inherits i ON i.inhparent = c.oid
  JOIN pg_class t ON t.oid = i.inhrelid AND NOT t.relispartition
UNION
  SELECT c.oid, 0,
    CASE WHEN y.classid = 'pg_proc'::regclass::oid THEN 'function' ELSE 'column' END,
    coalesce(t.relnamespace, p.pronamespace),
    coalesce(t.relname::text, ''), coalesce(a.attname, p.proname)::text
  FROM c JOIN pg_type r ON r.oid = c.reltype
  JOIN pg_depend y ON y.refclassid = 'pg_type'::regclass::oid
    AND y.refobjid IN (r.oid, r.typarray)
    AND y.classid IN ('pg_class'::regclass::oid, 'pg_proc'::regclass::oid)
  LEFT JOIN pg_class t ON y.classid = 'pg_class'::regclass::oid AND t.oid = y.objid
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = y.objsubid
  LEFT JOIN pg_proc p ON y.classid = 'pg_proc'::regclass::oid AND p.oid = y.objid
UNION
  SELECT s.refobjid, 0, 'default of', t.relnamespace,
    t.relname::text, a.attname::text
  FROM c JOIN pg_depend s ON s.refclassid = 'pg_class'::regclass::oid
    AND s.refobjid = c.oid AND s.classid = 'pg_class'::regclass::oid
    AND s.deptype IN ('a', 'i')
  JOIN pg_class q ON q.oid = s.objid AND q.relkind = 'S'
  JOIN pg_depend u ON u.refclassid = 'pg_class'::regclass::oid
    AND u.refobjid = q.oid AND u.classid = 'pg_attrdef'::regclass::oid
  JOIN pg_attrdef f ON f.oid = u.objid AND f.adrelid <> c.oid
  JOIN pg_class t ON t.oid = f.adrelid
  JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
UNION
  SELECT x.confrelid, k, 'foreign key', t.relnamespace,
    t.relname::text, x.conname::text
  FROM c JOIN pg_constraint x ON x.confrelid = c.oid AND x.contype = 'f'
    AND x.conrelid <> c.oid
  CROSS JOIN LATERAL pg_catalog.unnest(x.confkey) k
  JOIN pg_class t ON t.oid = x.conrelid)
SELECT f.relid::bigint, f.kind, n.nspname::text, f.owner, f.name,
  a.attname::text
FROM found f JOIN pg_namespace n ON n.oid = f.space
LEFT JOIN pg_attribute a ON a.attrelid = f.relid AND a.attnum = f.attnum
  AND f.attnum > 0
WHERE n.nspname <> 'segue' AND NOT EXISTS (SELECT FROM pg_description v
  WHERE v.objoid = n.oid AND v.classoid = 'pg_namespace'::regclass::oid
    AND v.description LIKE 'segue: version of schema %')
ORDER BY 1, 2, 3, 4, 5, 6)sql";

// These are bits of pg_index.indoption.
constexpr std::int64_t kDescending = 1, kNullsFirst = 2;

schema::Index ReadIndexHead(RowReader& row, std::string name) {
  schema::Index index;
  index.name = std::move(name);
  index.method = row.Text();
  index.unique = row.Boolean();
  index.primary = row.Boolean();
  index.valid = row.Boolean();
  index.deferrable = row.Boolean();
  index.nulls_not_distinct = row.Boolean();
  index.predicate = row.Text();
  index.definition = row.Text();
  index.constraint = row.Text();
  return index;
}

void ReadIndexTail(RowReader& row, schema::Index& index, schema::Table& table) {
  index.storage_parameters = row.Text();
  index.tablespace = row.Text();
  const std::string keys = row.Text();
  if (!keys.empty()) index.referenced_by = base::Split(keys, ',');
  if (row.Boolean()) table.replica_identity_index = index.name;
}

void ReadIndexColumn(RowReader& row, schema::Index& index) {
  const bool included = row.Boolean();
  schema::IndexColumn column;
  column.name = row.Text();
  column.expression = row.Text();
  column.opclass = row.Text();
  column.collation = row.Text();
  const std::int64_t option = row.Integer();
  column.descending = (option & kDescending) != 0;
  const bool nulls_first = (option & kNullsFirst) != 0;
  if (nulls_first != column.descending) column.nulls_first = nulls_first;
  if (included) {
    index.include.push_back(column.name);
  } else {
    index.columns.push_back(std::move(column));
  }
}

schema::ConstraintKind KindOfConstraint(const std::string& contype) {
  switch (contype[0]) {
    case 'p':
      return schema::ConstraintKind::kPrimaryKey;
    case 'u':
      return schema::ConstraintKind::kUnique;
    case 'f':
      return schema::ConstraintKind::kForeignKey;
    case 'x':
      return schema::ConstraintKind::kExclude;
    default:
      return schema::ConstraintKind::kCheck;
  }
}

// The code is from pg_constraint.confdeltype or confupdtype; NO ACTION is the
// default.
std::string ActionOf(const std::string& code) {
  if (code == "r") return "RESTRICT";
  if (code == "c") return "CASCADE";
  if (code == "n") return "SET NULL";
  return code == "d" ? "SET DEFAULT" : "";
}

void ReadReference(RowReader& row, schema::Constraint& constraint) {
  constraint.deferrable = row.Boolean();
  constraint.initially_deferred = row.Boolean();
  constraint.no_inherit = row.Boolean();
  schema::Reference& reference = constraint.reference;
  reference.table = row.Text();
  if (reference.table.empty()) {
    for (int skipped = 0; skipped < 4; ++skipped) row.Text();
    return;
  }
  reference.columns = base::Split(row.Text(), '\n');
  reference.match = row.Text() == "f" ? "FULL" : "";
  reference.on_delete = ActionOf(row.Text());
  reference.on_update = ActionOf(row.Text());
}

void ReadConstraint(RowReader& row, schema::Table& table) {
  std::string name = row.Text();
  const schema::ConstraintKind kind = KindOfConstraint(row.Text());
  const bool first = row.Integer() <= 1;
  const std::string column = row.Text();
  if (first) {
    schema::Constraint constraint;
    constraint.name = std::move(name);
    constraint.kind = kind;
    constraint.definition = row.Text();
    constraint.check = row.Text();
    constraint.validated = row.Boolean();
    ReadReference(row, constraint);
    constraint.enforced = row.Boolean();
    table.constraints.push_back(std::move(constraint));
  }
  if (!column.empty()) table.constraints.back().columns.push_back(column);
}

}  // namespace

void ReadIndexes(db::Connection& connection, std::int64_t schema_oid,
                 TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(kIndexesSql, {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table == tables.end()) continue;
    std::string name = row.Text();
    const bool first = row.Integer() == 1;
    std::vector<schema::Index>& indexes = table->second.indexes;
    schema::Index head = ReadIndexHead(row, std::move(name));
    if (first) indexes.push_back(std::move(head));
    ReadIndexColumn(row, indexes.back());
    if (first) ReadIndexTail(row, indexes.back(), table->second);
  }
}

void ReadConstraints(db::Connection& connection, std::int64_t schema_oid,
                     TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(kConstraintsSql, {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table != tables.end()) ReadConstraint(row, table->second);
  }
}

void ReadDependents(db::Connection& connection, std::int64_t schema_oid,
                    TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(kDependentsSql, {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table == tables.end()) continue;
    schema::Dependent dependent;
    dependent.kind = row.Text();
    dependent.schema = row.Text();
    dependent.table = row.Text();
    dependent.name = row.Text();
    dependent.column = row.Text();
    table->second.dependents.push_back(std::move(dependent));
  }
}

}  // namespace segue::postgres
