#include "tests/sweep/sweep.h"

#include "base/text.h"

namespace segue::test {
namespace {

// Tables of the schemas of the user, in their order.
constexpr const char* kTables = R"sql(
SELECT n.nspname, c.relname, (SELECT a.attname FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum LIMIT 1)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
ORDER BY 1, 2)sql";

// The last ones are the statements that give extended statistics their targets
// again, which the server forgets when a type changes, a value of a row, and
// whether the column is generated.
constexpr const char* kColumns = R"sql(
SELECT n.nspname, c.relname, a.attname, a.attnotnull,
  format_type(a.atttypid, a.atttypmod),
  (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_attrdef f
    WHERE f.adrelid = c.oid AND f.adnum = a.attnum AND a.attgenerated = ''),
  (SELECT string_agg(format('; ALTER STATISTICS %I.%I SET STATISTICS %s',
      s.stxnamespace::regnamespace, s.stxname, to_jsonb(s) ->> 'stxstattarget'),
      '') FROM pg_statistic_ext s WHERE s.stxrelid = c.oid
    AND a.attnum = ANY (s.stxkeys::int2[])
    AND (to_jsonb(s) ->> 'stxstattarget')::integer >= 0),
  (SELECT format('CAST(%L AS %s)', x.v, format_type(a.atttypid, a.atttypmod))
    FROM xmltable('//v' PASSING query_to_xml(format(
      'SELECT %1$I::text AS v FROM %2$I.%3$I WHERE %1$I IS NOT NULL LIMIT 1',
      a.attname, n.nspname, c.relname), false, false, '') COLUMNS v text
      PATH '.') x), a.attgenerated <> ''
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
ORDER BY 1, 2, a.attnum)sql";

constexpr const char* kIndexes = R"sql(
SELECT n.nspname, t.relname, c.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND t.relkind IN ('r', 'p')
ORDER BY 1, 2, 3)sql";

constexpr const char* kConstraints = R"sql(
SELECT n.nspname, t.relname, x.conname
FROM pg_constraint x JOIN pg_class t ON t.oid = x.conrelid
JOIN pg_namespace n ON n.oid = x.connamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND x.contype IN ('c', 'f', 'p', 'u', 'x')
ORDER BY 1, 2, 3)sql";

std::string Quoted(const std::string& text) { return base::Quoted(text, '"'); }

// As a scalar of YAML in double quotes, in which two characters mean something.
std::string Scalar(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// One object and the changes of it.
class Sweep {
 public:
  Sweep(std::string schema, std::string table, std::string part,
        std::vector<SweptChange>& changes)
      : schema_(std::move(schema)),
        table_(std::move(table)),
        part_(std::move(part)),
        changes_(changes) {}

  std::string table() const { return Scalar(table_); }
  std::string part() const { return Scalar(part_); }
  std::string alter() const {
    return "ALTER TABLE " + Quoted(schema_) + "." + Quoted(table_) + " ";
  }
  std::string table_sql() const {
    return Quoted(schema_) + "." + Quoted(table_);
  }
  std::string part_sql() const { return Quoted(part_); }

  void Add(const std::string& operation, const std::string& keys,
           const std::string& plain, const std::vector<std::string>& moves = {},
           bool fills = false) {
    const std::string name = operation.substr(0, operation.find(' '));
    SweptChange swept;
    swept.operation = operation;
    swept.object = schema_ + "." + table_ + (part_.empty() ? "" : "." + part_);
    swept.change = {"  - " + name + ": {" + keys + "}\n", plain, moves, schema_,
                    fills};
    changes_.push_back(std::move(swept));
  }

 private:
  std::string schema_;
  std::string table_;
  std::string part_;  // a column, an index or a constraint
  std::vector<SweptChange>& changes_;
};

void AddTable(const std::vector<Cell>& row, std::vector<SweptChange>& changes) {
  Sweep sweep(*row[0], *row[1], "", changes);
  const std::string table = "table: " + sweep.table();
  sweep.Add("add_column",
            table + ", column: {name: swept, type: integer, default: '5'}",
            sweep.alter() + "ADD swept integer NOT NULL DEFAULT 5");
  sweep.Add("rename_table", "from: " + sweep.table() + ", to: swept",
            sweep.alter() + "RENAME TO swept");
  sweep.Add("drop_table", "name: " + sweep.table(),
            "DROP TABLE " + sweep.table_sql());
  sweep.Add("set_replica_identity", table + ", identity: {type: full}",
            sweep.alter() + "REPLICA IDENTITY FULL");
  // The catalogue stays what it is.
  sweep.Add("rebuild_table", table, "SELECT 1");
  if (!row[2]) return;
  const std::string column = *row[2];
  sweep.Add("add_column up",
            table +
                ", column: {name: swept, type: text, nullable: true}, up: " +
                Scalar(Quoted(column) + "::text"),
            sweep.alter() + "ADD swept text; UPDATE " + sweep.table_sql() +
                " SET swept = " + Quoted(column) + "::text");
  sweep.Add("create_index",
            "name: swept, " + table + ", columns: [" + Scalar(column) + "]",
            "CREATE INDEX swept ON " + sweep.table_sql() + " (" +
                Quoted(column) + "); " + NamesOfParts("p.relname = 'swept'"));
}

void AddColumn(const std::vector<Cell>& row,
               std::vector<SweptChange>& changes) {
  Sweep sweep(*row[0], *row[1], *row[2], changes);
  const bool not_null = row[3] == "t";
  const std::string column =
      "table: " + sweep.table() + ", column: " + sweep.part();
  const std::string alter = sweep.alter() + "ALTER " + sweep.part_sql() + " ";
  const std::string targets = row[6].value_or("");
  const std::string fill =
      row[5] ? "UPDATE " + sweep.table_sql() + " SET " + sweep.part_sql() +
                   " = " + *row[5] + " WHERE " + sweep.part_sql() + " IS NULL; "
             : "";
  const std::string value = not_null ? row[7].value_or("NULL") : "NULL";
  sweep.Add(
      "rename_column",
      "table: " + sweep.table() + ", from: " + sweep.part() + ", to: swept",
      sweep.alter() + "RENAME " + sweep.part_sql() + " TO swept");
  const std::string down =
      *row[8] == "t" ? "" : ", down: " + Scalar(row[5].value_or(value));
  sweep.Add("drop_column", column + down,
            sweep.alter() + "DROP " + sweep.part_sql());
  sweep.Add(
      "alter_column type",
      column + ", type: " + (*row[4] == "text" ? "varchar(99)" : "text"),
      alter + "TYPE " + (*row[4] == "text" ? "varchar(99)" : "text") + targets,
      {*row[2]});
  sweep.Add("alter_column values",
            column + ", type: " + Scalar(*row[4]) + ", up: " +
                Scalar("coalesce(" + sweep.part_sql() + ", " +
                       sweep.part_sql() + ")") +
                ", down: " + Scalar(sweep.part_sql()),
            "SELECT 1", {*row[2]});
  sweep.Add(
      "alter_column nullable",
      column +
          (not_null ? ", nullable: true, down: " : ", nullable: false, up: ") +
          Scalar("coalesce(" + sweep.part_sql() + ", " +
                 row[5].value_or("NULL") + ")"),
      (not_null ? alter + "DROP NOT NULL" : fill + alter + "SET NOT NULL"),
      {*row[2]}, /*fills=*/!not_null);
  // An identity column has no default, so that nothing is to be done.
  sweep.Add("alter_column default", column + ", default: null",
            "DO $$ BEGIN " + alter +
                "DROP DEFAULT; EXCEPTION WHEN syntax_error THEN NULL; END $$");
  sweep.Add("alter_column comment", column + ", comment: swept",
            "COMMENT ON COLUMN " + sweep.table_sql() + "." + sweep.part_sql() +
                " IS 'swept'");
}

void AddConstraint(const std::vector<Cell>& row,
                   std::vector<SweptChange>& changes) {
  Sweep sweep(*row[0], *row[1], *row[2], changes);
  const std::string table = "table: " + sweep.table();
  sweep.Add("drop_constraint", table + ", name: " + sweep.part(),
            sweep.alter() + "DROP CONSTRAINT " + sweep.part_sql());
  sweep.Add(
      "rename_constraint", table + ", from: " + sweep.part() + ", to: swept",
      sweep.alter() + "RENAME CONSTRAINT " + sweep.part_sql() + " TO swept");
}

void AddIndex(const std::vector<Cell>& row, std::vector<SweptChange>& changes) {
  Sweep sweep(*row[0], *row[1], *row[2], changes);
  sweep.Add("drop_index", "name: " + sweep.part() + ", table: " + sweep.table(),
            "DROP INDEX " + Quoted(*row[0]) + "." + sweep.part_sql());
}

}  // namespace

std::vector<SweptChange> ChangesToSweep(Client& client) {
  std::vector<SweptChange> changes;
  for (const auto& row : client.Query(kTables)) AddTable(row, changes);
  for (const auto& row : client.Query(kColumns)) AddColumn(row, changes);
  for (const auto& row : client.Query(kConstraints)) {
    AddConstraint(row, changes);
  }
  for (const auto& row : client.Query(kIndexes)) AddIndex(row, changes);
  return changes;
}

}  // namespace segue::test
