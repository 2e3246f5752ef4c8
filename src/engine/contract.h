// The contract in its stages: the evidence, the seal, which can be undone, and
// the drop, which cannot.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/run_parts.h"
#include "engine/transitions.h"

namespace segue::engine {

// True when the contract has dropped something that cannot be brought back.
bool PastFirstDrop(const Context& context, const MigrationRow& row);
// Returns the steps before the contract that have run and cannot be undone: SQL
// of the user's without `down`.
std::vector<std::string> LastingSteps(const Context& context,
                                      const MigrationRow& row);
// True when an action of the contract was run and was not undone.
bool ContractBegun(const Context& context, const MigrationRow& row);

class Contract {
 public:
  // All references must outlive the contract.
  Contract(const Context& context, Transitions& transitions, MigrationRow& row,
           RunParts& parts)
      : context_(context),
        transitions_(transitions),
        row_(row),
        parts_(parts) {}

  // True past the first drop, and when the contract has no work left but to
  // record that it is complete.
  bool OnlyForward() const;
  // Proves that the contract loses nothing, as the database is now: every item
  // of the gate is asked. Throws as GateKeeper::Require does. First undoes what
  // an earlier run had sealed before it died.
  void GatherEvidence(const std::string& force_reason);
  // Settles the rows that no trigger saw, and exchanges what can be exchanged
  // back.
  void Seal();
  void Drop();
  // Takes the seal back after `error`, so that both versions are live again. A
  // failure of that becomes a note of `error` and never hides it.
  void UnsealAfter(Error& error);

 private:
  void LetGrantsFollow();
  void Unseal();

  const Context& context_;
  Transitions& transitions_;
  MigrationRow& row_;
  RunParts& parts_;
};

}  // namespace segue::engine
