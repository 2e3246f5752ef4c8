// The items of the gate. Each asks one thing, changes nothing, and says what it
// has found; src/engine/gate/ has a file for each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/run_parts.h"
#include "segue/error.h"
#include "segue/gate.h"

namespace segue::engine {

struct GateContext {
  const Context& context;
  const MigrationRow& row;  // is ready, or sealed
  RunParts& parts;
  // The contract is sealed, and its drop is asked about.
  bool sealed = false;
};

struct GateAnswer {
  GateState state = GateState::kPass;
  std::string message = {};
  std::vector<std::string> details = {};
  std::string hint = {};
};

// Returns that it passes when there are no details, and otherwise that it
// fails.
GateAnswer FailsOver(std::vector<std::string> details, std::string message,
                     std::string hint);

// Says what `error` says, which refuses a contract. Throws it again when it is
// of another kind.
GateAnswer FailsWith(const Error& error);
GateAnswer NotWatched(std::string message);

// When a contract asks.
enum class GateTime {
  kFirst,  // before it changes anything
  // Both before and when all rows are verified, which may take long.
  kTwice,
  kLast,  // when it has let follow what has changed since the start
};

struct GateEntry {
  const char* name;
  const char* about;
  // Returns nullopt when the migration has nothing that it could ask about.
  std::optional<GateAnswer> (*ask)(const GateContext&);
  GateTime time = GateTime::kFirst;
  bool forcible = false;
  ErrorKind refusal = ErrorKind::kRefused;
  // It is asked again before a contract that was sealed for a while drops.
  bool before_drop = false;
};

// Returns the table of items, in the order in which they are asked.
const std::vector<GateEntry>& GateEntries();

// Asks one item. Returns nullopt as it does.
std::optional<GateItem> AskItem(const GateContext& gate,
                                const GateEntry& entry);
// Throws Error{kUsage} for a name that no item has.
void RequireItems(const std::vector<std::string>& names);

}  // namespace segue::engine
