#include "base/node.h"

#include <gtest/gtest.h>

namespace segue::base {
namespace {

Node Scalar(const std::string& text) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = text;
  return node;
}

TEST(NodeTest, FindsTheValueOfAKey) {
  Node map;
  map.kind = Node::Kind::kMap;
  map.entries.emplace_back("table", Scalar("users"));
  ASSERT_NE(map.Find("table"), nullptr);
  EXPECT_EQ(map.Find("table")->scalar, "users");
  EXPECT_EQ(map.Find("column"), nullptr);
  EXPECT_EQ(Scalar("x").Find("table"), nullptr);
}

TEST(NodeTest, SaysWhereItStood) {
  Node node;
  node.path = "operations[0].table";
  EXPECT_EQ(node.Where(), "operations[0].table");
  node.file = "a.yaml";
  EXPECT_EQ(node.Where(), "a.yaml: operations[0].table");
  node.line = 12;
  EXPECT_EQ(node.Where(), "a.yaml:12: operations[0].table");
  node.path.clear();
  EXPECT_EQ(node.Where(), "a.yaml:12");
  node.file.clear();
  EXPECT_EQ(node.Where(), "line 12");
}

}  // namespace
}  // namespace segue::base
