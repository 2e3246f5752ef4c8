// Who else mentions a table: foreign keys, views, triggers.
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

// A constraint of its table and a dependent of its parent.
void AddForeignKey(ForeignKey key, schema::Schema* schema);

// A view or a trigger.
struct Program {
  std::string type;
  std::string name;
  std::string table;  // of a trigger
  std::string sql;
};

// A trigger belongs to its table; whatever else mentions a table is a
// dependent of it, by the words of its text: a superset, because a word may
// mean another table's column.
void AddProgram(const Program& program, schema::Schema* schema);

}  // namespace segue::sqlite
