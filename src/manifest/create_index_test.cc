// Tests the forms in which files write the columns of an index.
#include "manifest/document.h"
#include "ops/registry.h"
#include "planning/plan_bed.h"

namespace segue::manifest {
namespace {

using ::testing::HasSubstr;

std::string Parsed(const std::string& body) {
  const base::Node tree = ParseDocument(body, "f.yaml");
  Migration migration("m", "");
  migration.operations.push_back(ops::ParseOperation("create_index", tree));
  const test::FakeDialect dialect;
  schema::Schema schema;
  schema.name = "public";
  schema.tables = {ops::MakeUsers()};
  std::vector<schema::IndexColumn> columns;
  ops::Inquiry inquiry([&](const db::Question& question) {
    columns = std::get<db::IndexQuestion>(question).index.columns;
    return db::Answer{};
  });
  ops::PlanContext context{dialect, Access::kInPlace, "m", "", inquiry, schema};
  ops::PlanOperations(context, migration.operations);
  std::string text;
  for (const schema::IndexColumn& part : columns) {
    text += part.name + part.expression + "|" + part.collation + "|" +
            part.opclass + "|" + (part.descending ? "DESC" : "") + "|" +
            (part.nulls_first ? (*part.nulls_first ? "FIRST" : "LAST") : "") +
            "\n";
  }
  return text;
}

TEST(CreateIndexFileTest, TakesEveryPublishedFormOfColumns) {
  const std::string head = "name: i\ntable: users\ncolumns: ";
  EXPECT_EQ(Parsed(head + "[name, age]"), "name||||\nage||||\n");
  EXPECT_EQ(Parsed(head + "{name: {}, age: {sort: DESC}, email: }"),
            "name||||\nage|||DESC|\nemail||||\n");
  EXPECT_EQ(Parsed(head + "[{column: name, collate: C, nulls: FIRST}]"),
            "name|C|||FIRST\n");
  EXPECT_EQ(Parsed(head + "[{column: name, sort: ASC, nulls: LAST}]"),
            "name||||LAST\n");
  EXPECT_EQ(Parsed(head + "[{expression: lower(name), sort: DESC}]"),
            "lower(name)|||DESC|\n");
}

TEST(CreateIndexFileTest, TakesParametersOfOperatorClasses) {
  const std::string head =
      "name: i\ntable: users\ncolumns: [{column: name, opclass: ";
  EXPECT_EQ(Parsed(head + "{name: ops}}]"), "name||ops||\n");
  EXPECT_EQ(Parsed(head + "{name: ops, params: ['a=1', 'b=2']}}]"),
            "name||ops (a=1, b=2)||\n");
  EXPECT_EQ(Parsed(head + "{name: ops, params: ['(a=1)']}}]"),
            "name||ops (a=1)||\n");
}

std::string Refused(const std::string& body) {
  try {
    Parsed(body);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(CreateIndexFileTest, SaysWhatIsWrong) {
  const std::string head = "name: i\ntable: users\n";
  EXPECT_THAT(Refused(head), HasSubstr("missing key 'columns'"));
  EXPECT_THAT(Refused(head + "columns: []"), HasSubstr("names no column"));
  EXPECT_THAT(Refused(head + "columns: name"),
              HasSubstr("expected a list of columns"));
  EXPECT_THAT(Refused(head + "columns: [{sort: ASC}]"),
              HasSubstr("needs either 'column' or 'expression'"));
  EXPECT_THAT(Refused(head + "columns: [{column: a, sort: UP}]"),
              HasSubstr("unknown sort 'UP'; known are ASC, DESC"));
  EXPECT_THAT(Refused(head + "columns: [a]\nmethod: trie"),
              HasSubstr("unknown method 'trie'; known are btree, hash"));
}

}  // namespace
}  // namespace segue::manifest
