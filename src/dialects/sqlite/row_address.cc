#include "dialects/sqlite/row_address.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// A column of the user's may have any of these names, and then hides the rowid.
std::string FreeRowidName(const Rows& rows, const schema::Table* table) {
  std::vector<std::string> taken;
  if (table != nullptr) taken = table->ColumnNames();
  if (!rows.added.empty()) taken.push_back(rows.added);
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    const bool used = std::any_of(
        taken.begin(), taken.end(),
        [&](const std::string& column) { return SameName(column, name); });
    if (!used) return name;
  }
  return "";
}

std::vector<std::string> KeyNames(const Rows& rows) {
  std::vector<std::string> names;
  for (const schema::Column& column : rows.key) names.push_back(column.name);
  return names;
}

bool MayBeNull(const Rows& rows) {
  return std::any_of(
      rows.key.begin(), rows.key.end(),
      [](const schema::Column& column) { return column.nullable; });
}

std::string Joined(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& name : names) quoted.push_back(Quote(name));
  return base::Join(quoted, ", ");
}

std::string Where(const std::vector<std::string>& conditions) {
  std::vector<std::string> given;
  for (const std::string& condition : conditions) {
    if (!condition.empty()) given.push_back(condition);
  }
  return given.empty() ? "" : " WHERE " + base::Join(given, " AND ");
}

}  // namespace

Rows RowsOf(const plan::ColumnMotion& motion) {
  return {motion.table.name, motion.key,
          motion.new_column ? motion.new_column->name : ""};
}

RowAddress::RowAddress(const Rows& rows, const schema::Table* table)
    : table_(rows.table) {
  const bool has_rowid = table == nullptr || !IsWithoutRowid(table->definition);
  if (has_rowid && !rows.by_key) rowid_ = FreeRowidName(rows, table);
  const std::vector<std::string> key = KeyNames(rows);
  const bool keyed = !key.empty() && !MayBeNull(rows);
  // With a rowid the key does not identify the row, because our own write may
  // change the key.
  identity_ = rowid_.empty() ? key : std::vector<std::string>{rowid_};
  walk_ = keyed || rowid_.empty() ? key : std::vector<std::string>{rowid_};
  if (!identity_.empty() && !walk_.empty()) return;
  throw Error(ErrorKind::kRefused,
              "the rows of table '" + table_ +
                  "' cannot be addressed: columns hide its rowid and it has "
                  "no NOT NULL key");
}

std::string RowAddress::SameAsNew() const {
  std::vector<std::string> parts;
  for (const std::string& name : identity_) {
    parts.push_back(Quote(name) + " = NEW." + Quote(name));
  }
  return base::Join(parts, " AND ");
}

std::string RowAddress::WalkList() const { return Joined(walk_); }

std::string RowAddress::Compare(const char* operation,
                                std::size_t first_parameter) const {
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < walk_.size(); ++i) {
    parameters.push_back("$" + std::to_string(first_parameter + i));
  }
  const std::string left = WalkList();
  const std::string right = base::Join(parameters, ", ");
  if (walk_.size() == 1) return left + " " + operation + " " + right;
  return "(" + left + ") " + operation + " (" + right + ")";
}

RangeSql RowAddress::Ranges(const std::string& head, const std::string& filter,
                            const std::string& tail) const {
  const std::string above = Compare(">", 1);
  const std::string below = Compare("<=", walk_.size() + 1);
  RangeSql sql;
  sql.all = head + Where({filter}) + tail;
  sql.after = head + Where({above, filter}) + tail;
  sql.upto = head + Where({Compare("<=", 1), filter}) + tail;
  sql.between = head + Where({above, below, filter}) + tail;
  return sql;
}

std::string RowAddress::EstimateSql() const {
  const std::string from = " FROM " + Quote(table_);
  if (rowid_.empty()) return "SELECT count(*)" + from;
  // Two searches in the tree replace a scan. The result is too high where rows
  // were deleted, and a difference that is no integer becomes one again.
  return "SELECT CAST(coalesce((SELECT max(" + Quote(rowid_) + ")" + from +
         ") - (SELECT min(" + Quote(rowid_) + ")" + from +
         ") + 1, 0) AS INTEGER)";
}

WalkSql RowAddress::Walk(RangeSql statement, bool writes) const {
  WalkSql walk;
  walk.table = table_;
  walk.key_columns = walk_;
  walk.statement = std::move(statement);
  walk.writes = writes;
  walk.estimated_rows = EstimateSql();
  std::vector<std::string> order;
  for (const std::string& column : walk_) {
    order.push_back(Quote(column) + " DESC");
  }
  walk.last = "SELECT " + WalkList() + " FROM " + Quote(table_) + " ORDER BY " +
              base::Join(order, ", ") + " LIMIT 1";
  RangeSql& bound = walk.next_bound;
  bound = Ranges("SELECT " + WalkList() + " FROM " + Quote(table_), "",
                 " ORDER BY " + WalkList() + " LIMIT 1 OFFSET $");
  const std::size_t keys = walk_.size();
  bound.all += "1 - 1";
  bound.after += std::to_string(keys + 1) + " - 1";
  bound.upto += std::to_string(keys + 1) + " - 1";
  bound.between += std::to_string(2 * keys + 1) + " - 1";
  return walk;
}

}  // namespace segue::sqlite
