// Maps the error codes of the server to the kinds of segue's errors.
#pragma once

#include <string>
#include <string_view>

#include "db/dialect.h"
#include "segue/error.h"

struct pg_conn;
struct pg_result;

namespace segue::postgres {

// Returns the kind for an SQLSTATE; kInternal for one that no rule covers.
ErrorKind KindOf(std::string_view sqlstate);

// Tells whether the error's SQLSTATE is about something that is not there.
db::Absent AbsentIn(const Error& error);

// Returns the error of a failed result.
Error ErrorFrom(const pg_result* result, const pg_conn* connection,
                std::string_view sql);

// Returns the reason in libpq's message about a failed connection attempt, as
// one line: 'password authentication failed for user "app"'.
std::string ConnectReason(std::string_view libpq_message);

}  // namespace segue::postgres
