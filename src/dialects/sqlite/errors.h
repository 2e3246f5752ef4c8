// Maps SQLite's result codes to the kinds of segue's errors.
#pragma once

#include <string_view>

#include "db/dialect.h"
#include "segue/error.h"

struct sqlite3;

namespace segue::sqlite {

// Returns the kind for an extended result code. `message` decides when the code
// says only "error".
ErrorKind KindOf(int code, std::string_view message);

// Tells whether the error's message is about something that is not there. The
// message "error in view v: no such table: t" is about the view.
db::Absent AbsentIn(const Error& error);

// Throws the error that `code` and the message of the session describe.
// `database` is null when it could not even be allocated.
[[noreturn]] void ThrowError(sqlite3* database, int code, std::string_view sql);

}  // namespace segue::sqlite
