#include "throttle/awaited_standby.h"

#include "db/signal.h"
#include "segue/error.h"

namespace segue::engine {

std::string AwaitedStandby(db::Connection& connection,
                           const db::Language& language) {
  for (const db::SignalSql& sql : language.Signals()) {
    if (sql.signal != ToString(db::PaceReason::kSynchronousStandbyAway)) {
      continue;
    }
    const db::Result found = connection.Execute(sql.sql);
    if (found.rows.empty()) return "";
    const db::Row& row = found.rows[0];
    const bool away =
        row.size() > 2 && !db::IsNull(row[1]) && db::ToText(row[1]) != "0";
    if (!away) return "";
    return db::IsNull(row[2]) ? "a standby" : db::ToText(row[2]);
  }
  return "";
}

void RefuseAwaitedStandby(db::Connection& connection,
                          const db::Language& language) {
  const std::string away = AwaitedStandby(connection, language);
  if (away.empty()) return;
  throw Error(ErrorKind::kRefused,
              "synchronous standby " + away +
                  " is away, and commits wait for it: a run would hang")
      .WithHint(
          "bring it back, or take it out of the server's list of synchronous "
          "standbys; nothing was changed");
}

}  // namespace segue::engine
