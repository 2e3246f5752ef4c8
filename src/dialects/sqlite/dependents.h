// The foreign keys, views and triggers that mention a table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::sqlite {

struct ForeignKey {
  std::string table;
  std::int64_t id = 0;  // within its table
  std::string parent;
  std::vector<std::string> columns;
  std::vector<std::string> parent_columns;  // empty: its primary key
  std::string on_update;
  std::string on_delete;
};

// Adds a foreign key as a constraint of its table and a dependent of its
// parent.
void AddForeignKey(ForeignKey key, schema::Schema* schema);

// A view or a trigger.
struct Program {
  std::string type;
  std::string name;
  std::string table;  // of a trigger
  std::string sql;
};

// Adds a trigger to its table. Any other program becomes a dependent of each
// table whose name occurs as a word in its text. This finds too many, because a
// word may mean a column of another table.
void AddProgram(const Program& program, schema::Schema* schema);

}  // namespace segue::sqlite
