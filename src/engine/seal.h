// A contract that is sealed and can still be undone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/run_parts.h"
#include "segue/error.h"

namespace segue::engine {

// The time for which a sealed contract can be undone.
struct SealWindow {
  std::string sealed_at;    // ISO 8601, UTC
  double left_seconds = 0;  // 0: it is over

  bool over() const { return left_seconds <= 0; }
};

// Returns the window of a contract that is sealed whole, and of which nothing
// is dropped yet; nullopt for any other, and for a plan without a window.
std::optional<SealWindow> WindowOf(const Context& context,
                                   const MigrationRow& row);

// True when the contract was ever sealed, also when that was undone.
bool WasSealed(const Context& context, const MigrationRow& row);

// Records when the contract was sealed, and what hangs on the old shape and how
// often that was used by then. Joins the transaction that ends the seal.
void RecordSeal(const Context& context, const MigrationRow& row);

// Returns a text for each row that the new version has written and the old
// shape cannot hold, and for whatever else an undo of the contract would lose.
// Reads all rows of the motions.
std::vector<std::string> LostByUndo(const Context& context,
                                    const MigrationRow& row, RunParts& parts);

// Returns the error with which a command is refused that needs the contract to
// be over.
Error StillSealed(const MigrationRow& row, const SealWindow& window);

// Says that the contract stays sealed, for how long, and what can be done.
std::string SealedText(const SealWindow& window);

}  // namespace segue::engine
