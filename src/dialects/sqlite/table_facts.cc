#include "dialects/sqlite/table_facts.h"

#include <algorithm>
#include <vector>

#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/version_views.h"

namespace segue::sqlite {

bool CountsUp(const schema::Table& table) {
  const std::vector<Token> tokens = Tokenize(table.definition);
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.Is("AUTOINCREMENT");
  });
}

std::string InventorySql(const std::string& table) {
  return "SELECT type || ' ' || name || ': definition ' || "
         "coalesce(sql, ''), NULL, 'part of a table' FROM sqlite_schema WHERE "
         "lower(tbl_name) = lower(" +
         Literal(table) +
         ") AND type IN ('table', 'index', 'trigger') AND name NOT LIKE "
         "'segue\\_%' ESCAPE '\\' ORDER BY 1";
}

// The views of versions, and the triggers of these, follow the new tables.
std::string UsesInventorySql(const std::string& table) {
  const std::string name = "lower(" + Literal(table) + ")";
  const std::string mark = Literal(std::string(kPublishedMark));
  return "SELECT * FROM (" + InventorySql(table) +
         ") UNION SELECT type || ' ' || name || ': definition ' || sql, NULL, "
         "'part of a table' FROM sqlite_schema WHERE type IN ('view', "
         "'trigger') AND lower(tbl_name) <> " +
         name + " AND instr(lower(sql), " + name + ") > 0 AND instr(sql, " +
         mark +
         ") = 0 AND tbl_name NOT IN (SELECT v.name FROM sqlite_schema v WHERE "
         "v.type = 'view' AND instr(v.sql, " +
         mark +
         ") > 0) UNION SELECT 'foreign key of ' || m.name, NULL, 'part of a "
         "table' FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f "
         "WHERE m.type = 'table' AND lower(f.\"table\") = " +
         name + " AND lower(m.name) <> " + name + " ORDER BY 1";
}

}  // namespace segue::sqlite
