#include "checks/row_security.h"

namespace segue::checks {

std::vector<Finding> CheckRowSecurity(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const schema::Table* table : MovedTables(context)) {
    if (!table->row_security_hides) continue;
    findings.push_back(
        {Finding::Severity::kError,
         "row security on table '" + table->name.name +
             "' may hide rows from this role, so that they would not be "
             "moved; run as a role with BYPASSRLS or as the table's owner "
             "without FORCE ROW LEVEL SECURITY"});
  }
  return findings;
}

}  // namespace segue::checks
