#include "backfill/blockers.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "db/dialect.h"
#include "segue/error.h"

namespace segue::engine {
// The sessions of another role hide their application and their query from us.
std::string DescribeBlocker(const db::Blocker& blocker) {
  std::vector<std::string> known;
  if (!blocker.user.empty()) known.push_back("user " + blocker.user);
  if (!blocker.application.empty()) known.push_back(blocker.application);
  if (!blocker.prepared.empty()) {
    known.push_back("open since " + blocker.since);
    return fmt::format(
        "; held by prepared transaction '{}' ({}), which COMMIT PREPARED or "
        "ROLLBACK PREPARED ends",
        blocker.prepared, base::Join(known, ", "));
  }
  known.push_back(
      fmt::format("transaction open for {:.1f} s", blocker.age_seconds));
  const std::string query = blocker.query.empty() ? "" : ": " + blocker.query;
  return fmt::format("; held by session {} ({}){}", blocker.session,
                     base::Join(known, ", "), query);
}

// On a database with schemas, a plan writes the schema before the table's name.
schema::TableName LockedTable(const std::string& schema,
                              const std::string& locked) {
  const std::string prefix = schema + ".";
  const bool qualified = locked.starts_with(prefix);
  return {schema, qualified ? locked.substr(prefix.size()) : locked};
}

std::string DescribeBlockers(Database& database, const std::string& locked) {
  db::Connection& connection = database.connection();
  if (!connection.alive()) return "";
  try {
    std::string text;
    for (const db::Blocker& blocker : database.dialect().Blockers(
             connection, LockedTable(database.schema(), locked))) {
      text += DescribeBlocker(blocker);
    }
    return text;
  } catch (const Error& error) {
    return std::string("; the blockers cannot be read: ") + error.what();
  }
}

}  // namespace segue::engine
