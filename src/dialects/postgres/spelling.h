// Names and small expressions as PostgreSQL spells them.
#pragma once

#include <string>

#include "db/spelling.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {

class PostgresSpelling final : public db::Spelling {
 public:
  std::string Name(const std::string& identifier) const override {
    return Ident(identifier);
  }
  std::string Equals(const std::string& stored, const schema::Column& column,
                     const std::string& value,
                     const std::string& type) const override {
    return Comparable(stored, column.type) + " " +
           Operator("=", column.operators_in) + " " + Comparable(value, type);
  }
};

inline const PostgresSpelling kSpelling{};

}  // namespace segue::postgres
