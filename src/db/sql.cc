#include "db/sql.h"

#include <utility>

namespace segue::db {

Sql& Sql::Text(std::string_view text) {
  text_ += text;
  return *this;
}

Sql& Sql::Bind(Value value) {
  parameters_.push_back(std::move(value));
  text_ += "$" + std::to_string(parameters_.size());
  return *this;
}

}  // namespace segue::db
