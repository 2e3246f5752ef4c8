// The text of a CREATE INDEX: what the pragmas do not tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.h"

namespace segue::sqlite {

struct IndexText {
  // One a part, without COLLATE, ASC and DESC.
  std::vector<std::string> parts;
  std::string predicate;  // empty: not partial
};

// CREATE INDEX from the structured fields; `name` as it goes into SQL.
std::string CreateIndexSql(const std::string& table, const schema::Index& index,
                           const std::string& name);

// Empty for an empty text (the index of a constraint).
IndexText ParseIndex(std::string_view sql);

}  // namespace segue::sqlite
