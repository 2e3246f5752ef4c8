#include "segue/instances.h"

#include <algorithm>

#include "base/clock.h"
#include "db/dialect.h"
#include "ledger/ledger.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {
namespace {

// An instance that has been silent for more than a day says nothing about what
// runs today.
constexpr std::chrono::seconds kLongestTtl = std::chrono::hours(24);
constexpr std::size_t kLongestName = 200;

engine::Ledger LedgerOf(Database& database) {
  // The registry writes no history and takes no lease, so the user's name and
  // the length of a lease do not matter here.
  return {database.dialect(), database.schema(), "", MigratorOptions{}.lease};
}

void CheckName(const char* what, const std::string& name) {
  const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!name.empty() && name.size() <= kLongestName && printable) return;
  throw Error(ErrorKind::kUsage, std::string("the ") + what +
                                     " of an instance has 1 to " +
                                     std::to_string(kLongestName) +
                                     " bytes and no control characters");
}

void CheckTtl(std::chrono::seconds ttl) {
  if (ttl >= std::chrono::seconds(1) && ttl <= kLongestTtl) return;
  throw Error(ErrorKind::kUsage,
              "an instance's time to live is 1 second to 1 day");
}

// `condition` begins with AND, or is empty.
std::vector<InstanceInfo> Select(Database& database,
                                 const engine::Ledger& ledger,
                                 const std::string& condition,
                                 const std::vector<db::Value>& more) {
  const std::string now = database.dialect().capabilities().now_sql;
  std::vector<db::Value> parameters = {ledger.schema_name()};
  parameters.insert(parameters.end(), more.begin(), more.end());
  const db::Result found = database.connection().Execute(
      "SELECT id, version, host, registered_at, " + now +
          " - seen, expires - " + now + " FROM " +
          ledger.TableNamed("instance") + " WHERE schema_name = $1 " +
          condition + " ORDER BY id",
      parameters);
  std::vector<InstanceInfo> instances;
  for (const db::Row& row : found.rows) {
    instances.push_back({db::ToText(row[0]), db::ToText(row[1]),
                         db::ToText(row[2]), db::ToText(row[3]),
                         db::ToInt(row[4]), db::ToInt(row[5])});
  }
  return instances;
}

InstanceInfo Load(Database& database, const engine::Ledger& ledger,
                  const std::string& id) {
  const auto found = Select(database, ledger, "AND id = $2", {id});
  if (found.empty()) {
    throw Error(ErrorKind::kNotFound, "instance '" + id + "' is not registered")
        .WithHint("register it first");
  }
  return found.front();
}

}  // namespace

InstanceInfo Instances::Register(const std::string& id,
                                 const std::string& version,
                                 std::chrono::seconds ttl) {
  CheckName("id", id);
  CheckName("version", version);
  CheckTtl(ttl);
  const engine::Ledger ledger = LedgerOf(database_);
  ledger.Install(database_.connection());
  const std::string now = database_.dialect().capabilities().now_sql;
  db::Put(database_.connection(), database_.dialect(),
          {ledger.TableNamed("instance"),
           {{"schema_name", ledger.schema_name()}, {"id", id}},
           {{"version", version},
            {"host", engine::HostName()},
            {"registered_at", base::FormatUtc(base::SystemClock().WallTime())},
            db::Upsert::Computed("seen", now),
            db::Upsert::Computed("expires",
                                 now + " + " + std::to_string(ttl.count()))}});
  return Load(database_, ledger, id);
}

InstanceInfo Instances::Heartbeat(const std::string& id) {
  const engine::Ledger ledger = LedgerOf(database_);
  ledger.Install(database_.connection());
  const std::string now = database_.dialect().capabilities().now_sql;
  const db::Result changed = database_.connection().Execute(
      "UPDATE " + ledger.TableNamed("instance") + " SET expires = " + now +
          " + (expires - seen), seen = " + now +
          " WHERE schema_name = $1 AND id = $2 AND expires > " + now,
      {ledger.schema_name(), id});
  const InstanceInfo instance = Load(database_, ledger, id);
  if (changed.affected == 0) {
    throw Error(ErrorKind::kNotFound, "instance '" + id + "' expired " +
                                          std::to_string(-instance.expires_in) +
                                          " s ago")
        .WithHint("register it again with the version that it runs");
  }
  return instance;
}

std::vector<InstanceInfo> Instances::List() {
  const engine::Ledger ledger = LedgerOf(database_);
  if (!ledger.Open(database_.connection())) return {};
  return Select(database_, ledger, "", {});
}

bool Instances::Remove(const std::string& id) {
  const engine::Ledger ledger = LedgerOf(database_);
  if (!ledger.Open(database_.connection(), db::LedgerUse::kRun)) return false;
  return database_.connection()
             .Execute("DELETE FROM " + ledger.TableNamed("instance") +
                          " WHERE schema_name = $1 AND id = $2",
                      {ledger.schema_name(), id})
             .affected > 0;
}

}  // namespace segue
