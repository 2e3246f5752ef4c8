#include "backfill/blockers.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "db/dialect.h"
#include "db/without_literals.h"
#include "segue/error.h"

namespace segue::engine {

// The sessions of another role hide their application and their query from us.
// What is shown of a query goes into logs, and has no data in it.
std::string DescribeBlocker(const db::Session& blocker) {
  if (!blocker.prepared.empty()) {
    return "; held by " +
           db::SessionText(blocker, "open since " + blocker.since) +
           ", which COMMIT PREPARED or ROLLBACK PREPARED ends";
  }
  const std::string query =
      blocker.query.empty() ? "" : ": " + db::WithoutLiterals(blocker.query);
  return "; held by " +
         db::SessionText(blocker, fmt::format("transaction open for {:.1f} s",
                                              blocker.age_seconds)) +
         query;
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
    for (const db::Session& blocker : database.dialect().Blockers(
             connection, LockedTable(database.schema(), locked))) {
      text += DescribeBlocker(blocker);
    }
    return text;
  } catch (const Error& error) {
    return std::string("; the blockers cannot be read: ") + error.what();
  }
}

}  // namespace segue::engine
