// The example on each operation's page can be planned where there is no server.
#include <gmock/gmock.h>

#include <regex>

#include "db/dialect.h"
#include "manifest/manifest.h"
#include "planner/planner.h"
#include "segue/error.h"
#include "tests/support/built.h"
#include "tests/support/operation_page.h"
#include "wiring/dialects.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The pages' tables are made of what SQLite and PostgreSQL spell alike, except
// for partitions.
schema::Schema SchemaOf(const std::string& page_setup) {
  static const std::regex kPartition("CREATE TABLE \\w+ PARTITION OF [^;]*;");
  static const std::regex kDivided(" PARTITION BY [^;]*");
  const std::string setup = std::regex_replace(
      std::regex_replace(page_setup, kPartition, ""), kDivided, "");
  const auto sqlite = wiring::DialectFor("sqlite");
  db::ConnectOptions memory;
  memory.url.scheme = "sqlite";
  memory.url.database = ":memory:";
  const auto connection = sqlite->Connect(memory);
  connection->ExecuteScript(setup);
  schema::Schema schema = sqlite->Inspect(*connection, "main");
  if (setup == page_setup) return schema;
  for (schema::Table& table : schema.tables) table.kind = "partitioned table";
  return schema;
}

schema::Schema As(schema::Schema schema, const db::Capabilities& can) {
  if (!can.has_schemas) return schema;
  schema.name = can.default_schema;
  for (schema::Table& table : schema.tables) {
    table.name.schema = schema.name;
  }
  return schema;
}

engine::Planned PlanPage(const db::Language& language,
                         const OperationPage& page, Access access) {
  const Migration migration =
      manifest::Parse(page.migration, "01_example.yaml");
  const db::Capabilities& can = language.capabilities();
  const engine::PlannerInput input{
      migration, can.default_schema, access, OnTransformError::kRefuse, {}};
  return engine::MakePlanOffline(language, As(SchemaOf(page.setup), can),
                                 input);
}

std::vector<std::string> ErrorsOf(const engine::Planned& planned) {
  std::vector<std::string> errors;
  for (const Finding& finding : planned.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    errors.push_back(finding.message);
  }
  return errors;
}

class OfflinePlanTest : public ::testing::TestWithParam<const char*> {};

TEST_P(OfflinePlanTest, TheExamplesOfThePagesArePlanned) {
  const auto dialect = wiring::DialectFor(GetParam());
  const bool is_sqlite = std::string(GetParam()) == "sqlite";
  for (const OperationPage& page : OperationPages(SourceDir())) {
    if (!page.only.empty() && (page.only == "sqlite") != is_sqlite) continue;
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      SCOPED_TRACE(page.name + ", " + std::string(ToString(access)));
      const engine::Planned planned = PlanPage(*dialect, page, access);
      if (page.refused ==
          std::string(GetParam()) + " " + std::string(ToString(access))) {
        EXPECT_THAT(ErrorsOf(planned), Not(IsEmpty()));
        continue;
      }
      EXPECT_THAT(ErrorsOf(planned), IsEmpty());
      ASSERT_THAT(planned.plan.steps, Not(IsEmpty()));
      int ours = 0;
      for (const Step& step : planned.plan.steps) {
        if (step.source.file == "01_example.yaml") ++ours;
      }
      EXPECT_GT(ours, 0) << "no step says which operation it is of";
    }
  }
}

TEST_P(OfflinePlanTest, ThePlanSaysWhatWasNotChecked) {
  OperationPage page;
  page.setup = "CREATE TABLE users (id integer PRIMARY KEY, age integer)";
  page.migration =
      "operations:\n"
      "- alter_column: {table: users, column: age, type: bigint}\n";
  const Plan plan =
      PlanPage(*wiring::DialectFor(GetParam()), page, Access::kInPlace).plan;
  EXPECT_THAT(plan.notes,
              Contains(HasSubstr("not checked with a server: type bigint of "
                                 "column 'age' of table 'users'")));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("expression")));
}

// What is refused is refused without a server too, at its place in the file.
TEST_P(OfflinePlanTest, ARefusalNamesItsPlace) {
  OperationPage page;
  page.setup = "CREATE TABLE users (id integer PRIMARY KEY, age integer)";
  page.migration =
      "operations:\n"
      "- rename_column: {table: users, from: nope, to: years}\n";
  try {
    PlanPage(*wiring::DialectFor(GetParam()), page, Access::kInPlace);
    FAIL() << "there is no such column";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_EQ(error.source().ToString(), "01_example.yaml:2:3");
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, OfflinePlanTest,
                         ::testing::Values("sqlite", "postgres"));

}  // namespace
}  // namespace segue::test
