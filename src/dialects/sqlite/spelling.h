// Names and small expressions as SQLite spells them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/spelling.h"
#include "dialects/sqlite/names.h"

namespace segue::sqlite {

class SqliteSpelling final : public db::Spelling {
 public:
  std::string Name(const std::string& identifier) const override {
    return Quote(identifier);
  }

  // A column accepts any value and converts only values that it can convert
  // without loss. A cast would silently lose the others.
  std::string Converted(const std::string& column,
                        const std::string& /*type*/) const override {
    return Name(column);
  }

  // A provenance of 0 or less belongs to a row whose trigger has not finished
  // yet, because the write of the application comes before the trigger.
  std::optional<std::string> GuardedCheck(
      const std::string& check,
      const std::vector<std::string>& provenance) const override {
    std::string sql;
    for (const std::string& column : provenance) {
      sql += Name(column) + " <= 0 OR ";
    }
    return sql + "(" + check + ")";
  }
};

inline const SqliteSpelling kSpelling{};

}  // namespace segue::sqlite
