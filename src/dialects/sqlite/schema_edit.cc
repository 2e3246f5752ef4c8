#include "dialects/sqlite/schema_edit.h"

#include <utility>

namespace segue::sqlite {

// The empty table makes SQLite raise the version of the schema, so that every
// other session reads the text anew.
std::vector<Statement> EditSchema(Statement edit) {
  return {
      {"PRAGMA writable_schema = ON", {}},    std::move(edit),
      {"CREATE TABLE segue_bump (x)", {}},    {"DROP TABLE segue_bump", {}},
      {"PRAGMA writable_schema = RESET", {}},
  };
}

}  // namespace segue::sqlite
