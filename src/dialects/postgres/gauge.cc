#include "dialects/postgres/gauge.h"

#include <chrono>
#include <cstdint>
#include <thread>

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

// A session tells its counts when it is idle, and not more often than once in
// a while. Before PostgreSQL 15 nothing makes it tell them earlier.
void SettleCounts(db::Connection& connection) {
  constexpr std::int64_t kForced = 150000;
  constexpr std::chrono::milliseconds kWhile{1100};
  const db::Result version = connection.Execute(
      "SELECT pg_catalog.current_setting('server_version_num')::bigint");
  if (db::ToInt(version.rows.at(0).at(0)) >= kForced) {
    connection.Execute("SELECT pg_catalog.pg_stat_force_next_flush()");
    return;
  }
  std::this_thread::sleep_for(kWhile);
  connection.Execute("SELECT 1");
  std::this_thread::sleep_for(kWhile);
}

}  // namespace segue::postgres
