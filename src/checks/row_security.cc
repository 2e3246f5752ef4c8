#include "checks/row_security.h"

namespace segue::checks {

std::vector<Finding> CheckRowSecurity(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const auto& [table, source] : MovedTables(context)) {
    if (!table->row_security_hides) continue;
    findings.push_back(
        {Finding::Severity::kError, "row-security-hides-rows",
         "row security on table '" + table->name.name +
             "' may hide rows from this role, so that they would not be "
             "moved; run as a role with BYPASSRLS or as the table's owner "
             "without FORCE ROW LEVEL SECURITY",
         "a backfill and its proof see only the rows that a policy shows, and "
         "the others would be lost with the old column",
         "run as a role with BYPASSRLS, or as the owner without FORCE ROW "
         "LEVEL SECURITY",
         source});
  }
  return findings;
}

}  // namespace segue::checks
