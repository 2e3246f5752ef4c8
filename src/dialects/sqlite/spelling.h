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

  // A column takes any value and converts only what converts without loss. A
  // cast would lose the rest silently.
  std::string Converted(const std::string& column,
                        const std::string& /*type*/) const override {
    return Name(column);
  }

  // A provenance of 0 or less is that of a row whose trigger has not run to its
  // end yet, since what an application writes comes before the trigger.
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
