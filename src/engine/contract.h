// The contract in its stages: the evidence, the seal, which can be undone, and
// the drop, which cannot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/run_parts.h"
#include "engine/seal.h"
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

// True for a failure after which a contract stays as it is: an interruption
// says nothing about the migration, and the next run gathers the evidence anew.
bool MayBeContinued(const Error& error);

class Contract {
 public:
  // All references must outlive the contract.
  Contract(const Context& context, Transitions& transitions, MigrationRow& row,
           RunParts& parts)
      : context_(context),
        transitions_(transitions),
        row_(row),
        parts_(parts) {}

  // Does what is left of the contract, except to record that it is complete.
  // Returns the window in which it can be undone when it stays sealed: until
  // the time is over, or `drop` says not to wait.
  std::optional<SealWindow> Walk(const std::string& force_reason, bool drop);
  // Undoes the contract before the first drop, so that both versions are live
  // again. Returns what people should know of. Throws Error{kMismatch} that
  // names the rows which the old shape cannot hold, unless a reason to lose
  // them is given.
  std::vector<std::string> Undo(const std::string& lossy_reason);

  // True past the first drop, and when the contract has no work left but to
  // record that it is complete.
  bool OnlyForward() const;
  // Takes the seal back after `error`, so that both versions are live again. A
  // failure of that becomes a note of `error` and never hides it.
  void UnsealAfter(Error& error);

 private:
  // Proves that the contract loses nothing, as the database is now: every item
  // of the gate is asked. Throws as GateKeeper::Require does. First undoes what
  // an earlier run had sealed before it died.
  void GatherEvidence(const std::string& force_reason);
  // Settles the rows that no trigger saw, and exchanges what can be exchanged
  // back.
  void Seal();
  // Proves the same of a contract that was sealed for a while, before its first
  // drop.
  void GatherDropEvidence(const std::string& force_reason);
  void Drop();
  // Undoes the contract, so that both versions are live again.
  void Unseal();
  void LetGrantsFollow();
  // Takes back what an undo has undone before `error`.
  void SealAgainAfter(Error& error);

  const Context& context_;
  Transitions& transitions_;
  MigrationRow& row_;
  RunParts& parts_;
};

}  // namespace segue::engine
