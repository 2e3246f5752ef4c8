#include "db/without_literals.h"

#include <gtest/gtest.h>

namespace segue::db {
namespace {

TEST(WithoutLiteralsTest, StringsAndNumbersGo) {
  EXPECT_EQ(
      WithoutLiterals("UPDATE t2 SET a = 'it''s', b = -1.5e3 WHERE id=17"),
      "UPDATE t2 SET a = ?, b = -? WHERE id=?");
  EXPECT_EQ(WithoutLiterals("SELECT E'a\\'b', e'\\\\', B'101', $1, $$x$$, "
                            "$q$ $$ $q$, 0x1F, \"a'1\", t$1"),
            "SELECT ?, ?, ?, $1, ?, ?, ?, \"a'1\", t$1");
  EXPECT_EQ(WithoutLiterals("SELECT 'ä', straße FROM caf\xc3\xa9 LIMIT 5"),
            "SELECT ?, straße FROM caf\xc3\xa9 LIMIT ?");
}

TEST(WithoutLiteralsTest, CommentsGo) {
  EXPECT_EQ(WithoutLiterals("SELECT 1 -- for 'Ann'\n, /* a /* b */ 2 */ x"),
            "SELECT ? \n,  x");
}

// The server cuts a long statement off.
TEST(WithoutLiteralsTest, WhatIsCutOffIsNotShown) {
  EXPECT_EQ(WithoutLiterals("SELECT 'secr"), "SELECT ?");
  EXPECT_EQ(WithoutLiterals("SELECT E'a\\"), "SELECT ?");
  EXPECT_EQ(WithoutLiterals("SELECT $x$secr"), "SELECT ?");
  EXPECT_EQ(WithoutLiterals("SELECT /* secr"), "SELECT ");
  EXPECT_EQ(WithoutLiterals("SELECT \"na"), "SELECT \"na");
  EXPECT_EQ(WithoutLiterals(""), "");
}

}  // namespace
}  // namespace segue::db
