// What SQLite's result codes mean for whoever catches them.
#pragma once

#include <string_view>

#include "segue/error.h"

struct sqlite3;

namespace segue::sqlite {

// `code` is an extended result code; `message` decides where SQLite answers
// only "error".
ErrorKind KindOf(int code, std::string_view message);

// Throws the error that `code` and the session's message describe. `database`
// may be null when it could not even be allocated.
[[noreturn]] void ThrowError(sqlite3* database, int code, std::string_view sql);

}  // namespace segue::sqlite
