// A dry run: it tells what a command would do.
#pragma once

#include <string>
#include <vector>

#include "engine/run.h"
#include "segue/progress.h"

namespace segue::engine {

// Reads the schema and the ledger, and changes nothing in the database.
class DryRun : public Run {
 public:
  explicit DryRun(const Context& context) : context_(context) {}

  Standing Begin(const Migration& migration) override;
  bool Continue(const std::string& named, Phase end) override;
  void Preflight(const Planned& planned) override;
  void Intend(const Planned& planned,
              const std::vector<std::string>& queries) override;
  void Keep(const std::vector<std::string>& queries) override;
  void ToReady(bool undo_on_any_failure) override;
  void RequireReady() override {}
  using Run::Contract;
  void Contract(const std::string& force_reason, bool drop) override;
  void Unseal(const std::string& lossy_reason) override;
  void Undo(const std::string& abandon_reason) override;
  Outcome Report() override;

 private:
  // Logs what is left of these phases as the real run would execute it.
  void RunPhases(Phase first, Phase last);
  void UndoSteps(const std::function<bool(const Step&)>& which);

  const Context& context_;
  Plan plan_;
  std::vector<std::string> notes_;  // about what was not tried
  std::vector<HistoryEntry> log_;
  std::string over_;  // why there is nothing to do, or empty
};

}  // namespace segue::engine
