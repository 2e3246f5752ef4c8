// The example on each operation's page runs on every database that the page
// does not exclude.
#include <gtest/gtest.h>

#include <map>

#include "manifest/manifest.h"
#include "planning/answers.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/built.h"
#include "tests/support/doc_part.h"
#include "tests/support/operation_page.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class OperationPagesTest : public DialectTest {
 protected:
  // In a schema of that name, where one is given.
  void Run(const OperationPage& page, Access access,
           const std::string& schema = "") {
    const std::unique_ptr<TestDatabase> database = GetParam().fresh();
    if (!schema.empty()) {
      database->Exec("CREATE SCHEMA \"" + schema + "\"; SET search_path TO \"" +
                     schema + "\"");
    }
    database->Exec(page.setup);
    Database session = Database::Open({database->Url(), schema, ""});
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
  for (const OperationPage& page : OperationPages(SourceDir())) {
    if (!GetParam().TakesPart(page.only)) continue;
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      const std::string mode(ToString(access));
      SCOPED_TRACE(page.name + ", " + mode);
      if (page.refused == GetParam().dialect + " " + mode) {
        EXPECT_THROW(Run(page, access), Error);
      } else {
        EXPECT_NO_THROW(Run(page, access));
      }
    }
  }
}

SEGUE_INSTANTIATE(OperationPagesTest);

// The pages of the operations that do something with a column print their part
// of the table of answers.
TEST(AnswersOnPagesTest, ThePagesHaveWhatTheCodeDoes) {
  using ops::ColumnFate;
  const std::map<std::string, std::vector<ColumnFate>> pages = {
      {"add_column", {ColumnFate::kStays}},
      {"alter_column", {ColumnFate::kReplaced}},
      {"change_primary_key", {ColumnFate::kTied}},
      {"rename_column", {ColumnFate::kRenamed, ColumnFate::kBeside}},
      {"drop_column", {ColumnFate::kDropped}}};
  for (const auto& [name, fates] : pages) {
    ExpectPart(SourceDir() + "/docs/operations/" + name + ".md", "answers",
               ops::AnswersAsMarkdown(fates));
  }
}

class OperationsInASchemaTest : public OperationPagesTest {};

TEST_P(OperationsInASchemaTest, TheExamplesRunThere) {
  for (const OperationPage& page : OperationPages(SourceDir())) {
    if (!GetParam().TakesPart(page.only)) continue;
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      SCOPED_TRACE(page.name + ", " + std::string(ToString(access)));
      EXPECT_NO_THROW(Run(page, access, "my App"));
    }
  }
}

SEGUE_INSTANTIATE_ON(OperationsInASchemaTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
