#include "ops/constraint_definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"
#include "tests/doubles/nodes.h"
#include "tests/support/thrown.h"

namespace segue::ops {
namespace {

using base::Node;
using schema::Constraint;
using schema::ConstraintKind;
using test::List;
using test::Map;
using test::Text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Parse>
std::string UsageErrorOf(const Parse& parse) {
  const Error error = test::ThrownBy(parse);
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  return error.what();
}

std::string ErrorOf(std::vector<base::NodeEntry> entries) {
  return UsageErrorOf([&] { ParseConstraint(Map(std::move(entries))); });
}

TEST(ParseCheck, ReadsEveryKey) {
  const Constraint check = ParseCheck(Map({{"name", Text("adult")},
                                           {"constraint", Text("age >= 18")},
                                           {"no_inherit", Text("true")}}),
                                      "age");
  EXPECT_EQ(check.kind, ConstraintKind::kCheck);
  EXPECT_EQ(check.name, "adult");
  EXPECT_EQ(check.check, "age >= 18");
  EXPECT_TRUE(check.no_inherit);
  EXPECT_THAT(check.columns, ElementsAre("age"));
}

TEST(ParseReference, ReadsEveryKey) {
  const Constraint key =
      ParseReference(Map({{"name", Text("fk")},
                          {"table", Text("users")},
                          {"column", Text("id")},
                          {"match_type", Text("full")},
                          {"on_delete", Text("set null")},
                          {"on_update", Text("NO ACTION")},
                          {"initially_deferred", Text("true")}}),
                     "user_id");
  EXPECT_EQ(key.kind, ConstraintKind::kForeignKey);
  EXPECT_EQ(key.reference.table, "users");
  EXPECT_THAT(key.reference.columns, ElementsAre("id"));
  EXPECT_EQ(key.reference.match, "FULL");
  EXPECT_EQ(key.reference.on_delete, "SET NULL");
  EXPECT_EQ(key.reference.on_update, "");
  EXPECT_TRUE(key.deferrable);
  EXPECT_TRUE(key.initially_deferred);
}

TEST(ParseReference, RefusesWhatNoDatabaseDoes) {
  EXPECT_THAT(UsageErrorOf([] {
                ParseReference(Map({{"name", Text("fk")},
                                    {"table", Text("users")},
                                    {"match_type", Text("PARTIAL")}}),
                               "user_id");
              }),
              HasSubstr("MATCH PARTIAL is implemented by no database"));
  EXPECT_THAT(UsageErrorOf([] {
                ParseReference(Map({{"name", Text("fk")},
                                    {"table", Text("users")},
                                    {"on_delete", Text("EXPLODE")}}),
                               "user_id");
              }),
              HasSubstr("'EXPLODE' is none of NO ACTION, RESTRICT"));
}

TEST(ParseConstraint, ReadsForeignKeysOfSeveralColumns) {
  const Constraint key = ParseConstraint(
      Map({{"name", Text("fk")},
           {"type", Text("foreign_key")},
           {"columns", List({"a", "b"})},
           {"deferrable", Text("true")},
           {"references", Map({{"table", Text("t")},
                               {"columns", List({"x", "y"})},
                               {"on_delete", Text("SET DEFAULT")},
                               {"on_delete_set_columns", List({"b"})}})}}));
  EXPECT_THAT(key.columns, ElementsAre("a", "b"));
  EXPECT_THAT(key.reference.columns, ElementsAre("x", "y"));
  EXPECT_THAT(key.reference.on_delete_set_columns, ElementsAre("b"));
  EXPECT_TRUE(key.deferrable);
  EXPECT_FALSE(key.initially_deferred);
}

TEST(ParseConstraint, ReadsIndexParameters) {
  const Constraint unique = ParseConstraint(
      Map({{"name", Text("u")},
           {"type", Text("unique")},
           {"columns", List({"a"})},
           {"nulls_not_distinct", Text("true")},
           {"index_parameters",
            Map({{"tablespace", Text("fast")},
                 {"storage_parameters", Text("fillfactor = 70")},
                 {"include_columns", List({"b"})}})}}));
  EXPECT_EQ(unique.kind, ConstraintKind::kUnique);
  EXPECT_TRUE(unique.nulls_not_distinct);
  EXPECT_EQ(unique.tablespace, "fast");
  EXPECT_EQ(unique.storage_parameters, "fillfactor = 70");
  EXPECT_THAT(unique.include, ElementsAre("b"));
}

TEST(ParseConstraint, CutsExclusionElementsAtTheirCommas) {
  const Constraint exclude = ParseConstraint(
      Map({{"name", Text("x")},
           {"type", Text("exclude")},
           {"exclude",
            Map({{"index_method", Text("gist")},
                 {"elements", Text("room WITH =, tsrange(a, b) with &&")},
                 {"predicate", Text("NOT cancelled")}})}}));
  ASSERT_EQ(exclude.exclude.size(), 2U);
  EXPECT_EQ(exclude.exclude[0].expression, "room");
  EXPECT_EQ(exclude.exclude[0].op, "=");
  EXPECT_EQ(exclude.exclude[1].expression, "tsrange(a, b)");
  EXPECT_EQ(exclude.exclude[1].op, "&&");
  EXPECT_EQ(exclude.predicate, "NOT cancelled");
}

TEST(ParseConstraint, RefusesWhatItsKindCannotHave) {
  EXPECT_THAT(ErrorOf({{"name", Text("c")},
                       {"type", Text("check")},
                       {"check", Text("a > 0")},
                       {"deferrable", Text("true")}}),
              HasSubstr("a constraint of type check has no 'deferrable'"));
  EXPECT_THAT(ErrorOf({{"name", Text("c")},
                       {"type", Text("unique")},
                       {"columns", List({"a"})},
                       {"check", Text("a > 0")}}),
              HasSubstr("a constraint of type unique has no 'check'"));
  EXPECT_THAT(ErrorOf({{"name", Text("c")}, {"type", Text("uniq")}}),
              HasSubstr("'uniq' is none of unique, check"));
  EXPECT_THAT(ErrorOf({{"name", Text("c")}, {"type", Text("check")}}),
              HasSubstr("missing key 'check'"));
  EXPECT_THAT(ErrorOf({{"name", Text("c")}, {"type", Text("unique")}}),
              HasSubstr("missing key 'columns'"));
}

TEST(ParseConstraint, RefusesColumnsThatDoNotPairUp) {
  EXPECT_THAT(ErrorOf({{"name", Text("fk")},
                       {"type", Text("foreign_key")},
                       {"columns", List({"a", "b"})},
                       {"references", Map({{"table", Text("t")},
                                           {"columns", List({"x"})}})}}),
              HasSubstr("2 columns cannot reference 1"));
  EXPECT_THAT(ErrorOf({{"name", Text("u")},
                       {"type", Text("unique")},
                       {"columns", List({"a", "a"})}}),
              HasSubstr("'a' is listed twice"));
  EXPECT_THAT(ErrorOf({{"name", Text("u")},
                       {"type", Text("unique")},
                       {"columns", List({"a"})},
                       {"colour", Text("red")}}),
              HasSubstr("unknown key 'colour'"));
}

}  // namespace
}  // namespace segue::ops
