// Asking the server by trying, without leaving a trace.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::postgres {

// A transaction that is never committed. Names mean what they will mean to
// the generated functions: both are read by sessions of the same schema.
class Attempt {
 public:
  explicit Attempt(db::Connection& connection)
      : transaction_(connection, {db::Purpose::kSchema, {}}) {}

 private:
  db::Transaction transaction_;
};

struct Refusal {
  std::string sqlstate;  // empty: the statement was taken
  std::string message;
};

// Errors that say nothing about the statement are passed on.
Refusal Try(db::Connection& connection, const std::string& sql,
            const std::vector<db::Value>& parameters = {});

}  // namespace segue::postgres
