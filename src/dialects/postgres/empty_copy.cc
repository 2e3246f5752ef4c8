#include "dialects/postgres/empty_copy.h"

#include <cstdint>
#include <utility>

#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr int kPublishesColumns = 15;

// Each table takes some locks in memory that all sessions share, and a few
// milliseconds.
constexpr std::int64_t kMostTables = 200;

// `whole` has the tables that the plan names, with everything of the same
// inheritance or partition tree. `partner` has the tables that constraints,
// rules and views of these need, and those with columns of their row types.
constexpr const char* kTables = R"sql(
WITH RECURSIVE whole(oid) AS (
  SELECT c.oid FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
    AND c.relname = ANY ($2::text[])
UNION
  SELECT CASE WHEN i.inhparent = w.oid THEN i.inhrelid ELSE i.inhparent END
  FROM whole w JOIN pg_catalog.pg_inherits i
    ON w.oid IN (i.inhparent, i.inhrelid)),
shown(oid) AS (
  SELECT oid FROM whole
UNION
  SELECT r.ev_class FROM shown s
  JOIN pg_catalog.pg_depend d ON d.refobjid = s.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid),
partner(oid) AS (
  SELECT CASE WHEN w.oid = x.conrelid THEN x.confrelid ELSE x.conrelid END
  FROM whole w JOIN pg_catalog.pg_constraint x
    ON x.contype = 'f' AND w.oid IN (x.conrelid, x.confrelid)
UNION
  SELECT d.refobjid FROM shown s
  JOIN pg_catalog.pg_rewrite r ON r.ev_class = s.oid
  JOIN pg_catalog.pg_depend d ON d.objid = r.oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
UNION
  SELECT d.objid FROM whole w JOIN pg_catalog.pg_class c ON c.oid = w.oid
  JOIN pg_catalog.pg_type y ON y.oid = c.reltype
  JOIN pg_catalog.pg_depend d ON d.refobjid IN (y.oid, y.typarray)
    AND d.refclassid = 'pg_catalog.pg_type'::regclass::oid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objsubid > 0)
SELECT count(*), pg_catalog.string_agg(pg_catalog.format('(%s::oid, %s, %L::text)', c.oid,
  (whole.oid IS NOT NULL)::text,
  CASE WHEN n.nspname = $1 THEN c.relname::text
       ELSE 'segue_table_' || c.oid::text END), ', ')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN whole ON whole.oid = c.oid
WHERE c.relkind IN ('r', 'p')
  AND c.oid IN (SELECT oid FROM whole UNION SELECT oid FROM partner))sql";

// The queries below begin with the result of the one above: the oid of each
// table, whether it is copied whole, and its name in the copy.

constexpr const char* kCreateTables = R"sql(
SELECT CASE
    WHEN c.relispartition AND t.whole THEN pg_catalog.format(
      'CREATE TABLE %I PARTITION OF %I %s', t.name,
      (SELECT p.name FROM pg_catalog.pg_inherits i JOIN t p ON p.oid =
         i.inhparent WHERE i.inhrelid = c.oid),
      pg_catalog.pg_get_expr(c.relpartbound, c.oid))
    WHEN c.reloftype <> 0::oid AND t.whole THEN pg_catalog.format('CREATE TABLE %I OF %s%s',
      t.name, pg_catalog.format_type(c.reloftype, NULL), a.options)
    ELSE pg_catalog.format('CREATE TABLE %I (%s)%s', t.name,
      a.columns, h.parents) END ||
  CASE WHEN c.relkind = 'p' AND t.whole
       THEN ' PARTITION BY ' || pg_catalog.pg_get_partkeydef(c.oid)
       ELSE '' END
FROM t JOIN pg_catalog.pg_class c ON c.oid = t.oid
LEFT JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.format('%I %s%s%s%s', a.attname,
      pg_catalog.format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attcollation <> y.typcollation THEN pg_catalog.format(' COLLATE %I.%I',
        l.nspname, o.collname) END,
      CASE WHEN NOT t.whole THEN ''
           WHEN a.attgenerated <> '' THEN pg_catalog.format(
             ' GENERATED ALWAYS AS (%s) %s', e.sql, CASE a.attgenerated
             WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
           WHEN a.attidentity <> '' THEN pg_catalog.format(
             ' GENERATED %s AS IDENTITY', CASE a.attidentity
             WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END)
           ELSE ' DEFAULT ' || e.sql END,
      CASE WHEN a.attnotnull THEN ' NOT NULL' END), ', ' ORDER BY a.attnum)
      FILTER (WHERE a.attislocal OR NOT t.whole) AS columns,
    coalesce(' (' || pg_catalog.string_agg(pg_catalog.format('%I WITH OPTIONS%s%s', a.attname,
      ' DEFAULT ' || e.sql, CASE WHEN a.attnotnull THEN ' NOT NULL' END), ', ')
      FILTER (WHERE a.attnotnull OR e.sql IS NOT NULL) || ')', '') AS options
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace l ON l.oid = o.collnamespace
  LEFT JOIN LATERAL (SELECT pg_catalog.pg_get_expr(f.adbin, f.adrelid) AS sql
    FROM pg_catalog.pg_attrdef f WHERE f.adrelid = a.attrelid
      AND f.adnum = a.attnum) e ON true
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) a ON true
LEFT JOIN LATERAL (
  SELECT ' INHERITS (' || pg_catalog.string_agg(pg_catalog.quote_ident(p.name), ', '
      ORDER BY i.inhseqno) || ')' AS parents
  FROM pg_catalog.pg_inherits i JOIN t p ON p.oid = i.inhparent AND p.whole
  WHERE i.inhrelid = c.oid AND t.whole AND NOT c.relispartition) h ON true
LEFT JOIN LATERAL (
  WITH RECURSIVE up(oid) AS (SELECT c.oid UNION SELECT i.inhparent
    FROM up JOIN pg_catalog.pg_inherits i ON i.inhrelid = up.oid)
  SELECT count(*) AS depth FROM up) u ON true
ORDER BY NOT t.whole, u.depth, c.oid)sql";

// What a build that died has left is no part of the copy: the plan removes it
// or uses it.
constexpr const char* kIndexes = R"sql(
SELECT pg_catalog.replace(pg_catalog.pg_get_indexdef(i.indexrelid, 0, true),
  ' ON ONLY ', ' ON ')
FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisvalid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
WHERE (t.whole OR i.indisunique)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint x
    WHERE x.conindid = i.indexrelid AND x.contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h
    WHERE h.inhrelid = i.indexrelid)
ORDER BY i.indexrelid)sql";

constexpr const char* kConstraints = R"sql(
SELECT pg_catalog.format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.name, x.conname,
  CASE WHEN r.oid IS NULL THEN d.sql ELSE pg_catalog.regexp_replace(d.sql,
    ' REFERENCES [^(]+', ' REFERENCES ' || pg_catalog.quote_ident(r.name)) END)
FROM t JOIN pg_catalog.pg_constraint x ON x.conrelid = t.oid
CROSS JOIN LATERAL (
  SELECT pg_catalog.pg_get_constraintdef(x.oid, true) AS sql) d
LEFT JOIN t r ON x.contype = 'f' AND r.oid = x.confrelid
WHERE x.conparentid = 0::oid AND x.conislocal AND (x.contype IN ('p', 'u')
  OR (x.contype IN ('c', 'x') AND t.whole)
  OR (x.contype = 'f' AND r.oid IS NOT NULL AND (t.whole OR r.whole)))
  AND (SELECT NOT c.relispartition OR t.whole FROM pg_catalog.pg_class c
    WHERE c.oid = t.oid)
ORDER BY x.contype = 'f', x.oid)sql";

// A column of the index of a replica identity stays NOT NULL. The indexes of
// partitions have other names in the copy.
constexpr const char* kReplicaIdentities = R"sql(
SELECT pg_catalog.format('ALTER TABLE %I REPLICA IDENTITY USING INDEX %I', t.name,
  x.relname)
FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisreplident
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace AND n.nspname = $1
WHERE t.whole AND i.indisvalid AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = i.indexrelid)
ORDER BY i.indexrelid)sql";

// The views of a version of segue's own are made by the plan that publishes it.
constexpr const char* kViews = R"sql(
, v(oid, depth) AS (
  SELECT oid, 0 FROM t WHERE whole
UNION
  SELECT r.ev_class, v.depth + 1 FROM v
  JOIN pg_catalog.pg_depend d ON d.refobjid = v.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
  WHERE v.depth < 30)
SELECT CASE WHEN c.relkind = 'v'
    THEN pg_catalog.format('CREATE VIEW %I AS %s', name, sql)
    ELSE pg_catalog.format('CREATE MATERIALIZED VIEW %I AS %s WITH NO DATA', name, sql) END
FROM (SELECT oid, max(depth) AS depth FROM v GROUP BY oid) v
JOIN pg_catalog.pg_class c ON c.oid = v.oid AND c.relkind IN ('v', 'm')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid, true),
    E'; \n') AS sql, CASE WHEN n.nspname = $1 THEN c.relname::text
    ELSE 'segue_view_' || c.oid::text END AS name) x
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_description s
  WHERE s.objoid = n.oid AND s.classoid = 'pg_catalog.pg_namespace'::regclass::oid
    AND s.description LIKE 'segue: version of schema %')
ORDER BY v.depth, c.oid)sql";

constexpr const char* kTriggers = R"sql(
SELECT pg_catalog.pg_get_triggerdef(g.oid, true)
FROM t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
WHERE t.whole AND NOT g.tgisinternal AND g.tgparentid = 0::oid
  AND g.tgname::text NOT LIKE '~segue\_%' ORDER BY g.oid)sql";

constexpr const char* kRules = R"sql(
SELECT pg_catalog.pg_get_ruledef(r.oid, true)
FROM t JOIN pg_catalog.pg_rewrite r ON r.ev_class = t.oid
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
WHERE t.whole AND r.rulename <> '_RETURN' ORDER BY r.oid)sql";

constexpr const char* kPolicies = R"sql(
SELECT pg_catalog.format('CREATE POLICY %I ON %I FOR %s%s%s', p.polname, t.name,
  CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
    WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
  ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
  ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')')
FROM t JOIN pg_catalog.pg_policy p ON p.polrelid = t.oid
WHERE t.whole ORDER BY p.oid)sql";

// Only what names columns can stand in the way of a change. A publication
// belongs to the whole database, so that the copy needs another name. What it
// publishes, and for whom, decides which columns it may name.
constexpr const char* kPublications = R"sql(
SELECT pg_catalog.format('CREATE PUBLICATION %I FOR TABLE %s WITH (publish = %L, '
  'publish_via_partition_root = %L)',
  'segue_trial_of_' || pg_catalog.left(b.pubname::text, 48), pg_catalog.string_agg(
    pg_catalog.quote_ident(t.name) || coalesce((
      SELECT ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname::text), ', ') || ')'
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid
        AND a.attnum = ANY (p.prattrs::int2[])), '') ||
    coalesce(' WHERE (' || pg_catalog.pg_get_expr(p.prqual, p.prrelid) || ')',
      ''), ', '),
  pg_catalog.concat_ws(', ', CASE WHEN b.pubinsert THEN 'insert' END,
    CASE WHEN b.pubupdate THEN 'update' END,
    CASE WHEN b.pubdelete THEN 'delete' END,
    CASE WHEN b.pubtruncate THEN 'truncate' END), b.pubviaroot::text)
FROM t JOIN pg_catalog.pg_publication_rel p ON p.prrelid = t.oid
JOIN pg_catalog.pg_publication b ON b.oid = p.prpubid
WHERE t.whole AND (p.prattrs IS NOT NULL OR p.prqual IS NOT NULL)
GROUP BY b.oid, b.pubname, b.pubinsert, b.pubupdate, b.pubdelete, b.pubtruncate,
  b.pubviaroot)sql";

std::string ArrayText(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) {
    std::string text;
    for (const char c : name) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    quoted.push_back("\"" + text + "\"");
  }
  return "{" + base::Join(quoted, ",") + "}";
}

class Reader {
 public:
  Reader(db::Connection& connection, const std::string& schema)
      : connection_(connection), schema_(schema) {}

  // Returns false when none of the tables exists. Throws Error{kRefused} when
  // there is too much to copy.
  bool Find(const std::vector<std::string>& tables) {
    const db::Row found =
        connection_.Execute(kTables, {schema_, ArrayText(tables)}).rows.at(0);
    const std::int64_t count = db::ToInt(found[0]);
    if (count > kMostTables) {
      throw Error(ErrorKind::kRefused,
                  "they are " + std::to_string(count) +
                      " with their partitions and what refers to them, and " +
                      std::to_string(kMostTables) + " at most are copied");
    }
    if (count > 0) tables_ = db::ToText(found[1]);
    return count > 0;
  }

  void Read(const char* query) {
    const std::string sql =
        "WITH RECURSIVE t(oid, whole, name) AS (SELECT * FROM (VALUES " +
        tables_ + ") AS t(oid, whole, name) WHERE $1::text IS NOT NULL)" +
        query;
    for (const db::Row& row : connection_.Execute(sql, {schema_}).rows) {
      statements_.push_back(db::ToText(row[0]));
    }
  }

  std::vector<std::string> statements() && { return std::move(statements_); }

 private:
  db::Connection& connection_;
  const std::string& schema_;
  std::string tables_;
  std::vector<std::string> statements_;
};

}  // namespace

std::vector<std::string> EmptyCopySql(db::Connection& connection,
                                      const std::string& schema,
                                      const std::vector<std::string>& tables,
                                      int major) {
  const Attempt attempt(connection);
  connection.Execute(
      "SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', "
      "pg_catalog.quote_ident($1), "
      "nullif(pg_catalog.current_setting('search_path'), '')), true)",
      {schema});
  Reader reader(connection, schema);
  if (!reader.Find(tables)) return {};
  for (const char* query :
       {kCreateTables, kIndexes, kConstraints, kReplicaIdentities, kRules,
        kViews, kTriggers, kPolicies}) {
    reader.Read(query);
  }
  if (major >= kPublishesColumns) reader.Read(kPublications);
  return std::move(reader).statements();
}

}  // namespace segue::postgres
