#include "dialects/postgres/publications.h"

#include "base/text.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// Publications have lists of columns, and whole schemas, since version 15.
constexpr int kPublishesSchemas = 15;

std::string Boolean(bool value) { return value ? "true" : "false"; }

std::string Array(const std::vector<std::string>& texts) {
  return "ARRAY[" + Literals(texts) + "]::text[]";
}

// Returns a condition over the publication p: it has the tables that are made
// in the schema from now on.
std::string HasWhole(const std::string& schema_name, int major) {
  if (major < kPublishesSchemas) return "p.puballtables";
  return "(p.puballtables OR EXISTS (SELECT FROM "
         "pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n "
         "ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid AND n.nspname = " +
         Literal(schema_name) + "))";
}

// A condition over the publication p and the table x.id. A partitioned table
// is published as itself or as its partitions, and a partition as itself or as
// its parent.
constexpr const char* kHasTable =
    "EXISTS (SELECT FROM "
    "pg_catalog.pg_get_publication_tables(p.pubname::text) g WHERE g.relid = "
    "x.id OR g.relid IN (SELECT t.relid::oid FROM "
    "pg_catalog.pg_partition_tree(x.id) t) OR g.relid IN (SELECT t.relid::oid "
    "FROM pg_catalog.pg_partition_ancestors(x.id) t))";

// Returns the list of columns with which publication p has table x.id: an
// int2vector, or NULL.
std::string ListOf(int major) {
  if (major < kPublishesSchemas) return "NULL::pg_catalog.int2vector";
  return "(SELECT r.prattrs FROM pg_catalog.pg_publication_rel r WHERE "
         "r.prpubid = p.oid AND r.prrelid = x.id)";
}

// Returns "(VALUES ...) AS v(name, moved, ...)" with one row for each table.
std::string Values(const std::vector<db::ChangedTable>& changed) {
  std::vector<std::string> rows;
  for (const db::ChangedTable& table : changed) {
    rows.push_back("(" + Literal(table.name) + "::pg_catalog.text, " +
                   Boolean(table.moved) + ", " + Boolean(table.reshaped) +
                   ", " + Boolean(table.created) + ", " +
                   Boolean(table.dropped) + ", " + Boolean(table.copied) +
                   ", " + Array(table.columns) + ")");
  }
  return "(VALUES " + base::Join(rows, ", ") +
         ") v(name, moved, reshaped, created, dropped, copied, columns)";
}

// Returns a SELECT of each changed table x and each publication p that has it,
// or will have it as soon as it is made.
std::string PublishedTables(const schema::Schema& schema,
                            const std::vector<db::ChangedTable>& changed) {
  const int major = MajorVersion(schema.server_version);
  return "SELECT x.*, p.pubname, p.pubupdate, l.list FROM (SELECT v.*, c.oid "
         "AS id FROM " +
         Values(changed) +
         " LEFT JOIN pg_catalog.pg_class c ON NOT v.created AND "
         "c.relname::text = v.name AND c.relnamespace = (SELECT n.oid FROM "
         "pg_catalog.pg_namespace n WHERE n.nspname = " +
         Literal(schema.name) +
         ")) x JOIN pg_catalog.pg_publication p ON CASE WHEN x.created THEN " +
         HasWhole(schema.name, major) + " ELSE " + kHasTable +
         " END CROSS JOIN LATERAL (SELECT " + ListOf(major) + ") l(list)";
}

// One row for each publication that has the ledger by itself.
std::string LedgerPublished(int major) {
  return std::string(R"sql( UNION ALL
SELECT 'subscribers', 'ledger-is-published', pg_catalog.format(CASE
    WHEN p.puballtables THEN 'publication %I publishes all tables, those of '
    'segue too' ELSE 'publication %I publishes schema segue' END, p.pubname),
  'a subscriber stops at the first change of a table that it does not have',
  'run on the subscriber what ''segue plan FILE --subscriber-sql'' prints, '
  'and write subscribers: prepared into the migration; or publish a list of '
  'tables'
FROM pg_catalog.pg_publication p WHERE )sql") +
         HasWhole("segue", major);
}

// One row for each published table whose columns or name change. A list of
// columns keeps new columns to itself.
constexpr const char* kPublishedSql = R"sql(
SELECT 'subscribers', 'table-is-published', pg_catalog.format(CASE
    WHEN t.created THEN 'table %L is published as soon as it is made (%s)'
    ELSE 'table %L is published (%s)' END, t.name,
    pg_catalog.string_agg(t.pubname::text, ', ' ORDER BY t.pubname)),
  'a subscriber stops at the first change of a row with a column that it does '
  'not have, as segue adds them until the contract, or of a table that it '
  'does not have',
  'run on the subscriber what ''segue plan FILE --subscriber-sql'' prints, '
  'and write subscribers: prepared into the migration; or publish a list of '
  'columns'
FROM published t WHERE (t.moved OR t.reshaped OR t.created)
  AND (t.list IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.id AND a.attnum = ANY (t.list::int2[])
    AND a.attname::text = ANY (t.columns)))
GROUP BY t.name, t.created
UNION ALL
SELECT 'error', 'copied-table-is-published', pg_catalog.format(
    'table %L is published (%s), and the table to which its rows or columns go '
    'would not be', t.name,
    pg_catalog.string_agg(t.pubname::text, ', ' ORDER BY t.pubname)),
  'a subscriber would be told nothing of what is written there',
  'take the table out of the publication first'
FROM published t WHERE t.copied GROUP BY t.name
UNION ALL
SELECT 'warning', 'published-table-goes', pg_catalog.format(
    'table %L is published (%s) and goes', t.name,
    pg_catalog.string_agg(t.pubname::text, ', ' ORDER BY t.pubname)),
  'a subscriber keeps its table with the rows of then, and is not told',
  'drop the table on the subscriber, too, once it is gone here'
FROM published t WHERE t.dropped GROUP BY t.name
UNION ALL
SELECT 'error', 'no-replica-identity', pg_catalog.format(
    'table %L publishes updates (%s) and has no replica identity', c.relname,
    pg_catalog.string_agg(t.pubname::text, ', ' ORDER BY t.pubname)),
  'PostgreSQL refuses every UPDATE of such a table, and so the backfill',
  'give it a primary key, or set its replica identity (set_replica_identity) '
  'in a migration before this one'
FROM published t
JOIN pg_catalog.pg_class c ON c.relkind = 'r' AND (c.oid = t.id OR c.oid IN (
  SELECT l.relid::oid FROM pg_catalog.pg_partition_tree(t.id) l))
WHERE t.moved AND t.pubupdate AND CASE c.relreplident WHEN 'f' THEN false
  WHEN 'n' THEN true ELSE NOT EXISTS (SELECT FROM pg_catalog.pg_index i
    WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN
      i.indisprimary ELSE i.indisreplident END) END
GROUP BY c.oid, c.relname)sql";

// One row for each setting with which sessions do not run ordinary triggers.
constexpr const char* kTriggersOffSql = R"sql( UNION ALL
SELECT 'warning', 'triggers-are-off', pg_catalog.format(
    'sessions of %s run no triggers (session_replication_role = replica)',
    pg_catalog.concat_ws(' in ', CASE WHEN s.setrole <> 0::oid THEN
      pg_catalog.format('role %I', pg_catalog.pg_get_userbyid(s.setrole)) END,
    CASE WHEN s.setdatabase <> 0::oid THEN pg_catalog.format('database %I',
      d.datname) END)),
  'what they write does not reach the other version, and verify finds the rows',
  'let them write as others do while both versions are live, or derive their '
  'rows again before complete (segue verify --repair)'
FROM pg_catalog.pg_db_role_setting s
LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
WHERE (s.setdatabase = 0::oid OR d.datname = pg_catalog.current_database())
  AND 'session_replication_role=replica' = ANY (s.setconfig))sql";

bool AnyMoved(const std::vector<db::ChangedTable>& changed) {
  for (const db::ChangedTable& table : changed) {
    if (table.moved) return true;
  }
  return false;
}

}  // namespace

std::string ReplicationSql(const schema::Schema& schema,
                           const std::vector<db::ChangedTable>& changed) {
  std::string sql = LedgerPublished(MajorVersion(schema.server_version));
  if (changed.empty()) return sql;
  sql += " UNION ALL (WITH published AS MATERIALIZED (" +
         PublishedTables(schema, changed) + ")" + kPublishedSql + ")";
  return AnyMoved(changed) ? sql + kTriggersOffSql : sql;
}

std::string PublishedSql(const schema::Schema& schema) {
  const int major = MajorVersion(schema.server_version);
  return "SELECT x.name, pg_catalog.bool_and(p.pubupdate), CASE WHEN "
         "pg_catalog.bool_and(l.list IS NOT NULL) "
         "THEN pg_catalog.string_agg(DISTINCT a.attname::text, "
         "pg_catalog.chr(1)) END FROM (SELECT c.relname::text AS name, c.oid "
         "AS id FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON "
         "n.oid = c.relnamespace WHERE n.nspname = " +
         Literal(schema.name) +
         " AND c.relkind IN ('r', 'p')) x JOIN pg_catalog.pg_publication p "
         "ON " +
         kHasTable + " CROSS JOIN LATERAL (SELECT " + ListOf(major) +
         ") l(list) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.id "
         "AND a.attnum = ANY (l.list::int2[]) GROUP BY x.name UNION ALL "
         "SELECT '', true, NULL WHERE EXISTS (SELECT FROM "
         "pg_catalog.pg_publication p WHERE " +
         HasWhole(schema.name, major) +
         ") UNION ALL SELECT NULL, true, NULL WHERE EXISTS (SELECT FROM "
         "pg_catalog.pg_publication p WHERE " +
         HasWhole("segue", major) + ") ORDER BY 1";
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::PublishedQuestion& question) {
  db::Answer answer;
  for (const db::Row& row :
       connection
           .Execute("SELECT p.pubname FROM (SELECT pg_catalog.to_regclass(" +
                    Literal(Name(question.table)) +
                    ")::oid AS id) x JOIN pg_catalog.pg_publication p ON " +
                    kHasTable +
                    " WHERE x.id IS NOT NULL AND (p.pubupdate OR p.pubdelete) "
                    "ORDER BY 1")
           .rows) {
    answer.names.push_back(db::ToText(row.at(0)));
  }
  return answer;
}

}  // namespace segue::postgres
