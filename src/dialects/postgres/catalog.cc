// Reads relations, columns, triggers and grants from the catalogue.
#include "dialects/postgres/catalog.h"

#include "base/text.h"

namespace segue::postgres {
namespace {

// Objects of an extension do not belong to the application's schema, so they
// are left out. The query calls no size functions, because they would wait for
// locks on the tables.
constexpr const char* kTablesSql = R"sql(
WITH unproven AS MATERIALIZED (SELECT x.conrelid, x.conname
  FROM pg_constraint x WHERE x.contype IN ('c', 'n') AND NOT x.convalidated
    AND x.conrelid <> 0::oid
    AND coalesce((pg_catalog.to_jsonb(x) ->> 'conenforced')::boolean, true)),
subscribed AS MATERIALIZED (SELECT DISTINCT r.srrelid, s.subname
  FROM pg_subscription_rel r
  JOIN pg_stat_subscription s ON s.subid = r.srsubid)
SELECT c.oid::bigint, c.relname::text, c.relkind::text, c.relispartition,
  pg_catalog.pg_get_userbyid(c.relowner)::text, d.description,
  CASE WHEN c.relkind = 'p'
       THEN (SELECT coalesce(sum(greatest(l.reltuples, 0)), 0)
             FROM pg_catalog.pg_partition_tree(c.oid) t
             JOIN pg_class l ON l.oid = t.relid::oid AND t.isleaf)
       WHEN c.reltuples > 0::float4 THEN c.reltuples
       ELSE coalesce(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END::bigint,
  c.relpages::bigint * pg_catalog.current_setting('block_size')::bigint,
  c.relnatts::int,
  c.relrowsecurity, c.relrowsecurity AND NOT (r.rolsuper OR r.rolbypassrls)
    AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')),
  pg_catalog.pg_has_role(c.relowner, 'USAGE'),
  CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
  CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
    WHEN 'i' THEN 'INDEX' ELSE 'DEFAULT' END,
  (SELECT ic.relname::text FROM pg_index i JOIN pg_class ic
     ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident),
  CASE WHEN c.relkind = 'p' THEN (SELECT pg_catalog.string_agg(
      n.nspname::text || pg_catalog.chr(1) || l.relname::text, pg_catalog.chr(1) ORDER BY n.nspname, l.relname)
    FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid::oid
    JOIN pg_namespace n ON n.oid = l.relnamespace
    WHERE t.isleaf AND t.level = 1) END,
  CASE WHEN c.relkind = 'p' THEN (SELECT pg_catalog.string_agg(
      n.nspname::text || pg_catalog.chr(1) || l.relname::text, pg_catalog.chr(1) ORDER BY n.nspname, l.relname)
    FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid::oid
    JOIN pg_namespace n ON n.oid = l.relnamespace
    WHERE l.relkind = 'p' AND t.level = 1) END,
  CASE WHEN c.relkind = 'p' THEN (SELECT pg_catalog.string_agg(
      n.nspname::text || pg_catalog.chr(1) || l.relname::text, pg_catalog.chr(1) ORDER BY n.nspname, l.relname)
    FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid::oid
    JOIN pg_namespace n ON n.oid = l.relnamespace
    WHERE l.relkind = 'f') END,
  (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(u.conname::text) || CASE
      WHEN u.conrelid <> c.oid THEN ' of ' || u.conrelid::regclass::text
      ELSE '' END, pg_catalog.chr(1) ORDER BY u.conrelid <> c.oid, u.conname)
    FROM unproven u WHERE u.conrelid = c.oid OR (c.relkind = 'p'
      AND u.conrelid IN (SELECT relid::oid FROM pg_catalog.pg_partition_tree(c.oid)))),
  CASE WHEN c.reloftype <> 0::oid THEN pg_catalog.format_type(c.reloftype, NULL) END,
  CASE WHEN c.relispartition THEN (SELECT n.nspname::text || pg_catalog.chr(1)
      || p.relname::text
    FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_namespace n ON n.oid = p.relnamespace WHERE i.inhrelid = c.oid) END,
  (SELECT pg_catalog.string_agg(DISTINCT s.subname::text, pg_catalog.chr(1))
    FROM subscribed s WHERE s.srrelid = c.oid
      OR (c.relkind = 'p' AND s.srrelid IN (
        SELECT relid::oid FROM pg_catalog.pg_partition_tree(c.oid)))
      OR (c.relispartition AND s.srrelid IN (
        SELECT relid::oid FROM pg_catalog.pg_partition_ancestors(c.oid))))
FROM pg_class c
JOIN pg_roles r ON r.rolname = current_user
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0
  AND d.classoid = 'pg_class'::regclass::oid
WHERE c.relnamespace = $1::oid AND c.relkind IN ('r', 'p', 'v')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid
    AND e.classid = 'pg_class'::regclass::oid AND e.deptype = 'e'))sql";

// Servers before 18 have no constraints for NOT NULL. Operators are found by
// their name where they are the server's own for exactly this type, which
// nothing fits better (Comparable sees to character varying); otherwise by the
// schema of those that the type is indexed with. The operators of enums take no
// domain over one.
constexpr const char* kColumnsSql = R"sql(
WITH RECURSIVE used(id, base) AS (
  SELECT DISTINCT a.atttypid, a.atttypid FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION SELECT u.id, d.typbasetype FROM used u JOIN pg_type d
    ON d.oid = u.base AND d.typtype = 'd'),
compared(id, found_in, base_enum) AS MATERIALIZED (
  SELECT u.id, CASE WHEN s.nspname = 'pg_catalog' AND u.id = u.base
      OR u.id = 'pg_catalog.varchar'::regtype::oid THEN ''
    ELSE coalesce(s.nspname::text, 'pg_catalog') END,
    CASE WHEN b.typtype = 'e' AND u.id <> u.base THEN
      (SELECT pg_catalog.format('%I.%I', n.nspname, b.typname)
      FROM pg_namespace n WHERE n.oid = b.typnamespace) END
  FROM used u JOIN pg_type b ON b.oid = u.base AND b.typtype <> 'd'
  LEFT JOIN pg_opclass k ON k.opcintype = u.base AND k.opcdefault
    AND k.opcmethod = 403::oid
  LEFT JOIN pg_amop m ON m.amopfamily = k.opcfamily AND m.amopstrategy = 3::int2
    AND m.amoplefttype = u.base AND m.amoprighttype = u.base
  LEFT JOIN pg_operator o ON o.oid = m.amopopr
  LEFT JOIN pg_namespace s ON s.oid = o.oprnamespace)
SELECT a.attrelid::bigint, a.attname::text,
  pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
  pg_catalog.pg_get_expr(f.adbin, f.adrelid), @CONSTANT@,
  a.attidentity::text, a.attgenerated <> '',
  d.description,
  CASE WHEN a.attcollation <> t.typcollation THEN
    CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE pg_catalog.quote_ident(n.nspname::text) || '.'
    END || pg_catalog.quote_ident(l.collname::text) END,
  a.attacl IS NOT NULL, nn.conname::text, t.typtype = 'd',
  @TYPE_DEFAULT@, @TYPE_CONSTANT@, compared.found_in, compared.base_enum
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN compared ON compared.id = a.atttypid
LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum
  AND d.classoid = 'pg_class'::regclass::oid
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_namespace n ON n.oid = l.collnamespace
LEFT JOIN pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n'
  AND nn.conkey OPERATOR(pg_catalog.=) ARRAY[a.attnum] AND NOT nn.convalidated
WHERE c.relnamespace = $1::oid AND c.relkind IN ('r', 'p', 'v')
ORDER BY a.attrelid, a.attnum)sql";

// The query leaves out segue's own triggers. A trigger that only a partition
// has is a trigger of each table above it, too. The bits of tgtype say: for
// each row, BEFORE, UPDATE.
constexpr const char* kTriggersSql = R"sql(
SELECT c.oid::bigint, t.tgname::text,
  CASE WHEN t.tgrelid <> c.oid THEN t.tgrelid::regclass::text END,
  pg_catalog.pg_get_triggerdef(t.oid),
  pg_catalog.array_to_string(pg_catalog.string_to_array(
    pg_catalog.encode(t.tgargs, 'escape'), '\000'), pg_catalog.chr(1)),
  n.nspname::text || '.' || p.proname::text,
  t.tgtype::int4 & 19 = 19 AND t.tgenabled IN ('O', 'A')
    AND t.tgattr::text = ''
FROM pg_trigger t JOIN pg_class o ON o.oid = t.tgrelid
CROSS JOIN LATERAL (SELECT o.oid UNION SELECT relid::oid
  FROM pg_catalog.pg_partition_ancestors(o.oid)
  WHERE o.relispartition AND t.tgparentid = 0::oid) h (id)
JOIN pg_class c ON c.oid = h.id
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE c.relnamespace = $1::oid AND NOT t.tgisinternal
  AND t.tgname::text NOT LIKE '~segue\_%'
ORDER BY t.tgname, t.tgrelid)sql";

constexpr const char* kGrantsSql = R"sql(
SELECT c.oid::bigint, g.privilege_type || ' TO ' ||
  CASE WHEN g.grantee = 0::oid THEN 'PUBLIC'
       ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)::text) END ||
  CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
FROM pg_class c CROSS JOIN pg_catalog.aclexplode(c.relacl) g
WHERE c.relnamespace = $1::oid AND c.relkind IN ('r', 'p', 'v')
  AND g.grantee <> c.relowner
ORDER BY 2)sql";

// Splits a text that has schema and name in turn.
std::vector<schema::TableName> NamesIn(const std::string& text) {
  std::vector<schema::TableName> names;
  if (text.empty()) return names;
  const std::vector<std::string> parts = base::Split(text, '\x01');
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    names.push_back({parts[i], parts[i + 1]});
  }
  return names;
}

std::string KindOfRelation(const std::string& relkind, bool is_partition) {
  if (relkind == "v") return "view";
  if (is_partition) return "partition";
  return relkind == "p" ? "partitioned table" : "table";
}

schema::Identity IdentityOf(const std::string& code) {
  if (code == "a") return schema::Identity::kAlways;
  if (code == "d") return schema::Identity::kByDefault;
  return schema::Identity::kNone;
}

schema::Column ReadColumn(RowReader& row) {
  schema::Column column;
  column.name = row.Text();
  column.type = row.Text();
  column.nullable = row.Boolean();
  std::optional<std::string> expression = row.OptionalText();
  const bool is_constant = row.Boolean();
  column.identity = IdentityOf(row.Text());
  if (row.Boolean()) {
    column.generated_sql = expression.value_or("");
  } else {
    column.default_is_constant = !expression || is_constant;
    column.default_sql = std::move(expression);
  }
  column.comment = row.Text();
  column.collation = row.Text();
  column.has_column_grants = row.Boolean();
  column.unproven_not_null = row.Text();
  column.of_domain = row.Boolean();
  column.type_default = row.OptionalText();
  column.type_default_is_constant = row.Boolean();
  column.operators_in = row.Text();
  column.compared_as = row.Text();
  return column;
}

std::string ColumnsSql() {
  std::string sql = kColumnsSql;
  const auto fill = [&](const std::string& place, const std::string& part) {
    sql.replace(sql.find(place), place.size(), part);
  };
  fill("@CONSTANT@", IsConstantSql("f.adbin"));
  fill("@TYPE_DEFAULT@", kTypeDefault);
  fill("@TYPE_CONSTANT@", IsConstantSql("t.typdefaultbin"));
  return sql;
}

// Finds the columns in a text such as "RANGE (a, lower(b))", once all columns
// are known.
void ResolvePartitionKeys(TablesByOid& tables) {
  for (auto& [oid, table] : tables) {
    if (table.partition_key.empty()) continue;
    table.partition_key =
        schema::ReferencedColumns(table.partition_key[0], table.ColumnNames());
  }
}

}  // namespace

std::string RowReader::Text() { return OptionalText().value_or(""); }

std::optional<std::string> RowReader::OptionalText() {
  const db::Value& value = row_.at(next_++);
  if (db::IsNull(value)) return std::nullopt;
  return db::ToText(value);
}

std::int64_t RowReader::Integer() {
  const db::Value& value = row_.at(next_++);
  return db::IsNull(value) ? 0 : db::ToInt(value);
}

std::string IsConstantSql(const std::string& tree) {
  return "(" + tree + " IS NULL OR " + tree + "::text LIKE '{CONST %' OR " +
         tree +
         "::text !~ '[{](SQLVALUEFUNCTION|NEXTVALUEEXPR|COERCEVIAIO) ' AND "
         "NOT EXISTS (SELECT FROM pg_catalog.regexp_matches(" +
         tree +
         "::text, ':(?:funcid|opfuncid) (\\d+)', 'g') m LEFT JOIN "
         "pg_catalog.pg_proc p ON p.oid = m[1]::oid WHERE p.provolatile IS "
         "DISTINCT FROM 'i'))";
}

TablesByOid ReadTables(db::Connection& connection, std::int64_t schema_oid) {
  TablesByOid tables;
  for (const db::Row& values :
       connection.Execute(kTablesSql, {schema_oid}).rows) {
    RowReader row(values);
    schema::Table& table = tables[row.Integer()];
    table.name.name = row.Text();
    const std::string relkind = row.Text();
    table.kind = KindOfRelation(relkind, row.Boolean());
    table.owner = row.Text();
    table.comment = row.Text();
    table.estimated_rows = row.Integer();
    table.bytes = row.Integer();
    table.columns_had = static_cast<int>(row.Integer());
    table.row_security = row.Boolean();
    table.row_security_hides = row.Boolean();
    table.owned_by_session = row.Boolean();
    const std::string partition_key = row.Text();
    if (!partition_key.empty()) table.partition_key = {partition_key};
    table.replica_identity = row.Text();
    table.replica_identity_index = row.Text();
    table.partitions = NamesIn(row.Text());
    table.subpartitioned = NamesIn(row.Text());
    table.foreign_partitions = NamesIn(row.Text());
    const std::string unproven = row.Text();
    table.of_type = row.Text();
    if (!unproven.empty()) table.unproven = base::Split(unproven, '\x01');
    const std::vector<schema::TableName> parents = NamesIn(row.Text());
    if (!parents.empty()) table.parent = parents.front();
    const std::string subscriptions = row.Text();
    if (!subscriptions.empty()) {
      table.subscriptions = base::Split(subscriptions, '\x01');
    }
  }
  return tables;
}

void ReadColumns(db::Connection& connection, std::int64_t schema_oid,
                 TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(ColumnsSql(), {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table == tables.end()) continue;
    table->second.columns.push_back(ReadColumn(row));
  }
  ResolvePartitionKeys(tables);
}

void ReadTriggers(db::Connection& connection, std::int64_t schema_oid,
                  TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(kTriggersSql, {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table == tables.end()) continue;
    schema::Trigger trigger;
    trigger.name = row.Text();
    trigger.partition = row.Text();
    trigger.definition = row.Text();
    trigger.arguments = base::Split(row.Text(), '\x01');
    trigger.columns_known = true;
    trigger.function = row.Text();
    trigger.changes_rows = row.Boolean();
    table->second.triggers.push_back(std::move(trigger));
  }
}

void ReadGrants(db::Connection& connection, std::int64_t schema_oid,
                TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(kGrantsSql, {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table != tables.end()) table->second.grants.push_back(row.Text());
  }
}

}  // namespace segue::postgres
