#include "dialects/sqlite/table_facts.h"

#include <algorithm>
#include <vector>

#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

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

}  // namespace segue::sqlite
