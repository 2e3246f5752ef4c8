// What hangs on the columns that a contract takes away: kept once a migration
// has expanded, and compared before anything is contracted, so that nothing is
// lost which others have made meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ledger/ledger.h"

namespace segue::engine {

// A row of PlannedAction::inventory.
struct Fact {
  std::string text;    // "index public.users_name", "default: 1f0a", ...
  std::string object;  // the name of an index or constraint; empty: it is none
  std::string kind;    // as in planning/answers.h
  bool changed = false;  // was there before, with another value
};

// How the inventory of one action differs from what was kept.
struct Change {
  std::size_t step = 0;
  std::size_t action = 0;
  std::vector<Fact> come;
  std::vector<std::string> gone;  // without what has only another value now
  std::vector<Fact> now;          // all of it
  std::vector<std::string> kept;  // what was there then
  // A default was set, be it to what it was: another one may have held in
  // between.
  bool default_set = false;

  // True when the column or its heir has another default now, or none.
  bool DefaultsChanged() const;
  // True when nothing is there now that was not there then, and nothing gone.
  bool AsItWas() const { return come.empty() && gone.empty(); }
  // Returns what the defaults belong to that are not those of then: "default",
  // "default of m", "default of column 'm' of partition 't_2024'".
  std::vector<std::string> ChangedDefaults() const;
  // Returns the statement that sets a default back to what it was then: that of
  // a column, "m", or of a "type t". Empty: it is not known.
  std::string WayBack(const std::string& what) const;
};

// Which actions are asked. Before a seal that can be undone, the actions that
// put the old shape aside know it by its name; from the seal on, those that
// drop it do. Without an undo window every action is one of the first kind.
enum class AskedOf { kOldShape, kPutAside };

// True for the text of a fact that is the default of the column that goes.
bool IsDefault(const std::string& fact);
// Returns the text of a fact for people, without the hash by which defaults and
// definitions are kept.
std::string Shown(const std::string& fact);

// Records what is there now. Joins the open transaction.
void KeepInventory(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row, AskedOf whom = AskedOf::kOldShape);
// Records the privileges that are there now, before anything lets them follow.
// Joins the open transaction.
void KeepPrivileges(db::Connection& connection, const Ledger& ledger,
                    const MigrationRow& row);
// Records that the plan takes this change into account.
void KeepChange(db::Connection& connection, const Ledger& ledger,
                const MigrationRow& row, const Change& change);

// Records of the defaults only when they were set: an undone contract has set
// them. Joins the open transaction.
void KeepSettings(db::Connection& connection, const Ledger& ledger,
                  const MigrationRow& row);

// Records the constraints that an undo of the contract has brought back as they
// are then: a check or a foreign key is NOT VALID, and what rows keep away is
// gone. Joins the open transaction.
void KeepBroughtBack(db::Connection& connection, const Ledger& ledger,
                     const MigrationRow& row);

// Returns what has come or gone since, action by action. A migration of an
// earlier segue has recorded nothing, and nothing of it has changed.
std::vector<Change> ChangesSince(db::Connection& connection,
                                 const Ledger& ledger, const MigrationRow& row,
                                 AskedOf whom = AskedOf::kOldShape);

// Returns the actions of which a default has changed or was set since.
std::vector<Change> DefaultsSince(db::Connection& connection,
                                  const Ledger& ledger,
                                  const MigrationRow& row);

// Throws Error{kRefused} with all names, unless there is no change.
void RefuseChanges(const MigrationRow& row, const std::vector<Change>& changes);

// Locks what these actions of a step take away, for the rest of the open
// transaction, and throws the same over what has come, and over privileges that
// are gone. What else is gone by then is what the contract itself has taken
// away.
void LockUnchanged(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row, std::size_t step, std::size_t begin,
                   std::size_t end);

}  // namespace segue::engine
