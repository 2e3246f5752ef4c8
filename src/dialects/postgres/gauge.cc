#include "dialects/postgres/gauge.h"

#include "dialects/postgres/sql.h"

namespace segue::postgres {

std::string ScansSql(const schema::TableName& index) {
  return "SELECT pg_catalog.pg_stat_get_numscans(pg_catalog.to_regclass(" +
         Literal(Name(index)) + "))";
}

Gauge GaugeFor(const schema::Table& table,
               const std::vector<std::string>& indexes) {
  Gauge gauge;
  gauge.table = table.name.name;
  for (const std::string& index : indexes) {
    gauge.indexes.push_back({index, ScansSql({table.name.schema, index})});
  }
  const std::vector<std::string> key = table.WalkKey();
  gauge.probe = "SELECT * FROM " + Name(table.name);
  if (!key.empty()) gauge.probe += " ORDER BY " + Idents(key);
  gauge.probe += " LIMIT 1";
  return gauge;
}

}  // namespace segue::postgres
