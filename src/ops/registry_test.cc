#include "ops/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/reader.h"

namespace segue::ops {
namespace {

using base::Node;
using ::testing::HasSubstr;

Node Text(const std::string& scalar, bool quoted = false) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = scalar;
  node.quoted = quoted;
  return node;
}

// Returns a map that stands on line 7 of m.yaml, with its values on the
// following lines.
Node Map(std::vector<base::NodeEntry> entries) {
  Node map;
  map.kind = Node::Kind::kMap;
  map.file = "m.yaml";
  map.line = 7;
  map.path = "operations[0].op";
  int line = map.line;
  for (auto& [key, value] : entries) {
    value.file = map.file;
    value.line = ++line;
    value.path = map.path + "." + key;
  }
  map.entries = std::move(entries);
  return map;
}

std::string UsageErrorOf(const std::string& operation, const Node& body) {
  try {
    ParseOperation(operation, body);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(Registry, ListsItsOperations) {
  std::vector<std::string> names;
  for (const RegistryEntry& entry : Registry()) names.emplace_back(entry.name);
  EXPECT_THAT(
      names,
      ::testing::ElementsAre(
          "add_column", "alter_column", "change_primary_key",
          "create_constraint", "create_index", "create_table", "drop_column",
          "drop_constraint", "drop_index", "drop_multicolumn_constraint",
          "drop_table", "merge_tables", "move_column", "partition_table",
          "rebuild_table", "rename_column", "rename_constraint", "rename_table",
          "set_replica_identity", "split_table", "sql", "unpartition_table"));
}

TEST(ParseOperation, ReadsEachOperation) {
  const Node column =
      Map({{"name", Text("x")}, {"type", Text("int")}, {"default", Text("0")}});
  EXPECT_EQ(ParseOperation("add_column",
                           Map({{"table", Text("t")}, {"column", column}}))
                ->name(),
            "add_column");
  EXPECT_EQ(ParseOperation("alter_column", Map({{"table", Text("t")},
                                                {"column", Text("c")},
                                                {"default", Node()}}))
                ->name(),
            "alter_column");
  EXPECT_EQ(ParseOperation("drop_column",
                           Map({{"table", Text("t")}, {"column", Text("c")}}))
                ->name(),
            "drop_column");
  EXPECT_EQ(
      ParseOperation(
          "rename_column",
          Map({{"table", Text("t")}, {"from", Text("a")}, {"to", Text("b")}}))
          ->name(),
      "rename_column");
  EXPECT_EQ(ParseOperation("sql", Map({{"up", Text("SELECT 1")}}))->name(),
            "sql");
}

TEST(ParseOperation, NamesTheNearestKey) {
  EXPECT_EQ(
      UsageErrorOf(
          "rename_column",
          Map({{"table", Text("t")}, {"form", Text("a")}, {"to", Text("b")}})),
      "m.yaml:9: operations[0].op: unknown key 'form', nearest is 'from'");
}

TEST(ParseOperation, NamesWhatIsMissing) {
  EXPECT_EQ(UsageErrorOf("drop_column", Map({{"table", Text("t")}})),
            "m.yaml:7: operations[0].op: missing key 'column'");
}

TEST(ParseOperation, NamesTheWrongType) {
  EXPECT_EQ(UsageErrorOf("drop_column",
                         Map({{"table", Map({})}, {"column", Text("c")}})),
            "m.yaml:8: operations[0].op.table: expected a text, found a map");
  EXPECT_THAT(UsageErrorOf("drop_column",
                           Map({{"table", Text("12")}, {"column", Text("c")}})),
              HasSubstr("found number 12"));
  EXPECT_EQ(UsageErrorOf("drop_column", Map({{"table", Text("12", true)},
                                             {"column", Text("c")}})),
            "");
  EXPECT_THAT(UsageErrorOf("alter_column", Map({{"table", Text("t")},
                                                {"column", Text("c")},
                                                {"nullable", Text("si")}})),
              HasSubstr("expected true or false, found 'si'"));
}

TEST(ParseOperation, RefusesWhatItDoesNotActOn) {
  const Node column =
      Map({{"name", Text("x")}, {"type", Text("int")}, {"generated", Map({})}});
  EXPECT_THAT(UsageErrorOf("add_column",
                           Map({{"table", Text("t")}, {"column", column}})),
              HasSubstr("a generated column cannot be added without"));
  const Node key = Map({{"name", Text("x")},
                        {"type", Text("int")},
                        {"nullable", Text("true")},
                        {"pk", Text("true")}});
  EXPECT_THAT(
      UsageErrorOf("add_column", Map({{"table", Text("t")}, {"column", key}})),
      HasSubstr("a primary key takes no NULL"));
  const Node plain = Map(
      {{"name", Text("x")}, {"type", Text("int")}, {"unique", Text("false")}});
  EXPECT_EQ(UsageErrorOf("add_column",
                         Map({{"table", Text("t")}, {"column", plain}})),
            "");
  EXPECT_THAT(
      UsageErrorOf("rename_column", Map({{"table", Text("t")},
                                         {"from", Text("a")},
                                         {"to", Text("b")},
                                         {"strategy", Text("shadow_table")}})),
      HasSubstr("not supported yet"));
}

TEST(ParseOperation, UnknownOperation) {
  EXPECT_THAT(UsageErrorOf("rename_colum", Map({})),
              HasSubstr("unknown operation 'rename_colum', nearest is "
                        "'rename_column'"));
}

TEST(ParseOperation, AlterColumnMustChangeSomething) {
  EXPECT_THAT(UsageErrorOf("alter_column", Map({{"table", Text("t")},
                                                {"column", Text("c")},
                                                {"up", Text("c")}})),
              HasSubstr("nothing to change"));
}

TEST(ParseOperation, SqlOnCompletionHasNoUndo) {
  EXPECT_THAT(UsageErrorOf("sql", Map({{"up", Text("SELECT 1")},
                                       {"down", Text("SELECT 2")},
                                       {"onComplete", Text("true")}})),
              HasSubstr("leave out 'down'"));
}

TEST(Reader, TellsNullFromAbsent) {
  const Node map = Map({{"a", Node()}});
  const Reader reader(map, {"a", "b"});
  EXPECT_TRUE(reader.IsNull("a"));
  EXPECT_FALSE(reader.IsNull("b"));
  EXPECT_FALSE(reader.Has("a"));
  EXPECT_FALSE(reader.OptionalSql("a"));
}

TEST(Reader, AnEmptyExpressionIsNone) {
  const Node map =
      Map({{"up", Text(" ")}, {"down", Text("x")}, {"c", Text("")}});
  const Reader reader(map, {"up", "down", "c"});
  EXPECT_EQ(reader.Expression("up"), "");
  EXPECT_EQ(reader.Expression("down"), "x");
  EXPECT_EQ(reader.Expression("none"), "");
  EXPECT_THROW(reader.OptionalSql("c"), Error);
}

}  // namespace
}  // namespace segue::ops
