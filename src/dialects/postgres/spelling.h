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
  std::string Comparable(const std::string& value,
                         const std::string& type) const override {
    return postgres::Comparable(value, type);
  }
};

inline const PostgresSpelling kSpelling{};

}  // namespace segue::postgres
