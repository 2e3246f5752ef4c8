#include "dialects/sqlite/gauge.h"

#include "base/text.h"
#include "dialects/sqlite/names.h"

namespace segue::sqlite {

Gauge GaugeFor(const schema::Table& table,
               const std::vector<std::string>& indexes) {
  Gauge gauge;
  gauge.table = table.name.name;
  for (const std::string& index : indexes) gauge.indexes.push_back({index});
  std::vector<std::string> key;
  for (const std::string& column : table.WalkKey()) {
    key.push_back(Quote(column));
  }
  // The name has "main.", because the session may have a version's view of the
  // same name.
  gauge.probe = "SELECT * FROM main." + Quote(table.name.name);
  if (!key.empty()) gauge.probe += " ORDER BY " + base::Join(key, ", ");
  gauge.probe += " LIMIT 1";
  return gauge;
}

}  // namespace segue::sqlite
