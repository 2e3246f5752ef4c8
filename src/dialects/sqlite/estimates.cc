#include "dialects/sqlite/estimates.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

// SQLite accepts at most 500 terms in a UNION.
constexpr std::size_t kTermsPerQuery = 400;

// The rows of a table without rowid and without statistics are counted only up
// to this number.
constexpr char kCountLimit[] = "100000";

bool HidesRowid(const schema::Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const schema::Column& column) {
                       return SameName(column.name, "rowid");
                     });
}

std::string EstimateTerm(const schema::Table& table) {
  const std::string name = Quote(table.name.name);
  const std::string head = "SELECT " + Literal(table.name.name) + ", ";
  if (IsWithoutRowid(table.definition) || HidesRowid(table)) {
    return head + "(SELECT count(*) FROM (SELECT 1 FROM " + name + " LIMIT " +
           kCountLimit + "))";
  }
  // A difference that is no integer becomes one again.
  return head + "CAST(coalesce((SELECT max(rowid) FROM " + name +
         ") - (SELECT min(rowid) FROM " + name + ") + 1, 0) AS INTEGER)";
}

void Keep(const db::Result& result, schema::Schema* schema) {
  for (const db::Row& row : result.rows) {
    schema::Table* table = schema->FindTable(db::ToText(row[0]));
    if (table != nullptr) table->estimated_rows = db::ToInt(row[1]);
  }
}

void ReadSpans(db::Connection& connection, schema::Schema* schema) {
  std::vector<std::string> terms;
  const auto flush = [&] {
    if (terms.empty()) return;
    Keep(connection.Execute(base::Join(terms, " UNION ALL ")), schema);
    terms.clear();
  };
  for (const schema::Table& table : schema->tables) {
    if (table.kind != "table") continue;
    terms.push_back(EstimateTerm(table));
    if (terms.size() == kTermsPerQuery) flush();
  }
  flush();
}

}  // namespace

void ReadEstimates(db::Connection& connection, schema::Schema* schema) {
  ReadSpans(connection, schema);
  const db::Result analyzed = connection.Execute(
      "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'");
  if (analyzed.rows.empty()) return;
  // The first number of `stat` is the number of rows.
  Keep(connection.Execute("SELECT tbl, max(CAST(stat AS INTEGER)) "
                          "FROM sqlite_stat1 GROUP BY tbl"),
       schema);
}

}  // namespace segue::sqlite
