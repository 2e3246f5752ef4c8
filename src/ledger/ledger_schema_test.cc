#include "ledger/ledger_schema.h"

#include <gmock/gmock.h>

#include "tests/doubles/fake_dialect.h"

namespace segue::engine {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

// A database that takes no text in a key uses another type there.
TEST(LedgerSchemaTest, TakesEveryTypeFromTheLanguage) {
  const std::vector<std::string> tables =
      LedgerTables(test::FakeDialect().capabilities());
  EXPECT_THAT(tables,
              Contains("CREATE TABLE IF NOT EXISTS segue.action ("
                       "schema_name key NOT NULL, migration key NOT NULL, "
                       "step integer NOT NULL, action integer NOT NULL, "
                       "state text NOT NULL, attempts integer NOT NULL, "
                       "changed_at text NOT NULL, "
                       "PRIMARY KEY (schema_name, migration, step, action))"));
  EXPECT_THAT(tables, Contains(HasSubstr("event (id identity, schema_name")));
  EXPECT_THAT(tables, Each(Not(HasSubstr("TEXT"))));
}

TEST(LedgerSchemaTest, GivesDefaultsToColumnsOfTheTypeOfKeysOnly) {
  const db::Capabilities can = test::FakeDialect().capabilities();
  std::vector<std::string> all = LedgerTables(can);
  const auto upgrade = LedgerUpgrade(can, 1);
  all.insert(all.end(), upgrade.begin(), upgrade.end());
  EXPECT_THAT(all, Contains(HasSubstr("folded_into key NOT NULL DEFAULT ''")));
  EXPECT_THAT(all, Each(Not(HasSubstr("text NOT NULL DEFAULT"))));
}

}  // namespace
}  // namespace segue::engine
