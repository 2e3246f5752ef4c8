#include "engine/context.h"

#include "backfill/options.h"
#include "ledger/named.h"
#include "segue/error.h"

namespace segue::engine {

Context::Context(Database& target, MigratorOptions from)
    : database(target),
      options(std::move(from)),
      given(options),
      ledger(target.dialect(), target.schema(),
             options.who.empty() ? SystemUser() : options.who, options.lease) {}

std::chrono::milliseconds Context::LockBudget() const {
  return LockBudgetOf(options, database.dialect().capabilities());
}

void Context::Adopt(const Migration& migration) {
  options = OptionsFor(given, migration);
}

MigrationRow Context::Require(const std::string& named, Phase end) const {
  if (named.empty() || !ledger.Open(connection(), db::LedgerUse::kRun)) {
    return RequireActive();
  }
  MigrationRow row = FindNamed(connection(), ledger, named);
  RefuseOtherEnd(connection(), ledger, row, end);
  return row;
}

bool Context::TrustsLedger() const {
  try {
    database.dialect().RequireSafeLedger(connection(), db::LedgerUse::kRun);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kRefused) throw;
    return false;
  }
}

MigrationRow Context::RequireActive() const {
  if (ledger.Open(connection(), db::LedgerUse::kRun)) {
    if (auto row = ledger.Active(connection())) return *std::move(row);
  }
  throw Error(ErrorKind::kNotFound,
              "no migration is active in schema '" + database.schema() + "'")
      .WithHint(
          "'segue start FILE' begins one; 'segue history' lists past ones");
}

std::optional<MigrationRow> Context::ActiveOrNewest() const {
  if (!ledger.Open(connection())) return std::nullopt;
  auto row = ledger.Active(connection());
  return row ? std::move(row) : ledger.Newest(connection());
}

// The inspection throws the error when there is no schema of that name.
void Context::RequireSchema() const {
  database.dialect().Inspect(connection(), database.schema());
}

}  // namespace segue::engine
