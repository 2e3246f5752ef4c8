// The text of a CREATE INDEX: what the pragmas do not tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::sqlite {

struct IndexText {
  // One a part, without COLLATE, ASC and DESC.
  std::vector<std::string> parts;
  std::string predicate;  // empty: not partial
};

// Empty for an empty text (the index of a constraint).
IndexText ParseIndex(std::string_view sql);

}  // namespace segue::sqlite
