// The text of a CREATE INDEX, for what SQLite's pragmas do not report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.h"

namespace segue::sqlite {

struct IndexText {
  // The indexed columns and expressions, without COLLATE, ASC and DESC.
  std::vector<std::string> parts;
  std::string predicate;  // empty: not partial
};

// Returns CREATE INDEX from the structured fields. `name` is written as it is.
std::string CreateIndexSql(const std::string& table, const schema::Index& index,
                           const std::string& name);

// Reads the text. The result is empty for an empty text (the index of a
// constraint).
IndexText ParseIndex(std::string_view sql);

}  // namespace segue::sqlite
