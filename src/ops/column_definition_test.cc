#include "ops/column_definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"
#include "tests/doubles/nodes.h"
#include "tests/support/thrown.h"

namespace segue::ops {
namespace {

using base::Node;
using test::Map;
using test::Text;
using ::testing::HasSubstr;

std::string ErrorOf(std::vector<base::NodeEntry> entries) {
  const Error error =
      test::ThrownBy([&] { ParseColumnDefinition(Map(std::move(entries))); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  return error.what();
}

TEST(ParseColumnDefinition, IsNotNullUnlessToldOtherwise) {
  const ColumnDefinition plain =
      ParseColumnDefinition(Map({{"name", Text("id")}, {"type", Text("int")}}));
  EXPECT_FALSE(plain.column.nullable);
  EXPECT_FALSE(plain.primary_key);
  EXPECT_FALSE(plain.unique);
  EXPECT_FALSE(plain.check);
  EXPECT_FALSE(plain.reference);
}

TEST(ParseColumnDefinition, ReadsEveryKey) {
  const ColumnDefinition full = ParseColumnDefinition(
      Map({{"name", Text("team")},
           {"type", Text("int")},
           {"nullable", Text("true")},
           {"pk", Text("true")},
           {"unique", Text("true")},
           {"default", Text("7")},
           {"comment", Text("its team")},
           {"check",
            Map({{"name", Text("some")}, {"constraint", Text("team > 0")}})},
           {"references", Map({{"name", Text("fk")},
                               {"table", Text("teams")},
                               {"column", Text("id")}})}}));
  EXPECT_EQ(full.column.name, "team");
  EXPECT_EQ(full.column.type, "int");
  EXPECT_TRUE(full.column.nullable);
  EXPECT_EQ(full.column.default_sql, "7");
  EXPECT_EQ(full.column.comment, "its team");
  EXPECT_TRUE(full.primary_key);
  EXPECT_TRUE(full.unique);
  EXPECT_EQ(full.check->check, "team > 0");
  EXPECT_EQ(full.reference->reference.table, "teams");
}

TEST(ParseColumnDefinition, ReadsIdentity) {
  const auto identity = [](std::vector<base::NodeEntry> keys) {
    return ParseColumnDefinition(
               Map({{"name", Text("id")},
                    {"type", Text("int")},
                    {"generated", Map({{"identity", Map(std::move(keys))}})}}))
        .column;
  };
  EXPECT_EQ(identity({}).identity, schema::Identity::kAlways);
  EXPECT_EQ(identity({{"user_specified_values", Text("by default")}}).identity,
            schema::Identity::kByDefault);
  EXPECT_EQ(identity({{"sequence_options", Text("START 5")}}).identity_options,
            "START 5");
  EXPECT_THAT(
      ErrorOf({{"name", Text("id")},
               {"type", Text("int")},
               {"generated", Map({{"identity", Map({{"user_specified_values",
                                                     Text("sometimes")}})}})}}),
      HasSubstr("expected ALWAYS or BY DEFAULT, found 'sometimes'"));
}

TEST(ParseColumnDefinition, RefusesContradictions) {
  const Node expression = Map({{"expression", Text("a + 1")}});
  const Node both = Map({{"expression", Text("a + 1")}, {"identity", Map({})}});
  const auto with = [](const Node& generated,
                       std::vector<base::NodeEntry> more = {}) {
    more.push_back({"name", Text("x")});
    more.push_back({"type", Text("int")});
    more.push_back({"generated", generated});
    return ErrorOf(std::move(more));
  };
  EXPECT_EQ(ParseColumnDefinition(Map({{"name", Text("x")},
                                       {"type", Text("int")},
                                       {"generated", expression}}))
                .column.generated_sql,
            "a + 1");
  EXPECT_THAT(with(both), HasSubstr("either 'expression' or 'identity'"));
  EXPECT_THAT(with(Map({})), HasSubstr("either 'expression' or 'identity'"));
  EXPECT_THAT(with(expression, {{"default", Text("1")}}),
              HasSubstr("has no 'default'"));
  EXPECT_THAT(with(Map({{"identity", Map({})}}), {{"nullable", Text("true")}}),
              HasSubstr("cannot be nullable"));
}

}  // namespace
}  // namespace segue::ops
