// What the rows tell of who has written them: the triggers keep in each row
// which side was written last.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/connection.h"

namespace segue::sqlite {

// Returns the number of rows of which the old side was written last, by any
// motion of the table; nullopt where no motion keeps it.
std::optional<std::int64_t> RowsOfOldSide(db::Connection& connection,
                                          const std::string& table);

}  // namespace segue::sqlite
