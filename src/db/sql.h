// A statement that is put together with its parameters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"

namespace segue::db {

// Each parameter is given where it stands in the text, so that the parameters
// are used in their order and once each, as Connection::Execute wants it.
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
