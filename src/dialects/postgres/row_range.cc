#include "dialects/postgres/row_range.h"

#include <optional>
#include <set>

#include "base/text.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// TID range scans exist since version 14. Before that, each chunk would read
// the whole table.
constexpr int kScansPositions = 14;

std::string Parameter(std::size_t number) {
  return "$" + std::to_string(number);
}

// Returns a single column as it is, and several as a row: (a, b).
std::string Tuple(const std::vector<std::string>& parts) {
  if (parts.size() == 1) return parts[0];
  return "(" + base::Join(parts, ", ") + ")";
}

// Returns the table itself, or its leaf partitions.
std::string Leaves(const schema::TableName& table, bool partitioned) {
  if (!partitioned) return "c.oid = " + Regclass(table) + "::oid";
  return "c.oid IN (SELECT relid::oid FROM pg_catalog.pg_partition_tree(" +
         Regclass(table) + ") WHERE isleaf)";
}

// Returns the block of a position such as "(7,65535)".
std::string BlockOf(const std::string& position) {
  return "pg_catalog.ltrim(pg_catalog.split_part(" + position +
         "::text, ',', 1), '(')::bigint";
}

std::string CutsByPosition(const schema::TableName& table, bool partitioned) {
  return "SELECT '('::text || b.block::text || ',65535)'::text AS position "
         "FROM (SELECT pg_catalog.generate_series(1::bigint, $1::bigint - 1) * "
         "max(pg_catalog.pg_relation_size(c.oid)) / "
         "pg_catalog.current_setting('block_size')::bigint / $1::bigint - 1 "
         "AS block FROM pg_catalog.pg_class c WHERE " +
         Leaves(table, partitioned) +
         ") b WHERE b.block >= 0 GROUP BY b.block ORDER BY b.block";
}

// Returns the schema that has the operators of all columns; nullopt where they
// are in several. Those that are found by their name are the server's own.
std::optional<std::string> OperatorsOf(const std::vector<schema::Column>& key) {
  std::set<std::string> schemas;
  for (const schema::Column& column : key) schemas.insert(column.operators_in);
  if (schemas.size() == 2 && schemas.contains("pg_catalog")) schemas.erase("");
  if (schemas.size() > 1) return std::nullopt;
  return schemas.empty() ? std::string() : *schemas.begin();
}

// Compares two values of a column's type.
std::string Is(const std::string& left, const std::string& op,
               const std::string& right, const schema::Column& column) {
  return left + " " + Operator(op, column.operators_in) + " " + right;
}

// The last place of the last page.
std::string LastPage(const schema::TableName& table, bool partitioned) {
  return "SELECT '('::text || (p.pages - 1)::text || ',65535'::text || "
         "')'::text AS position FROM (SELECT "
         "max(pg_catalog.pg_relation_size(c.oid)) / "
         "pg_catalog.current_setting('block_size')::bigint AS pages FROM "
         "pg_catalog.pg_class c WHERE " +
         Leaves(table, partitioned) + ") p WHERE p.pages > 0::bigint";
}

// The greatest key.
std::string LastKey(const schema::TableName& table,
                    const std::vector<schema::Column>& key,
                    const std::string& row) {
  std::vector<std::string> columns;
  for (const schema::Column& column : key) {
    columns.push_back(row + "." + Ident(column.physical()));
  }
  return "SELECT " + base::Join(columns, ", ") + " FROM " + Name(table) +
         " AS " + row + " ORDER BY " + base::Join(columns, " DESC, ") +
         " DESC LIMIT 1";
}

}  // namespace

RowRange::RowRange(schema::TableName table_name,
                   std::vector<schema::Column> key,
                   const schema::Schema& schema, std::string row)
    : table_(std::move(table_name)),
      partitioned_(false),
      key_(std::move(key)),
      row_(std::move(row)) {
  const schema::Table* table = schema.FindTable(table_.name);
  partitioned_ = table != nullptr && table->kind == "partitioned table";
  walkable_ = !by_position() || ScansPositions(schema);
}

WalkSql RowRange::Whole(const std::string& statement) const {
  WalkSql walk;
  walk.table = table_.name;
  walk.key_columns = key_columns();
  walk.statement.all = statement;
  walk.next_bound.all = "SELECT 1 WHERE $1::bigint IS NULL";
  walk.estimated_rows = EstimatedRows();
  return walk;
}

WalkSql RowRange::Walk(RangeSql statement, bool writes) const {
  if (!walkable_) {
    throw Error(ErrorKind::kRefused,
                "table '" + table_.name +
                    "' has no primary key and no NOT NULL unique key, and "
                    "PostgreSQL before 14 cannot walk it in another way")
        .WithHint("add a primary key first");
  }
  WalkSql walk;
  walk.table = table_.name;
  walk.key_columns = key_columns();
  walk.statement = std::move(statement);
  walk.cuts = Cuts();
  walk.next_bound = NextBound();
  // A check by position has to see the rows that move to later pages.
  if (!by_position()) {
    walk.last = LastKey(table_, key_, row_);
  } else if (writes) {
    walk.last = LastPage(table_, partitioned_);
  }
  walk.writes = writes;
  walk.estimated_rows = EstimatedRows();
  return walk;
}

bool ScansPositions(const schema::Schema& schema) {
  return MajorVersion(schema.server_version) >= kScansPositions;
}

std::vector<std::string> RowRange::key_columns() const {
  if (by_position()) return {"position"};
  std::vector<std::string> names;
  for (const schema::Column& column : key_) names.push_back(column.name);
  return names;
}

std::string RowRange::KeyAsText() const {
  if (by_position()) return row_ + ".ctid::text";
  std::vector<std::string> parts;
  for (const schema::Column& column : key_) {
    parts.push_back(row_ + "." + Ident(column.physical()) + "::text");
  }
  return base::Join(parts, ", ");
}

// The cast has the column's own type: the input function of the type reads the
// parameter's text, and the operator of the index compares it.
std::string RowRange::Compare(const std::string& op,
                              std::size_t first_parameter) const {
  if (by_position()) {
    return row_ + ".ctid " + op + " " + Parameter(first_parameter) + "::tid";
  }
  std::vector<std::string> columns;
  std::vector<std::string> bounds;
  for (const schema::Column& column : key_) {
    columns.push_back(
        Comparable(row_ + "." + Ident(column.physical()), column));
    bounds.push_back(
        Comparable(Parameter(first_parameter++) + "::" + column.type, column));
  }
  return Tuple(columns) + " " + Operator(op, OperatorsOf(key_).value()) + " " +
         Tuple(bounds);
}

// A comparison of rows has one operator for all columns, and only such a
// comparison is read from an index as a whole.
std::string RowRange::Above(std::size_t first_parameter) const {
  if (OperatorsOf(key_)) return Compare(">", first_parameter);
  return "(" + ColumnIs(0, ">=", Bound(0, first_parameter)) + " AND (" +
         Beyond(0, ">", ">", first_parameter) + "))";
}

std::string RowRange::UpTo(std::size_t first_parameter) const {
  if (key_.size() < 2) return Compare("<=", first_parameter);
  return "(" + Beyond(0, "<", "<=", first_parameter) + ")";
}

std::string RowRange::Between(std::size_t lower, std::size_t upper) const {
  if (key_.size() < 2) return Above(lower) + " AND " + UpTo(upper);
  return "(" + Within(0, lower, upper) + ")";
}

std::string RowRange::Column(std::size_t at) const {
  return Comparable(row_ + "." + Ident(key_[at].physical()), key_[at]);
}

std::string RowRange::ColumnIs(std::size_t at, const std::string& op,
                               const std::string& bound) const {
  return Is(Column(at), op, bound, key_[at]);
}

// Two bounds that are compared without a column need the column's collation.
std::string RowRange::Bound(std::size_t at, std::size_t first_parameter) const {
  std::string bound = Comparable(
      Parameter(first_parameter + at) + "::" + key_[at].type, key_[at]);
  if (key_[at].collation.empty()) return bound;
  return bound + " COLLATE " + CollationSql(key_[at].collation);
}

// Compares the columns from `at` on: a < x OR (a = x AND b <= y).
std::string RowRange::Beyond(std::size_t at, const char* op,
                             const char* last_op,
                             std::size_t first_parameter) const {
  const std::string bound = Bound(at, first_parameter);
  if (at + 1 == key_.size()) return ColumnIs(at, last_op, bound);
  return ColumnIs(at, op, bound) + " OR (" + ColumnIs(at, "=", bound) +
         " AND (" + Beyond(at + 1, op, last_op, first_parameter) + "))";
}

// With the upper bound of a row, (a, b) <= (x, y), PostgreSQL stops a scan only
// where `a` ends. A chunk of a key whose first column has one value would then
// read the index to its end. The bounds are therefore spelled out. The server
// knows them when it plans, and one to three ranges are left of the condition.
std::string RowRange::Within(std::size_t at, std::size_t lower,
                             std::size_t upper) const {
  const std::string low = Bound(at, lower);
  const std::string high = Bound(at, upper);
  const std::string above = ColumnIs(at, ">", low);
  if (at + 1 == key_.size()) {
    return above + " AND " + ColumnIs(at, "<=", high);
  }
  const std::string at_low = ColumnIs(at, "=", low);
  return "(" + Is(low, "=", high, key_[at]) + " AND " + at_low + " AND (" +
         Within(at + 1, lower, upper) + ")) OR (" +
         Is(low, "<", high, key_[at]) + " AND ((" + at_low + " AND (" +
         Beyond(at + 1, ">", ">", lower) + ")) OR (" + above + " AND " +
         ColumnIs(at, "<", high) + ") OR (" + ColumnIs(at, "=", high) +
         " AND (" + Beyond(at + 1, "<", "<=", upper) + "))))";
}

RangeSql RowRange::Over(const std::string& head, const RangeSql& condition,
                        const std::string& tail) const {
  const std::size_t next = key_columns().size() + 1;
  const std::string where = head + " WHERE ";
  return {where + condition.all + tail,
          where + Above(1) + " AND " + condition.after + tail,
          where + UpTo(1) + " AND " + condition.upto + tail,
          where + Between(1, next) + " AND " + condition.between + tail};
}

RangeSql RowRange::Over(const std::string& head, const std::string& condition,
                        const std::string& tail) const {
  return Over(head, RangeSql{condition, condition, condition, condition}, tail);
}

RangeSql RowRange::OverWith(
    const std::string& head,
    const std::function<std::string(const std::string&)>& condition) const {
  const std::size_t keys = key_columns().size();
  const auto with = [&](std::size_t number) {
    return condition(Parameter(number));
  };
  return Over(head, RangeSql{with(1), with(keys + 1), with(keys + 1),
                             with(2 * keys + 1)});
}

RangeSql RowRange::NextBound() const {
  const std::size_t keys = key_columns().size();
  RangeSql sql;
  if (by_position()) {
    const std::string first = BlockOf(Parameter(1));
    const std::string second = BlockOf(Parameter(2));
    sql.all = NextBoundByPosition("-1", "b.blocks - 1", 1);
    sql.after = NextBoundByPosition(first, "b.blocks - 1", 2);
    sql.upto = NextBoundByPosition("-1", first, 2);
    sql.between = NextBoundByPosition(first, second, 3);
    return sql;
  }
  // The upper bound is compared with the row that was found. As a condition of
  // the scan it would not end the scan; see Within.
  const auto within = [&](const std::string& found, std::size_t upper) {
    return "SELECT " + KeyList() + " FROM (" + found + ") AS " + row_ +
           " WHERE " + UpTo(upper);
  };
  sql.all = NextBoundByKey("", 1);
  sql.after = NextBoundByKey(" WHERE " + Above(1), keys + 1);
  sql.upto = within(NextBoundByKey("", keys + 1), 1);
  sql.between =
      within(NextBoundByKey(" WHERE " + Above(1), 2 * keys + 1), keys + 1);
  return sql;
}

std::string RowRange::KeyList() const {
  std::vector<std::string> columns;
  for (const schema::Column& column : key_) {
    columns.push_back(row_ + "." + Ident(column.physical()));
  }
  return base::Join(columns, ", ");
}

std::string RowRange::NextBoundByKey(const std::string& where,
                                     std::size_t size_parameter) const {
  return "SELECT " + KeyList() + " FROM " + Name(table_) + " AS " + row_ +
         where + " ORDER BY " + KeyList() + " LIMIT 1 OFFSET " +
         Parameter(size_parameter) + "::bigint - 1";
}

// A bound is the last possible row of a page, after as many whole pages as hold
// about this many rows. There is none when fewer rows are left. The statement
// returns several bounds, because computing another one takes less time than
// another request.
std::string RowRange::NextBoundByPosition(const std::string& last_block,
                                          const std::string& end_block,
                                          std::size_t size_parameter) const {
  const std::string size = Parameter(size_parameter) + "::bigint";
  const std::string block = last_block + " + n * b.step";
  return "SELECT '('::text || (" + block +
         ")::text || ',65535'::text || ')'::text AS position FROM (SELECT "
         "greatest(1, pg_catalog.ceil(" +
         size +
         "::float8 / max(CASE WHEN c.reltuples > 0::float4 AND c.relpages > 0 "
         "THEN "
         "greatest(c.reltuples::float8 / c.relpages::float8, 1) ELSE 50 "
         "END)))::bigint "
         "AS step, max(pg_catalog.pg_relation_size(c.oid)) / "
         "pg_catalog.current_setting('block_size')::bigint AS blocks "
         "FROM pg_catalog.pg_class c WHERE " +
         Leaves(table_, partitioned_) +
         ") b, pg_catalog.generate_series(1, 8) n WHERE " + block + " < " +
         end_block + " ORDER BY n";
}

// The sample consists of whole pages, so it costs the same however large the
// table is, and needs no statistics.
std::string RowRange::Cuts() const {
  constexpr const char* kSamplePages = "2000.0";
  if (by_position()) return CutsByPosition(table_, partitioned_);
  std::vector<std::string> columns;
  for (const schema::Column& column : key_) {
    columns.push_back(Ident(column.physical()));
  }
  const std::string list = base::Join(columns, ", ");
  return "SELECT " + list + " FROM (SELECT " + KeyList() +
         ", pg_catalog.row_number() OVER (ORDER BY " + KeyList() +
         ") AS segue_at, count(*) OVER () AS segue_of FROM " + Name(table_) +
         " AS " + row_ + " TABLESAMPLE SYSTEM ((SELECT least(100, " +
         kSamplePages +
         " * 100.0 * pg_catalog.current_setting('block_size')::numeric / "
         "greatest(1, sum(pg_catalog.pg_relation_size(c.oid)))) "
         "FROM pg_catalog.pg_class c WHERE " +
         Leaves(table_, partitioned_) +
         "))) s WHERE segue_at % greatest(1, segue_of / $1::bigint) = 0 "
         "ORDER BY " +
         list;
}

// The estimate is the planner's: the density at the last ANALYZE times the size
// today. The second column is the size of a row, including values that are
// stored out of line.
std::string RowRange::EstimatedRows() const {
  return "SELECT r.rows, pg_catalog.ceil(r.bytes / greatest(r.rows, "
         "1)::numeric)::bigint AS row_bytes FROM (SELECT coalesce(sum(CASE "
         "WHEN "
         "c.reltuples > 0::float4 AND c.relpages > 0 THEN c.reltuples::float8 "
         "/ "
         "c.relpages::float8 * pg_catalog.pg_relation_size(c.oid)::float8 / "
         "pg_catalog.current_setting('block_size')::float8 ELSE "
         "greatest(pg_catalog.pg_stat_get_live_tuples(c.oid), "
         "pg_catalog.pg_relation_size(c.oid) / 200) END), 0)::bigint AS rows, "
         "coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0) AS bytes "
         "FROM pg_catalog.pg_class c WHERE " +
         Leaves(table_, partitioned_) + ") r";
}

}  // namespace segue::postgres
