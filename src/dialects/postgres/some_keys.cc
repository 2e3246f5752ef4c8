#include "dialects/postgres/some_keys.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

constexpr int kShown = 100;
constexpr const char* kKeyRow = "k";

// Returns the names that the first columns of the table get in a query.
std::vector<std::string> Places(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t place = 0; place < count; ++place) {
    names.push_back("c" + std::to_string(place));
  }
  return names;
}

// The key of a row, as messages have it: "id=1", "(a, b)=(1, 2)".
std::string KeyText(const std::vector<std::string>& key,
                    const std::vector<std::string>& values) {
  if (key.size() == 1) return Literal(key[0] + "=") + " || " + values[0];
  return Literal("(" + base::Join(key, ", ") + ")=(") +
         " || pg_catalog.concat_ws(', ', " + base::Join(values, ", ") +
         ") || ')'";
}

// The key of the row t; its place in a table without a key.
std::string KeyOf(const schema::TableName& name, const schema::TableName& then,
                  const db::RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(name.name);
  const std::vector<std::string> key =
      table == nullptr ? std::vector<std::string>{} : table->WalkKey();
  if (key.empty()) return "'(position)=(' || t.ctid::text || ')'";
  std::vector<std::string> values;
  std::size_t count = 0;
  for (const std::string& column : key) {
    const auto at = std::find_if(
        table->columns.begin(), table->columns.end(),
        [&](const schema::Column& one) { return one.name == column; });
    const auto place = static_cast<std::size_t>(at - table->columns.begin());
    values.push_back(std::string("pg_catalog.left(") + kKeyRow + ".c" +
                     std::to_string(place) + "::text, 100)");
    count = std::max(count, place + 1);
  }
  return "(SELECT " + KeyText(key, values) + " FROM " + Name(then) + " AS " +
         kKeyRow + "(" + base::Join(Places(count), ", ") +
         ") WHERE k.ctid = t.ctid AND k.tableoid = t.tableoid)";
}

}  // namespace

std::string SomeKeys(const schema::TableName& name,
                     const schema::TableName& then, const std::string& rows,
                     const db::RenderContext& context) {
  return "(SELECT pg_catalog.string_agg(CASE WHEN s.place > " +
         std::to_string(kShown) +
         " THEN '...' ELSE s.key END, ', ' ORDER BY s.place) FROM (SELECT "
         "pg_catalog.row_number() OVER () AS place, f.key FROM (SELECT " +
         KeyOf(name, then, context) + " AS key" + rows + " LIMIT " +
         std::to_string(kShown + 1) + ") f) s)";
}

}  // namespace segue::postgres
