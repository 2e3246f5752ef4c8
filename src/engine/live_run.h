// A command that is executed, under the lease, in contrast to a dry run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "engine/run.h"
#include "engine/run_parts.h"
#include "engine/transitions.h"
#include "ledger/lease.h"

namespace segue::engine {

class LiveRun : public Run {
 public:
  explicit LiveRun(Context& context);

  Standing Begin(const Migration& migration) override;
  bool Continue(const std::string& named, Phase end) override;
  void Preflight(const Planned& planned) override;
  void Intend(const Planned& planned,
              const std::vector<std::string>& queries) override;
  void Keep(const std::vector<std::string>& queries) override;
  void ToReady(bool undo_on_any_failure) override;
  void RequireReady() override;
  using Run::Contract;
  void Contract(const std::string& force_reason, bool drop) override;
  void Unseal(const std::string& lossy_reason) override;
  void Undo(const std::string& abandon_reason) override;
  Outcome Report() override;

 private:
  void TakeLease();
  // Does work that is safe to repeat again while the database is locked.
  void Patiently(const std::function<void()>& work);
  void WalkToReady(RunParts& parts);
  void RunPhase(RunParts& parts, Phase phase);
  // Ends an active migration of another name whose undo window is over. Throws
  // Error{kRefused} while it can be undone.
  void CloseWindow(const Migration& migration);
  void UndoAll(const std::string& abandon_reason);
  void UndoSteps(RunParts& parts);
  // Makes the published version refuse.
  void Withdraw(RunParts& parts);
  // Records the rollback, and who is seen to use the version.
  void BeginRollback();
  // Ends the rollback, and removes the version that refuses, unless it was in
  // use: its names would then mean the tables of the schema.
  void EndRollback(const std::string& abandoned);
  // Undoes everything after `error`. The outcome of the undo becomes a note of
  // `error`, which it never hides.
  void UndoAfter(Error& error);

  Context& context_;
  std::optional<base::LogContext> about_;  // what its log lines are about
  std::optional<Lease> lease_;
  std::optional<Transitions> transitions_;
  MigrationRow row_;
  std::vector<MigrationRow> parts_;  // of a fold that is begun
  std::vector<std::string> notes_;
  bool acts_ = true;  // false: what was asked for had happened before
};

}  // namespace segue::engine
