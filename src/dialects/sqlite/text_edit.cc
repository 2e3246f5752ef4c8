#include "dialects/sqlite/text_edit.h"

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/schema_edit.h"

namespace segue::sqlite {

std::vector<Statement> EditText(const std::string& table,
                                const std::string& expression) {
  return EditSchema({"UPDATE sqlite_schema SET sql = " + expression +
                         " WHERE type = 'table' AND name = " + Literal(table),
                     1});
}

std::string Call(const char* function,
                 const std::vector<std::string>& arguments) {
  return std::string(function) + "(" + base::Join(arguments, ", ") + ")";
}

}  // namespace segue::sqlite
