#include "segue/instances.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/append.h"
#include "base/clock.h"
#include "base/text.h"
#include "db/dialect.h"
#include "ledger/ledger.h"
#include "ledger/versions.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {
namespace {

// An instance that has been silent for more than a day says nothing about what
// runs today.
constexpr std::chrono::seconds kLongestTtl = std::chrono::hours(24);
constexpr std::size_t kLongestName = 200;
constexpr std::ptrdiff_t kMostShown = 8;  // versions that a hint names

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

// True for "2" and "v2".
bool IsNumber(std::string_view version) {
  if (version.starts_with("v")) version.remove_prefix(1);
  return !version.empty() &&
         version.find_first_not_of("0123456789") == std::string_view::npos;
}

void RequireKnown(Database& database, const engine::Ledger& ledger,
                  const std::string& version, VersionNames names) {
  if (names == VersionNames::kKnownOrNumber && IsNumber(version)) return;
  std::vector<std::string> known =
      engine::KnownVersions(database.connection(), ledger);
  if (std::count(known.begin(), known.end(), version) > 0) return;
  const std::string near = base::Nearest(version, known);
  const bool more = std::ssize(known) > kMostShown;
  if (more) known.erase(known.begin(), known.end() - kMostShown);
  throw Error(ErrorKind::kNotFound,
              "no version of schema '" + database.schema() + "' is called '" +
                  version + "'" +
                  (near.empty() ? "" : "; did you mean '" + near + "'?"))
      .WithHint("known are " + base::Join(known, ", ") +
                (more ? ", and older ones" : ""));
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

// Returns what sessions have said, in one entry for each instance, role and
// version.
std::vector<InstanceInfo> SaidBySessions(Database& database,
                                         const engine::Ledger& ledger) {
  const std::string now = database.dialect().capabilities().now_sql;
  const db::Result found = database.connection().Execute(
      "SELECT id, version, min(host), min(registered_at), " + now +
          " - max(seen), max(expires) - " + now + ", role, count(*) FROM " +
          ledger.TableNamed("instance_session") +
          " WHERE schema_name = $1 GROUP BY id, role, version"
          " ORDER BY id, role, version",
      {ledger.schema_name()});
  std::vector<InstanceInfo> instances;
  for (const db::Row& row : found.rows) {
    instances.push_back({db::ToText(row[0]), db::ToText(row[1]),
                         db::ToText(row[2]), db::ToText(row[3]),
                         db::ToInt(row[4]), db::ToInt(row[5]),
                         db::ToText(row[6]), db::ToInt(row[7])});
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
                                 std::chrono::seconds ttl, VersionNames names) {
  CheckName("id", id);
  CheckName("version", version);
  CheckTtl(ttl);
  const engine::Ledger ledger = LedgerOf(database_);
  ledger.Install(database_.connection());
  RequireKnown(database_, ledger, version, names);
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
  std::vector<InstanceInfo> all = Select(database_, ledger, "", {});
  base::Append(SaidBySessions(database_, ledger), all);
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

bool Instances::Remove(const std::string& id) {
  const engine::Ledger ledger = LedgerOf(database_);
  if (!ledger.Open(database_.connection(), db::LedgerUse::kRun)) return false;
  std::int64_t removed = 0;
  for (const char* table : {"instance", "instance_session"}) {
    removed += database_.connection()
                   .Execute("DELETE FROM " + ledger.TableNamed(table) +
                                " WHERE schema_name = $1 AND id = $2",
                            {ledger.schema_name(), id})
                   .affected;
  }
  return removed > 0;
}

}  // namespace segue
