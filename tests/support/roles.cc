#include "tests/support/roles.h"

namespace segue::test {

void CreateRole(TestDatabase& database, const std::string& name,
                const std::string& more) {
  database.Exec("DO $$ BEGIN CREATE ROLE " + name + " LOGIN " + more +
                "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
}

}  // namespace segue::test
