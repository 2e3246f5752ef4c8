// A statement that is assembled together with its parameters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"

namespace segue::db {

// Each parameter is given at its place in the text, so that the parameters are
// used in order and once each, as Connection::Execute demands.
class Sql {
 public:
  explicit Sql(std::string text = {}) : text_(std::move(text)) {}

  Sql& Text(std::string_view text);
  Sql& Bind(Value value);

  const std::string& text() const { return text_; }
  const std::vector<Value>& parameters() const { return parameters_; }

  Result Execute(Connection& connection) const {
    return connection.Execute(text_, parameters_);
  }

 private:
  std::string text_;
  std::vector<Value> parameters_;
};

}  // namespace segue::db
