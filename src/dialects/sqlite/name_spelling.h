// The quotes in which a text writes a name. RENAME COLUMN gives quotes to a
// name that needs them, and keeps them when another rename brings back a name
// that needs none.
#pragma once

#include <string>
#include <string_view>

namespace segue::sqlite {

// Returns `sql` with each place of `name` written as it is in `original`, which
// must have the name in as many places; otherwise returns `sql` as it is.
std::string WithSpellingOf(std::string_view sql, std::string_view original,
                           std::string_view name);

}  // namespace segue::sqlite
