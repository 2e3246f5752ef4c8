// Rows that a unique index would refuse.
#include "base/text.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

using schema::Index;
using schema::IndexColumn;

// So many groups show the pattern.
constexpr int kShownDuplicates = 5;

std::string KeySql(const IndexColumn& column) {
  std::string sql = column.expression.empty() ? Ident(column.name)
                                              : "(" + column.expression + "\n)";
  if (!column.collation.empty()) {
    sql = "(" + sql + " COLLATE " + CollationSql(column.collation) + ")";
  }
  return sql;
}

}  // namespace

std::string DuplicateRowsSql(const std::string& rows, const Index& index) {
  std::vector<std::string> keys;
  std::vector<std::string> names;
  std::vector<std::string> values;
  std::vector<std::string> given;
  for (const IndexColumn& column : index.columns) {
    keys.push_back(KeySql(column));
    names.push_back(column.name.empty() ? column.expression : column.name);
    values.push_back("pg_catalog.left(" + keys.back() + "::text, 100)");
    if (!index.nulls_not_distinct) {
      given.push_back(keys.back() + " IS NOT NULL");
    }
  }
  if (!index.predicate.empty()) {
    given.push_back("(" + index.predicate + "\n)");
  }
  const std::string where =
      given.empty() ? "" : " WHERE " + base::Join(given, " AND ");
  return "SELECT " + Literal("(" + base::Join(names, ", ") + ")=(") +
         " || pg_catalog.concat_ws(', ', " + base::Join(values, ", ") +
         ") || ') is in ' || count(*) || ' rows' FROM " + rows + where +
         " GROUP BY " + base::Join(keys, ", ") +
         " HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT " +
         std::to_string(kShownDuplicates);
}

std::string DuplicateKeysSql(const schema::TableName& table,
                             const Index& index) {
  return DuplicateRowsSql(Name(table), index);
}

Index IndexOfKey(const schema::Constraint& constraint) {
  Index index;
  index.name = constraint.name;
  index.unique = true;
  index.nulls_not_distinct = constraint.nulls_not_distinct;
  for (const std::string& column : constraint.columns) {
    IndexColumn part;
    part.name = column;
    index.columns.push_back(std::move(part));
  }
  return index;
}

}  // namespace segue::postgres
