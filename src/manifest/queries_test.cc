#include "manifest/queries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::manifest {
namespace {

using ::testing::ElementsAre;

std::string Refusal(const std::string& text) {
  try {
    ParseQueries(text, "q.sql");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "taken";
}

TEST(QueriesTest, PartedBySemicolonsWithoutComments) {
  EXPECT_THAT(ParseQueries("-- the list; all of it\n"
                           "SELECT 1; /* a; /* b; */ c */ select 2 ;\n"
                           ";; UPDATE t SET a = 1 -- why\n  WHERE b/**/= 2",
                           "q.sql"),
              ElementsAre("SELECT 1", "select 2",
                          "UPDATE t SET a = 1 \n  WHERE b = 2"));
}

TEST(QueriesTest, ASemicolonInAStringEndsNothing) {
  for (const char* query :
       {"SELECT 'a;''b;'", "SELECT \"a;b\" FROM t", "SELECT `a;b`",
        "SELECT E'it\\'s; '", "SELECT $$a;b$$", "SELECT $x$a;$$b;$x$",
        "SELECT 'a\\'", "SELECT '--;'", "SELECT t.e, 'x'"}) {
    EXPECT_THAT(ParseQueries(query + std::string(" ; SELECT 1"), "q.sql"),
                ElementsAre(query, "SELECT 1"));
  }
  EXPECT_THAT(ParseQueries("SELECT $1; SELECT $2 + a$b$; SELECT 3", "q.sql"),
              ElementsAre("SELECT $1", "SELECT $2 + a$b$", "SELECT 3"));
}

TEST(QueriesTest, TheSameOnce) {
  EXPECT_THAT(ParseQueries("SELECT 1; SELECT 2; SELECT 1", "q.sql"),
              ElementsAre("SELECT 1", "SELECT 2"));
}

TEST(QueriesTest, WhatCanBeExplained) {
  EXPECT_EQ(Refusal("((SELECT 1) UNION (SELECT 2)); With a AS (SELECT 1) "
                    "DELETE FROM t; values (1); INSERT INTO t VALUES (1)"),
            "taken");
  EXPECT_EQ(Refusal("SELECT 1;\n\n-- now\nDROP TABLE t"),
            "q.sql:4: 'DROP' begins no query that can be explained");
  EXPECT_EQ(Refusal("EXPLAIN ANALYZE SELECT 1"),
            "q.sql:1: 'EXPLAIN' begins no query that can be explained");
  EXPECT_EQ(Refusal("ANALYZE SELECT 1"),
            "q.sql:1: 'ANALYZE' begins no query that can be explained");
  EXPECT_EQ(Refusal("?"), "q.sql:1: '?' begins no query that can be explained");
  EXPECT_EQ(Refusal("(("),
            "q.sql:1: '((' begins no query that can be explained");
}

TEST(QueriesTest, WhatIsNoFileOfQueries) {
  EXPECT_EQ(Refusal(""), "q.sql: there is no query in the file");
  EXPECT_EQ(Refusal(" ;; -- SELECT 1"), "q.sql: there is no query in the file");
  EXPECT_EQ(Refusal("SELECT 1;\nSELECT 'a"),
            "q.sql:2: a string or name does not end");
  EXPECT_EQ(Refusal("SELECT 1 /* a"), "q.sql:1: a comment does not end");
  EXPECT_EQ(Refusal("SELECT $a$ x"), "q.sql:1: a string does not end");
  EXPECT_EQ(Refusal("SELECT '\xe4'"), "q.sql:1: not valid UTF-8 at byte 8");
}

}  // namespace
}  // namespace segue::manifest
