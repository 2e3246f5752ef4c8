#include "dialects/sqlite/ledger_guard.h"

#include "segue/error.h"

namespace segue::sqlite {
namespace {

// Names that begin with "segue_" are segue's own.
constexpr const char* kUnsafeSql =
    "SELECT name, 'is no plain table' FROM sqlite_schema WHERE name GLOB "
    "'segue_*' AND (type = 'view' OR (type = 'table' AND sql LIKE 'CREATE "
    "VIRTUAL%')) UNION ALL SELECT tbl_name, 'has trigger ' || name FROM "
    "sqlite_schema WHERE $1 = 1 AND type = 'trigger' AND tbl_name GLOB "
    "'segue_*' LIMIT 1";

}  // namespace

void RequireSafeLedger(db::Connection& connection, db::LedgerUse use) {
  const bool runs = use == db::LedgerUse::kRun;
  const db::Result found =
      connection.Execute(kUnsafeSql, {std::int64_t{runs ? 1 : 0}});
  if (found.rows.empty()) return;
  throw Error(
      ErrorKind::kRefused,
      "the ledger is not safe to use: " + db::ToText(found.rows[0].at(0)) +
          " " + db::ToText(found.rows[0].at(1)) +
          ", so that it would do what somebody else wrote")
      .WithHint("find out who made it, and drop it");
}

}  // namespace segue::sqlite
