#include "dialects/sqlite/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::sqlite {
namespace {

using ::testing::Eq;

std::string Read(const std::string& line) {
  const auto access = ParsePlanLine(line);
  if (!access) return "nothing";
  return access->method + "|" + access->table + "|" + access->index;
}

// The lines are those of SQLite 3.40.
TEST(ParsePlanLineTest, TablesAndIndexes) {
  EXPECT_EQ(Read("SCAN users"), "SCAN|users|");
  EXPECT_EQ(Read("SEARCH users USING INDEX users_name (name=?)"),
            "SEARCH|users|users_name");
  EXPECT_EQ(Read("SCAN users USING COVERING INDEX users_name"),
            "SCAN|users|users_name");
  EXPECT_EQ(Read("SEARCH users USING INTEGER PRIMARY KEY (rowid=?)"),
            "SEARCH|users|the primary key");
  EXPECT_EQ(Read("SEARCH b USING AUTOMATIC COVERING INDEX (x=?)"),
            "SEARCH|b|an automatic index");
  EXPECT_EQ(Read("SEARCH b USING INDEX i (x=?) LEFT-JOIN"), "SEARCH|b|i");
  EXPECT_EQ(Read("SCAN my table USING INDEX a b"), "SCAN|my table|a b");
}

TEST(ParsePlanLineTest, WhatReadsNoTable) {
  for (const char* line :
       {"USE TEMP B-TREE FOR ORDER BY", "SCAN CONSTANT ROW", "CO-ROUTINE q",
        "SCAN (subquery-1)", "SCAN <subquery-2>", "SCAN 2-ROW VALUES CLAUSE",
        "MULTI-INDEX OR", "COMPOUND QUERY"}) {
    EXPECT_EQ(Read(line), "nothing") << line;
  }
}

TEST(NumberParametersTest, EverySpelling) {
  int count = -1;
  EXPECT_THAT(NumberParameters("SELECT ?, ?5, :a, @b, $c, $1 -- ?", count),
              Eq("SELECT $1, $2, $3, $4, $5, $6 -- ?"));
  EXPECT_EQ(count, 6);
  EXPECT_THAT(NumberParameters("SELECT '?', \":a\", [@b], x", count),
              Eq("SELECT '?', \":a\", [@b], x"));
  EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace segue::sqlite
