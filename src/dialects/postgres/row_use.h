// What a trigger function does with the row that it is called for, found by
// parsing its text.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace segue::postgres {

struct RowUse {
  // The columns of the row that it names, as NEW.x, OLD.x or through a variable
  // that holds the row.
  std::set<std::string> columns = {};
  // True when it works only as long as the row has the columns that it has now:
  // it takes the row apart into the columns of another table, or compares it
  // with something of a fixed shape.
  bool fixed_shape = false;
  // True when it hands the whole row to something else, such as to_jsonb(NEW).
  bool passes_row = false;
  // True when it runs SQL that it builds as text, which nobody can see before.
  bool builds_sql = false;
  friend bool operator==(const RowUse&, const RowUse&) = default;
};

// Reads the whole CREATE FUNCTION of a trigger function in PL/pgSQL. `tables`
// are the names, without schemas, that the rows have in it: of the trigger's
// table, and of its transition tables. Returns nullopt for text that cannot be
// parsed, also where the server could.
std::optional<RowUse> UseOfRow(const std::string& create_function,
                               const std::string& table,
                               const std::vector<std::string>& transitions);

}  // namespace segue::postgres
