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
    // A value of another type is compared as the column's values are.
    const std::string& as = column.compared_as;
    return Comparable(stored, column) + " " +
           Operator("=", column.operators_in) + " " +
           (as.empty() ? Comparable(value, type) : value + "::" + as);
  }
};

inline const PostgresSpelling kSpelling{};

}  // namespace segue::postgres
