// Renders the hidden copy of a table. The server's catalogue tells what the
// table is like when the copy is made, so that no spelling of segue's stands
// between the two.
#include <algorithm>

#include "base/text.h"
#include "dialects/postgres/holders.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/old_readers.h"
#include "dialects/postgres/partitions.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/table_swap.h"

namespace segue::postgres {
namespace {

// `columns` has the names in the order of the copy. An index that is built here
// stands before the rows; the others are built when these are there. How the
// rows of a partitioned copy are stored is said of its partitions.
constexpr const char* kCopy = R"sql(
DECLARE
  source oid := pg_catalog.to_regclass(@TABLE@)::oid;
  path text := pg_catalog.current_setting('search_path');
  space text := pg_catalog.current_setting('default_tablespace');
  statement text;
BEGIN
  IF source IS NULL THEN
    RAISE undefined_table USING MESSAGE = 'table ' || @TABLE@ || ' is gone';
  END IF;
  PERFORM pg_catalog.set_config('search_path', '', true);
  PERFORM pg_catalog.set_config('default_tablespace', '', true);
  FOR statement IN
    WITH t AS (SELECT c.*, n.nspname FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = source),
    -- A partitioned table stores nothing; its first partition does.
    storing AS (SELECT c.* FROM t JOIN pg_catalog.pg_class c ON c.oid = coalesce(
      (SELECT h.inhrelid FROM pg_catalog.pg_inherits h
        WHERE h.inhparent = t.oid AND t.relkind = 'p'
        ORDER BY h.inhrelid LIMIT 1), t.oid)),
    names AS (SELECT v.name, v.place FROM pg_catalog.unnest(@COLUMNS@)
      WITH ORDINALITY v(name, place)),
    indexes AS (SELECT v.name, v.copy, i.*, pg_catalog.pg_get_indexdef(
        i.indexrelid) AS sql, c.reltablespace, k.contype,
        pg_catalog.pg_get_constraintdef(k.oid) AS def
      FROM (VALUES @INDEXES@) v(name, copy) CROSS JOIN t
      JOIN pg_catalog.pg_class c ON c.relname = v.name
        AND c.relnamespace = t.relnamespace
      JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid AND i.indrelid = t.oid
      LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = c.oid
        AND k.contype IN ('p', 'u', 'x')),
    parts AS (SELECT v.name, v.bounds
      FROM (VALUES @PARTITIONS@) v(name, bounds) WHERE v.name IS NOT NULL),
    stored AS (SELECT pg_catalog.concat(' USING ' || (
          SELECT pg_catalog.quote_ident(m.amname) FROM pg_catalog.pg_am m
          WHERE m.oid = t.relam),
        ' WITH (' || NULLIF(pg_catalog.concat_ws(', ', (
          SELECT pg_catalog.string_agg(o.key || ' = '
            || pg_catalog.quote_literal(o.value), ', ')
          FROM (SELECT pg_catalog.split_part(u.item, '=', 1) AS key,
              pg_catalog.substr(u.item, pg_catalog.strpos(u.item, '=') + 1)
                AS value
            FROM (SELECT i.item FROM pg_catalog.unnest(t.reloptions) i(item)
              UNION ALL SELECT 'toast.' || i.item FROM pg_catalog.pg_class x,
                pg_catalog.unnest(x.reloptions) i(item)
              WHERE x.oid = t.reltoastrelid) u) o
          WHERE o.key <> ALL (@OPTION_NAMES@)),
          NULLIF(@OPTIONS@, '')), '') || ')') AS how,
        ' TABLESPACE ' || coalesce(pg_catalog.quote_ident(NULLIF(@SPACE@, '')), (
          SELECT pg_catalog.quote_ident(s.spcname)
          FROM pg_catalog.pg_tablespace s WHERE s.oid = t.reltablespace))
        AS space FROM storing t),
    statements AS (
      SELECT 0 AS rank, 0::bigint AS place, pg_catalog.format(
        'CREATE %sTABLE @COPY@ (%s)%s%s',
        CASE t.relpersistence WHEN 'u' THEN 'UNLOGGED ' END,
        (SELECT pg_catalog.string_agg(pg_catalog.format('%I %s%s%s%s',
            a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
            (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, o.collname)
              FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n
                ON n.oid = o.collnamespace
              JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
              WHERE o.oid = a.attcollation
                AND a.attcollation <> y.typcollation),
            CASE WHEN a.attgenerated <> '' THEN pg_catalog.format(
                ' GENERATED ALWAYS AS (%s) %s', e.sql, CASE a.attgenerated
                WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
              WHEN a.attidentity <> '' THEN (SELECT pg_catalog.format(
                ' GENERATED %s AS IDENTITY (INCREMENT %s MINVALUE %s MAXVALUE '
                '%s START %s CACHE %s %s)', CASE a.attidentity WHEN 'a'
                THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.seqincrement, q.seqmin,
                q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle
                THEN 'CYCLE' ELSE 'NO CYCLE' END)
                FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_sequence q
                  ON q.seqrelid = d.objid
                WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
                  AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
                  AND d.refobjid = t.oid AND d.refobjsubid = a.attnum
                  AND d.deptype = 'i')
              ELSE ' DEFAULT ' || e.sql END,
            CASE WHEN a.attnotnull THEN coalesce((SELECT pg_catalog.format(
                ' CONSTRAINT %I NOT NULL%s', k.conname,
                CASE WHEN k.connoinherit THEN ' NO INHERIT' END)
              FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid
                AND k.contype::text = 'n' AND k.conkey = ARRAY[a.attnum]),
              ' NOT NULL') END), ', ' ORDER BY names.place)
          FROM names JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
            AND a.attname = names.name AND NOT a.attisdropped
          LEFT JOIN LATERAL (SELECT pg_catalog.pg_get_expr(f.adbin, f.adrelid)
            AS sql FROM pg_catalog.pg_attrdef f WHERE f.adrelid = t.oid
              AND f.adnum = a.attnum) e ON true),
        coalesce(' PARTITION BY ' || NULLIF(@PARTITION_BY@, ''), stored.how),
        stored.space)
        AS sql
      FROM t, stored
    UNION ALL
      SELECT 0, 1, pg_catalog.format('CREATE TABLE %I.%I PARTITION OF @COPY@ '
        '%s%s%s', t.nspname, p.name, p.bounds, stored.how, stored.space)
      FROM t, stored, parts p
    UNION ALL
      SELECT 1, a.attnum, pg_catalog.format('ALTER TABLE @COPY@ ALTER COLUMN '
        '%I %s', a.attname, w.what)
      FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
        AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
      CROSS JOIN LATERAL (SELECT 'SET STATISTICS '
          || (pg_catalog.to_jsonb(a) ->> 'attstattarget') AS what
        WHERE coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1)
          >= 0
        UNION ALL SELECT pg_catalog.format('SET (%s)',
          pg_catalog.array_to_string(o.items, ', '))
        FROM (SELECT @OPTIONS_OF_A@ AS items) o WHERE o.items IS NOT NULL
        UNION ALL SELECT 'SET STORAGE ' || CASE a.attstorage::text
          WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
          ELSE 'EXTENDED' END
        WHERE a.attstorage <> y.typstorage
        UNION ALL SELECT 'SET COMPRESSION ' || CASE
          pg_catalog.to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz'
          ELSE 'lz4' END
        WHERE pg_catalog.to_jsonb(a) ->> 'attcompression' <> '') w
    UNION ALL
      -- The server gives the compression of a column to no partition.
      SELECT 1, a.attnum, pg_catalog.format('ALTER TABLE %I.%I ALTER COLUMN '
        '%I SET COMPRESSION %s', t.nspname, p.name, a.attname, CASE
        pg_catalog.to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz'
        ELSE 'lz4' END)
      FROM t CROSS JOIN parts p JOIN pg_catalog.pg_attribute a
        ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE pg_catalog.to_jsonb(a) ->> 'attcompression' <> ''
    UNION ALL
      SELECT 2, k.oid::bigint, pg_catalog.format('ALTER TABLE @COPY@ ADD '
        'CONSTRAINT %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid))
      FROM t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid
        AND k.contype = 'c'
    UNION ALL
      SELECT 3, i.indexrelid::bigint, CASE i.contype WHEN 'x'
        THEN pg_catalog.format('ALTER TABLE @COPY@ ADD CONSTRAINT %I %s',
          i.copy, i.def)
        ELSE pg_catalog.format('CREATE UNIQUE INDEX %I ON @COPY@%s%s', i.copy,
          pg_catalog.substr(i.sql, pg_catalog.length(pg_catalog.format(
            CASE t.relkind WHEN 'p' THEN 'CREATE UNIQUE INDEX %I ON ONLY %I.%I'
            ELSE 'CREATE UNIQUE INDEX %I ON %I.%I' END, i.name, t.nspname,
            t.relname))
            + 1), ' TABLESPACE ' || (SELECT pg_catalog.quote_ident(s.spcname)
            FROM pg_catalog.pg_tablespace s WHERE s.oid = i.reltablespace)) END
      FROM t, indexes i
    UNION ALL
      SELECT 4, s.oid::bigint, pg_catalog.format('CREATE STATISTICS %I.%I%s '
        'FROM @COPY@', m.nspname, '_segue_st_' || pg_catalog.md5(s.stxname),
        pg_catalog.left(b.rest, -pg_catalog.length(
          pg_catalog.format(' FROM %I.%I', t.nspname, t.relname))))
      FROM t JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = t.oid
      JOIN pg_catalog.pg_namespace m ON m.oid = s.stxnamespace
      CROSS JOIN LATERAL (SELECT pg_catalog.substr(
        pg_catalog.pg_get_statisticsobjdef(s.oid), pg_catalog.length(
          pg_catalog.format('CREATE STATISTICS %I.%I', m.nspname, s.stxname))
          + 1) AS rest) b
    UNION ALL
      SELECT 5, s.oid::bigint, pg_catalog.format('ALTER STATISTICS %I.%I %s',
        m.nspname, '_segue_st_' || pg_catalog.md5(s.stxname), w.what)
      FROM t JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = t.oid
      JOIN pg_catalog.pg_namespace m ON m.oid = s.stxnamespace
      CROSS JOIN LATERAL (SELECT 'SET STATISTICS '
          || (pg_catalog.to_jsonb(s) ->> 'stxstattarget') AS what
        WHERE coalesce((pg_catalog.to_jsonb(s) ->> 'stxstattarget')::int4, -1)
          >= 0
        UNION ALL SELECT pg_catalog.format('OWNER TO %I',
          pg_catalog.pg_get_userbyid(s.stxowner))
        WHERE pg_catalog.pg_get_userbyid(s.stxowner) <> current_user) w
    UNION ALL
      SELECT 6, 0, pg_catalog.format('ALTER TABLE %I.%I REPLICA IDENTITY %s',
        t.nspname, p.name, CASE t.relreplident WHEN 'f' THEN 'FULL'
          ELSE 'NOTHING' END)
      FROM t, parts p WHERE t.relreplident IN ('f', 'n')
    UNION ALL
      SELECT 7, 0, pg_catalog.format('ALTER TABLE %s OWNER TO %I', o.name,
        pg_catalog.pg_get_userbyid(t.relowner))
      FROM t, (SELECT @COPY_NAME@ AS name UNION ALL SELECT pg_catalog.format(
          '%I.%I', t.nspname, p.name) FROM t, parts p) o
      WHERE pg_catalog.pg_get_userbyid(t.relowner) <> current_user)
    SELECT s.sql FROM statements s ORDER BY s.rank, s.place
  LOOP
    EXECUTE statement;
  END LOOP;
  PERFORM pg_catalog.set_config('default_tablespace', space, true);
  PERFORM pg_catalog.set_config('search_path', path, true);
END)sql";

std::string ArrayOf(const std::vector<std::string>& names) {
  return "ARRAY[" + Literals(names) + "]::text[]";
}

// The name is one of lower-case words (ops/rebuild_table.cc).
std::string ParametersSql(const plan::TableTraits& traits) {
  std::vector<std::string> parameters;
  for (const auto& parameter : traits.parameters) {
    parameters.push_back(parameter.name + " = " + Literal(parameter.value));
  }
  return base::Join(parameters, ", ");
}

std::vector<std::string> ColumnTraitsSql(const schema::TableName& copy,
                                         const plan::TableTraits& traits) {
  std::vector<std::string> sql;
  for (const plan::TableTraits::Column& column : traits.columns) {
    const std::string alter =
        AlterTable(copy) + "ALTER COLUMN " + Ident(column.name) + " SET ";
    if (!column.storage.empty()) {
      sql.push_back(alter + "STORAGE " + Ident(column.storage));
    }
    if (!column.compression.empty()) {
      sql.push_back(alter + "COMPRESSION " + Ident(column.compression));
    }
  }
  return sql;
}

std::vector<schema::TableName> WithPartitions(const schema::TableName& copy,
                                              const plan::CopyTable& action) {
  std::vector<schema::TableName> names = {copy};
  if (!action.partitions) return names;
  for (const plan::Partitioning::Part& part : action.partitions->parts) {
    names.push_back({copy.schema, part.name});
  }
  return names;
}

}  // namespace

std::vector<std::string> OptionNames(const plan::TableTraits& traits) {
  std::vector<std::string> names;
  for (const auto& parameter : traits.parameters) {
    names.push_back(parameter.name);
  }
  return names;
}

std::string IndexPairsSql(const std::vector<plan::IndexPair>& indexes) {
  std::vector<std::string> rows;
  for (const plan::IndexPair& pair : indexes) {
    rows.push_back("(" + Literal(pair.name) + ", " + Literal(pair.copy) + ")");
  }
  if (rows.empty()) return "(NULL::text, NULL::text)";
  return base::Join(rows, ", ");
}

PlannedAction RenderOne(const plan::CopyTable& action,
                        const RenderContext& context) {
  const schema::TableName& table = action.table.name;
  const schema::TableName copy{table.schema, action.copy};
  PlannedAction planned;
  planned.description =
      "Create '" + action.copy + "', an empty copy of '" + table.name + "'";
  const plan::TableTraits& traits = action.traits;
  // What stands for a mark within a text of the block is a part of that text.
  std::string in_text;
  for (const char c : Name(copy)) in_text += c == '\'' ? "''" : std::string{c};
  std::string percent;
  for (const char c : in_text) percent += c == '%' ? "%%" : std::string{c};
  planned.forward.push_back(
      {"DO " + DollarQuoted(FilledAll(
                   kCopy, {{"@TABLE@", Literal(Name(table))},
                           {"@COPY@", percent},
                           {"@OPTIONS_OF_A@", ColumnOptionsSql()},
                           {"@COPY_NAME@", Literal(Name(copy))},
                           {"@PARTITION_BY@", Literal(PartitionBySql(action))},
                           {"@PARTITIONS@", PartitionRowsSql(action)},
                           {"@COLUMNS@", ArrayOf(action.columns)},
                           {"@INDEXES@", IndexPairsSql(action.indexes)},
                           {"@OPTION_NAMES@", ArrayOf(OptionNames(traits))},
                           {"@OPTIONS@", Literal(ParametersSql(traits))},
                           {"@SPACE@", Literal(traits.tablespace)}})),
       {}});
  for (const std::string& sql : ColumnTraitsSql(copy, traits)) {
    planned.forward.push_back({sql, {}});
  }
  for (const std::string& sql : PartitionIndexesSql(action)) {
    planned.forward.push_back({sql, {}});
  }
  for (const schema::TableName& name : WithPartitions(copy, action)) {
    planned.forward.push_back({RevokeOnTable(name), {}});
  }
  planned.undo.push_back({"DROP TABLE IF EXISTS " + Name(copy), {}});
  planned.probe =
      "SELECT pg_catalog.to_regclass(" + Literal(Name(copy)) + ") IS NOT NULL";
  planned.missing = GoneUnless(planned.probe, "table '" + action.copy + "'");
  planned.holders = RelationHolders(copy, "table");
  planned.lock = {"", "", context.lock_budget, kMilliseconds};
  return planned;
}

PlannedAction RenderOne(const plan::MarkCopied& action,
                        const RenderContext& context) {
  PlannedAction planned;
  if (action.taken) {
    planned.description =
        "Wait for transactions that would not see the rows of '" +
        action.table.name + "'";
    planned.forward = {
        {RefuseOldReadersSql({action.table}), {}},
        {"COMMENT ON TABLE " + Name(action.table) + " IS NULL", {}}};
    planned.probe = "SELECT false";  // the same however often it runs
    planned.lock = Lock(kShareUpdateExclusive, action.table, context);
    planned.reversible = false;
    return planned;
  }
  planned.description = "Mark '" + action.table.name + "' as filled";
  planned.forward.push_back(
      {"COMMENT ON TABLE " + Name(action.table) + " IS " + Literal(kCopiedMark),
       {}});
  planned.probe = "SELECT pg_catalog.obj_description(pg_catalog.to_regclass(" +
                  Literal(Name(action.table)) +
                  ")::oid, 'pg_class') = " + Literal(kCopiedMark);
  planned.lock = Lock(kShareUpdateExclusive, action.table, context);
  return planned;
}

}  // namespace segue::postgres
