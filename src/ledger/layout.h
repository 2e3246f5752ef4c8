// Creates the ledger's tables, upgrades those of an earlier segue, and refuses
// those of a newer one.
#pragma once

#include <optional>
#include <string>

#include "db/dialect.h"

namespace segue::engine {

// The schemas of a database share one ledger. Each method opens a transaction
// of its own.
class LedgerLayout {
 public:
  explicit LedgerLayout(const db::Dialect& dialect) : dialect_(dialect) {}

  // Creates the ledger where there is none, then opens it. It is safe to
  // repeat. Throws Error{kRefused} when the role may not create the ledger, and
  // as Open does.
  void Install(db::Connection& connection) const;
  // Returns false when there is no ledger. Upgrades a ledger that an earlier
  // segue wrote. Throws Error{kRefused} for the ledger of a newer segue, and
  // for one that is not safe for this use (db::Dialect::RequireSafeLedger).
  bool Open(db::Connection& connection, db::LedgerUse use) const;

 private:
  void CreateTables(db::Connection& connection) const;
  // Returns the version of the layout; nullopt when there is no ledger.
  std::optional<int> Version(db::Connection& connection) const;
  void Upgrade(db::Connection& connection) const;
  std::string TableNamed(const std::string& table) const;

  const db::Dialect& dialect_;
};

}  // namespace segue::engine
