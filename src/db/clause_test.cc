#include "db/clause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::db {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

bool IsType(std::string_view text) {
  return IsTypeText(text, [](const std::string& word) {
    return word == "varying" || word == "with" || word == "time" ||
           word == "zone" || word == "day" || word == "to" || word == "second";
  });
}

TEST(ClauseTest, TypesOfEveryShape) {
  for (const char* text :
       {"text", "varchar(10)", "character varying (10)", "numeric(5,-2)",
        "timestamp(3) with time zone", "integer[]", "int4[3][]",
        "app.\"my \"\"type\"", "geometry(Point, 4326)", "\"char\"",
        "interval day to second(3)", " text ", "bit varying(3)[]"}) {
    EXPECT_TRUE(IsType(text)) << text;
  }
}

TEST(ClauseTest, WhatEndsItsClauseIsNoType) {
  for (const char* text : {"",
                           "text); COMMIT; DROP TABLE victim; --",
                           "text CHECK (false)",
                           "text REFERENCES victim",
                           "text DEFAULT 5",
                           "text, b text",
                           "text)",
                           "text(",
                           "text(10",
                           "text(1)(2)",
                           "text[",
                           "text -- x",
                           "text/* */",
                           "(text)",
                           "text;",
                           "\"open",
                           "\"\"",
                           "text('a)",
                           "text(a b)",
                           "a..b",
                           "text COLLATE \"C\""}) {
    EXPECT_FALSE(IsType(text)) << text;
  }
}

TEST(ClauseTest, SettingsAreANameAndAValue) {
  for (const char* text :
       {"siglen = 32", "fillfactor=70", "a = -1.5", "b = on", "c='x'"}) {
    EXPECT_TRUE(IsSettingText(text)) << text;
  }
  for (const char* text :
       {"", "a", "a =", "a = 1)", "a = 1; DROP", "a = 1, b"}) {
    EXPECT_FALSE(IsSettingText(text)) << text;
  }
}

TEST(ClauseTest, NamesAreFoldedUnlessTheyAreQuoted) {
  EXPECT_THAT(NameParts("Text_Ops"), Optional(ElementsAre("text_ops")));
  EXPECT_THAT(NameParts("pg_catalog.\"C\""),
              Optional(ElementsAre("pg_catalog", "C")));
  EXPECT_THAT(NameParts("\"de-DE.x\""), Optional(ElementsAre("de-DE.x")));
  for (const char* text : {"", "a b", "a.", ".a", "\"C\"); COMMIT; --",
                           "asc); COMMIT", "de-DE", "a;b", "\"a"}) {
    EXPECT_EQ(NameParts(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace segue::db
