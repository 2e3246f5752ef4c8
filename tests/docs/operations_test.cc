// The example on each operation's page runs on every database that the page
// does not exclude.
#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/support/operation_page.h"

namespace segue::test {
namespace {

class OperationPagesTest : public DialectTest {
 protected:
  void Run(const OperationPage& page, Access access) {
    const std::unique_ptr<TestDatabase> database = GetParam().fresh();
    database->Exec(page.setup);
    Database session = database->Open();
    MigratorOptions options;
    options.access = access;
    Migrator migrator(session, options);
    const Migration migration =
        manifest::Parse(page.migration, "01_example.yaml");
    const std::string before = database->Dump();
    if (!migrator.Start(migration).status.is_complete()) {
      migrator.Rollback();
      EXPECT_EQ(database->Dump(), before);
      migrator.Start(migration);
      migrator.Complete();
    }
    EXPECT_NE(database->Dump(), before) << "it changed nothing";
  }
};

TEST_P(OperationPagesTest, TheExamplesRun) {
  for (const OperationPage& page : OperationPages(SEGUE_SOURCE_DIR)) {
    if (!page.concerns(GetParam())) continue;
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      SCOPED_TRACE(page.name + ", " + std::string(ToString(access)));
      EXPECT_NO_THROW(Run(page, access));
    }
  }
}

SEGUE_INSTANTIATE(OperationPagesTest);

}  // namespace
}  // namespace segue::test
