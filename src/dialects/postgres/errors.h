// What the server's error codes mean to segue.
#pragma once

#include <string>
#include <string_view>

#include "segue/error.h"

struct pg_conn;
struct pg_result;

namespace segue::postgres {

// The kind for an SQLSTATE; kInternal for one that no rule covers.
ErrorKind KindOf(std::string_view sqlstate);

// The error a failed result stands for. `connection_bad`: the session is gone.
Error ErrorFrom(const pg_result* result, const pg_conn* connection,
                std::string_view sql);

// One line out of libpq's message about a failed connection attempt:
// 'password authentication failed for user "app"'.
std::string ConnectReason(std::string_view libpq_message);

}  // namespace segue::postgres
