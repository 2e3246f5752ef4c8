#include "ledger/layout.h"

#include <utility>

#include "db/upsert.h"
#include "ledger/layout4.h"
#include "ledger/ledger_schema.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using db::Connection;

// Returns what the role lacks, and what helps.
std::optional<std::pair<std::string, std::string>> Lacking(
    Connection& connection, const std::string& rights_sql) {
  if (rights_sql.empty()) return std::nullopt;
  const db::Result lacking = connection.Execute(rights_sql);
  if (lacking.rows.empty()) return std::nullopt;
  return std::pair(db::ToText(lacking.rows[0].at(0)),
                   db::ToText(lacking.rows[0].at(1)));
}

[[noreturn]] void ThrowNoLedger(const Error& cause, Connection& connection,
                                const std::string& rights_sql) {
  const auto lacking = Lacking(connection, rights_sql);
  throw Error(
      ErrorKind::kRefused,
      std::string("segue may not create its ledger here: ") + cause.what())
      .WithCode(cause.native_code())
      .WithHint(
          "it keeps its state in the database it changes; " +
          (lacking ? lacking->second
                   : "let this role create there, or run the first command as "
                     "the database's owner"));
}

// A role that may not see the ledger must not take it for one that is not
// there.
void RefuseUnlessReadable(Connection& connection,
                          const std::string& rights_sql) {
  const auto lacking = Lacking(connection, rights_sql);
  if (!lacking) return;
  throw Error(ErrorKind::kRefused, lacking->first).WithHint(lacking->second);
}

}  // namespace

std::string LedgerLayout::TableNamed(const std::string& table) const {
  return dialect_.capabilities().ledger_prefix + table;
}

std::optional<int> LedgerLayout::Version(Connection& connection) const {
  try {
    const db::Result found = connection.Execute(
        "SELECT value FROM " + TableNamed("meta") + " WHERE name = 'version'");
    if (found.rows.empty()) {
      throw Error(ErrorKind::kCorrupt, "the ledger does not say its version");
    }
    return std::stoi(db::ToText(found.rows[0][0]));
  } catch (const Error& error) {
    const bool absent = error.kind() == ErrorKind::kRefused ||
                        error.kind() == ErrorKind::kNotFound;
    if (!absent) throw;
  }
  RefuseUnlessReadable(connection, dialect_.LedgerRightsSql());
  return std::nullopt;
}

bool LedgerLayout::Open(Connection& connection, db::LedgerUse use) const {
  dialect_.RequireSafeLedger(connection, use);
  const std::optional<int> version = Version(connection);
  if (!version) return false;
  if (*version > kLedgerVersion) {
    throw Error(ErrorKind::kRefused,
                "the ledger in this database was written by a newer segue")
        .WithHint("use that version of segue for this database");
  }
  if (*version < kLedgerVersion) Upgrade(connection);
  return true;
}

void LedgerLayout::CreateTables(Connection& connection) const {
  db::Transaction transaction(connection, {});
  for (const std::string& sql : dialect_.LedgerSetup()) {
    connection.Execute(sql);
  }
  for (const std::string& sql : LedgerTables(dialect_.capabilities())) {
    connection.Execute(sql);
  }
  for (const std::string& sql : dialect_.LedgerSeal()) connection.Execute(sql);
  db::Put(connection, dialect_,
          {TableNamed("meta"),
           {{"name", "version"}},
           {{"value", std::to_string(kLedgerVersion),
             db::Upsert::IfThere::kKeep}}});
  transaction.Commit();
}

void LedgerLayout::Install(Connection& connection) const {
  // A write runs the triggers of what is there.
  if (Open(connection, db::LedgerUse::kRun)) return;
  try {
    CreateTables(connection);
  } catch (const Error& error) {
    if (error.poisons_connection()) throw;
    // Another runner may have created it at the same instant.
    if (Open(connection, db::LedgerUse::kRun)) return;
    if (error.kind() != ErrorKind::kRefused) throw;
    ThrowNoLedger(error, connection, dialect_.RightsSql(""));
  }
}

// Another runner may upgrade the ledger at the same instant, so the row with
// the version is locked first and then read again.
void LedgerLayout::Upgrade(Connection& connection) const {
  dialect_.RequireSafeLedger(connection, db::LedgerUse::kRun);
  db::Transaction transaction(connection, {});
  connection.Execute("UPDATE " + TableNamed("meta") +
                     " SET value = value WHERE name = 'version'");
  const int first = Version(connection).value_or(kLedgerVersion);
  for (const std::string& sql : LedgerTables(dialect_.capabilities())) {
    connection.Execute(sql);
  }
  for (const std::string& sql : dialect_.LedgerSeal()) connection.Execute(sql);
  for (int version = first; version < kLedgerVersion; ++version) {
    for (const std::string& sql :
         LedgerUpgrade(dialect_.capabilities(), version)) {
      connection.Execute(sql);
    }
    if (version == 4) MoveObservations(connection, dialect_);
  }
  connection.Execute(
      "UPDATE " + TableNamed("meta") + " SET value = $1 WHERE name = 'version'",
      {std::to_string(kLedgerVersion)});
  transaction.Commit();
}

}  // namespace segue::engine
