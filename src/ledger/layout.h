// The ledger's tables as they are in a database: created, brought up to date,
// or refused.
#pragma once

#include <optional>
#include <string>

#include "db/dialect.h"

namespace segue::engine {

// One for all schemas of a database. Each call opens a transaction of its own.
class LedgerLayout {
 public:
  explicit LedgerLayout(const db::Dialect& dialect) : dialect_(dialect) {}

  // Creates the ledger where there is none, then opens it; safe to repeat.
  void Install(db::Connection& connection) const;
  // False when there is none. Upgrades one that an earlier segue wrote; throws
  // Error{kRefused} for one of a newer segue.
  bool Open(db::Connection& connection) const;

 private:
  void CreateTables(db::Connection& connection) const;
  // nullopt: there is no ledger.
  std::optional<int> Version(db::Connection& connection) const;
  void Upgrade(db::Connection& connection) const;
  std::string TableNamed(const std::string& table) const;

  const db::Dialect& dialect_;
};

}  // namespace segue::engine
