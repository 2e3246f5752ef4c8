// The questions that a Migrator answers without changing anything.
#include "engine/context.h"
#include "engine/explain.h"
#include "engine/status.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {

std::optional<MigrationStatus> Migrator::Status() {
  auto row = context_->ActiveOrNewest();
  if (row) return engine::StatusOf(*context_, *std::move(row));
  context_->RequireSchema();
  return std::nullopt;
}

std::vector<HistoryEntry> Migrator::History() {
  std::vector<HistoryEntry> entries;
  if (context_->ledger.Open(context_->connection())) {
    entries = context_->ledger.Events(context_->connection(), "");
  }
  if (entries.empty()) context_->RequireSchema();
  return entries;
}

ExplainReport Migrator::Explain(const std::vector<std::string>& queries) {
  return engine::Explain(*context_, queries);
}

}  // namespace segue
