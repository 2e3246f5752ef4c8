// Asks the server by trying a statement, without leaving a trace.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::postgres {

// A transaction that is never committed. Names resolve as they will in the
// generated functions, because both are read by sessions of the same schema.
class Attempt {
 public:
  explicit Attempt(db::Connection& connection)
      : transaction_(connection, Options()) {}

 private:
  // What a file says may take for ever to evaluate.
  static db::TransactionOptions Options() {
    db::TransactionOptions options{db::Purpose::kSchema};
    options.statement_budget = std::chrono::seconds(30);
    return options;
  }

  db::Transaction transaction_;
};

struct Refusal {
  std::string sqlstate;  // empty: the server accepted the statement
  std::string message;
};

// Runs a statement and returns the refusal of the server. Throws errors that
// say nothing about the statement, such as a lost connection.
Refusal Try(db::Connection& connection, const std::string& sql,
            const std::vector<db::Value>& parameters = {});

}  // namespace segue::postgres
