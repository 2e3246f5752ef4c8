// The gate of a contract: the evidence that nothing needs the old shape any
// more, item by item. docs/commands.md lists the items.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "segue/error.h"

namespace segue {

class Database;
struct MigratorOptions;

enum class GateState {
  kPass,
  kFail,
  kUnknown,     // it was looked for and cannot be told
  kNotWatched,  // nobody has set up what it is told by
};
// Returns "pass", "fail", "unknown" or "not watched".
std::string_view ToString(GateState state);

struct GateItem {
  std::string name;   // "instances": stable, for programs
  std::string about;  // what is so where it passes
  GateState state = GateState::kPass;
  std::string message = {};  // says what is so where it does not pass
  // What the message is about, one each, with names and since when.
  std::vector<std::string> details = {};
  std::string hint = {};
  // True for an unknown one that was accepted before.
  bool accepted = false;
  // Refuses a contract with an error of this kind.
  ErrorKind refusal = ErrorKind::kRefused;

  // True when a contract is refused over it, unless it is forced.
  bool refuses() const {
    return state == GateState::kFail ||
           (state == GateState::kUnknown && !accepted);
  }
  // Returns the message with its details.
  std::string Text() const;
};

struct GateReport {
  std::string migration;
  // Those that concern the migration.
  std::vector<GateItem> items;

  // Returns the first item that refuses the contract; nullptr when none does.
  const GateItem* refusing() const;
};

// Asks what Migrator::Complete asks before it contracts the active migration,
// all of it, under the lease, and changes nothing. Of a contract that is sealed
// and can be undone, it asks what is asked before the drop. `name` is that of
// the migration, or empty. Throws kNotFound when no migration is active,
// kRefused when another one is, or when it is not ready or its contract is
// under way, and kUsage for an unknown name in MigratorOptions::accept_unknown;
// and what a Migrator may throw at any time.
GateReport AskGate(Database& database, const MigratorOptions& options,
                   const std::string& name = "");

// Looks how many writes there were that the final shape will refuse, and keeps
// when there were more of them than at the last look, as AskGate and a run do
// (MigrationStatus::writes_to_fail). Takes no lease. Does nothing unless both
// versions are live and the session's role may write what segue keeps.
void KeepWritesToFail(Database& database, const MigratorOptions& options);

// Returns the names of all items, in their order.
std::vector<std::string> GateItemNames();

}  // namespace segue
