#include "dialects/postgres/attempt.h"

#include "segue/error.h"

namespace segue::postgres {

Refusal Try(db::Connection& connection, const std::string& sql,
            const std::vector<db::Value>& parameters) {
  try {
    connection.Execute(sql, parameters);
    return {};
  } catch (const Error& error) {
    const bool about_it = error.kind() == ErrorKind::kRefused ||
                          error.kind() == ErrorKind::kConstraint ||
                          error.kind() == ErrorKind::kInternal;
    if (!about_it) throw;
    return {error.native_code(), error.what()};
  }
}

}  // namespace segue::postgres
