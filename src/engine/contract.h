// The contract in its stages: the evidence, the seal that can be undone, and
// the drop that cannot.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/run_parts.h"
#include "engine/transitions.h"

namespace segue::engine {

// True when something was dropped that nothing brings back.
bool PastFirstDrop(const Context& context, const MigrationRow& row);
// True when something of the contract was run and not undone.
bool ContractBegun(const Context& context, const MigrationRow& row);

class Contract {
 public:
  // All references must outlive it.
  Contract(const Context& context, Transitions& transitions, MigrationRow& row,
           RunParts& parts)
      : context_(context),
        transitions_(transitions),
        row_(row),
        parts_(parts) {}

  // Past the first drop, or all that is left is to say that it is complete.
  bool OnlyForward() const;
  // Throws unless nothing that will be dropped is in use (or a reason is given,
  // which the history keeps) and old and new agree in every row, as they are
  // now. What a run that died had sealed is undone first.
  void GatherEvidence(const std::string& force_reason);
  // Settles rows and exchanges what can be exchanged back.
  void Seal();
  void Drop();
  // Takes the seal back after `error`, which it never hides: both versions are
  // live again.
  void UnsealAfter(Error& error);

 private:
  void RefuseUsed(const std::string& force_reason);
  void Unseal();

  const Context& context_;
  Transitions& transitions_;
  MigrationRow& row_;
  RunParts& parts_;
};

}  // namespace segue::engine
