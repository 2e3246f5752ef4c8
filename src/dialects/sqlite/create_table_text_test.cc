#include "dialects/sqlite/create_table_text.h"

#include <gmock/gmock.h>

#include "dialects/sqlite/index_text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

using ::testing::ElementsAre;

TEST(Tokens, KnowQuotesCommentsAndBlobs) {
  std::vector<std::string> texts;
  for (const Token& token : Tokenize(
           "a \"b \"\"c\" 'it''s; --' [d e] `f`/* ( */x'0f' 1.5e-3 -- )\n,")) {
    texts.emplace_back(token.text);
  }
  EXPECT_THAT(texts, ElementsAre("a", "\"b \"\"c\"", "'it''s; --'", "[d e]",
                                 "`f`", "x'0f'", "1.5e-3", ","));
  EXPECT_EQ(NameOf(Tokenize("\"b \"\"c\"")[0]), "b \"c");
  EXPECT_EQ(NameOf(Tokenize("[d e]")[0]), "d e");
  EXPECT_TRUE(Tokenize("'open").size() == 1 && Tokenize("/* open").empty());
}

TEST(CreateTableText, FindsDefinitions) {
  const char* sql =
      "CREATE TABLE \"t (\"(\n  id INTEGER PRIMARY KEY, -- a, comment\n"
      "  [na me] varchar(10, 2) /* , */ NOT NULL DEFAULT ', ('  ,\n"
      "  \"check\" TEXT CHECK (length(x, y) > 0)\n, CONSTRAINT c CHECK (1))";
  EXPECT_EQ(ColumnDefinition(sql, "ID"), "id INTEGER PRIMARY KEY");
  EXPECT_EQ(ColumnDefinition(sql, "na me"),
            "[na me] varchar(10, 2) /* , */ NOT NULL DEFAULT ', ('");
  EXPECT_EQ(ColumnDefinition(sql, "check"),
            "\"check\" TEXT CHECK (length(x, y) > 0)");
  EXPECT_THROW(ColumnDefinition(sql, "c"), Error);
  EXPECT_THROW(ColumnDefinition("CREATE VIEW v AS SELECT 1", "c"), Error);
  EXPECT_THROW(ColumnDefinition("", "c"), Error);
}

std::string Relaxed(const std::string& column) {
  return WithoutNotNull("CREATE TABLE t(" + column + ", b TEXT)", "a");
}

TEST(CreateTableText, TakesNotNullAway) {
  EXPECT_EQ(Relaxed("a TEXT NOT NULL"), "CREATE TABLE t(a TEXT, b TEXT)");
  EXPECT_EQ(Relaxed("a TEXT not  null on conflict FAIL DEFAULT 1"),
            "CREATE TABLE t(a TEXT DEFAULT 1, b TEXT)");
  EXPECT_EQ(Relaxed("a TEXT CONSTRAINT x NOT NULL UNIQUE"),
            "CREATE TABLE t(a TEXT UNIQUE, b TEXT)");
  EXPECT_EQ(Relaxed("a NOT NULL /* kept */ -- so\n"),
            "CREATE TABLE t(a /* kept */ -- so\n, b TEXT)");
  EXPECT_EQ(Relaxed("a NOT NULL NOT NULL"), "CREATE TABLE t(a, b TEXT)");
}

TEST(CreateTableText, LeavesOtherNullsAlone) {
  for (const char* column :
       {"a TEXT NULL", "a TEXT CHECK (a NOT NULL)", "a DEFAULT (1 NOT NULL)",
        "a REFERENCES p(x) ON DELETE SET NULL NOT DEFERRABLE"}) {
    EXPECT_EQ(Relaxed(column),
              "CREATE TABLE t(" + std::string(column) + ", b TEXT)");
  }
}

TEST(CreateTableText, GivesNotNull) {
  const char* sql = "CREATE TABLE t(a TEXT -- x\n, b)";
  EXPECT_EQ(WithNotNull(sql, "a"), "CREATE TABLE t(a TEXT NOT NULL -- x\n, b)");
  EXPECT_EQ(WithNotNull(WithNotNull(sql, "b"), "b"),
            "CREATE TABLE t(a TEXT -- x\n, b NOT NULL)");
}

TEST(CreateTableText, ChangesDefaults) {
  const auto with = [](const std::string& column, const std::string& value) {
    return WithDefault("CREATE TABLE t(" + column + ")", "a", value);
  };
  EXPECT_EQ(with("a", "1"), "CREATE TABLE t(a DEFAULT 1)");
  EXPECT_EQ(with("a DEFAULT -2.5 UNIQUE", "1"),
            "CREATE TABLE t(a DEFAULT 1 UNIQUE)");
  EXPECT_EQ(with("a DEFAULT (f(1, ')')) NOT NULL", "'x'"),
            "CREATE TABLE t(a DEFAULT 'x' NOT NULL)");
  EXPECT_EQ(with("a REFERENCES p ON DELETE SET DEFAULT", "1"),
            "CREATE TABLE t(a REFERENCES p ON DELETE SET DEFAULT DEFAULT 1)");
  EXPECT_EQ(WithoutDefault("CREATE TABLE t(a INT DEFAULT +7 NOT NULL)", "a"),
            "CREATE TABLE t(a INT NOT NULL)");
}

TEST(CreateTableText, ReadsChecksCollationsAndGenerated) {
  const char* sql =
      "CREATE TABLE t(a TEXT COLLATE nocase CHECK (a > '('), "
      "b AS (a || ')') STORED, CONSTRAINT both CHECK (a <> b) UNIQUE (a))";
  const std::vector<CheckText> checks = Checks(sql);
  ASSERT_EQ(checks.size(), 2u);
  EXPECT_EQ(checks[0].column, "a");
  EXPECT_EQ(checks[0].expression, "a > '('");
  EXPECT_EQ(checks[1].name, "both");
  const std::vector<ColumnText> columns = ColumnTexts(sql);
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_EQ(columns[0].collation, "nocase");
  EXPECT_EQ(columns[1].generated_sql, "a || ')'");
}

TEST(IndexText, SplitsParts) {
  const IndexText index = ParseIndex(
      "CREATE INDEX i ON t (a COLLATE NOCASE DESC, f(b, 'x,'), c ASC) "
      "WHERE a IN (1, 2)");
  EXPECT_THAT(index.parts, ElementsAre("a", "f(b, 'x,')", "c"));
  EXPECT_EQ(index.predicate, "a IN (1, 2)");
  EXPECT_TRUE(ParseIndex("").parts.empty());
}

TEST(Names, TellLiteralsFromExpressions) {
  for (const char* text : {"1", "-1.5", "'x'", "x'00'", "NULL", "true", "(1)",
                           "('it''s')", "+3"}) {
    EXPECT_TRUE(IsLiteral(text)) << text;
  }
  for (const char* text : {"1 + 1", "CURRENT_TIMESTAMP", "random()", "a",
                           "(1) + (2)", "", "- -1"}) {
    EXPECT_FALSE(IsLiteral(text)) << text;
  }
  EXPECT_EQ(DefaultText("a -- b"), "(a -- b\n)");
  EXPECT_EQ(BareOrQuoted("full_name"), "full_name");
  EXPECT_EQ(BareOrQuoted("select"), "\"select\"");
  EXPECT_EQ(BareOrQuoted("a b"), "\"a b\"");
}

constexpr char kConstrained[] =
    "CREATE TABLE t(a INTEGER CONSTRAINT \"One\" CHECK (a > 0) REFERENCES p"
    " ON DELETE SET NULL ON UPDATE CASCADE NOT NULL, b TEXT CHECK(b <> ')'),\n"
    "  CONSTRAINT two FOREIGN KEY (a, b) REFERENCES q (x, y) MATCH FULL"
    " DEFERRABLE INITIALLY DEFERRED /* why */,\n  CHECK (a <> b)) STRICT";

TEST(ConstraintTexts, FindsThemWithTheirNames) {
  const std::string two_columns =
      "CONSTRAINT two FOREIGN KEY (a, b) REFERENCES q (x, y) MATCH FULL "
      "DEFERRABLE INITIALLY DEFERRED";
  const std::vector<ConstraintText> found = ConstraintTexts(kConstrained);
  std::vector<std::string> texts;
  std::vector<std::string> names;
  for (const ConstraintText& one : found) {
    texts.push_back(one.text);
    names.push_back(NameOf(one));
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"One", "a_fkey", "CHECK (b <> ')')",
                                      "two", "CHECK (a <> b)"}));
  EXPECT_EQ(texts, (std::vector<std::string>{
                       "CONSTRAINT \"One\" CHECK (a > 0)",
                       "REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE",
                       "CHECK(b <> ')')", two_columns, "CHECK (a <> b)"}));
}

TEST(ConstraintTexts, ComeAndGoByteForByte) {
  const std::string added =
      WithConstraint(kConstrained, "CONSTRAINT x CHECK (a < 9)");
  EXPECT_NE(added.find("CHECK (a <> b), CONSTRAINT x CHECK (a < 9)) STRICT"),
            std::string::npos);
  EXPECT_EQ(WithoutConstraint(added, FindConstraint(added, "X")), kConstrained);
  for (const char* name : {"two", "CHECK (a <> b)"}) {
    const ConstraintText found = FindConstraint(kConstrained, name);
    std::string removed;
    const std::string without =
        WithoutConstraint(kConstrained, found, &removed);
    EXPECT_FALSE(HasConstraint(without, name));
    EXPECT_EQ(WithTextBehind(without, found.item - 1, removed), kConstrained);
  }
}

TEST(ConstraintTexts, ChangeTheirNames) {
  const std::string named =
      WithConstraintHead(kConstrained, "a_fkey", "CONSTRAINT key ");
  EXPECT_TRUE(HasConstraint(named, "key"));
  EXPECT_EQ(WithConstraintHead(named, "key", ""), kConstrained);
}

TEST(IsWithoutRowidTest, OnlyWhereTheTableSaysSo) {
  for (const char* sql :
       {"CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE t (a TEXT PRIMARY KEY) strict, without /* c */ rowid"}) {
    EXPECT_TRUE(IsWithoutRowid(sql)) << sql;
  }
  for (const char* sql :
       {"CREATE TABLE t (a PRIMARY KEY)", "CREATE TABLE t (a) STRICT", "",
        "CREATE TABLE t (\"WITHOUT ROWID\" TEXT, CHECK ('WITHOUT' <> a))",
        "CREATE TABLE t (a) -- WITHOUT ROWID"}) {
    EXPECT_FALSE(IsWithoutRowid(sql)) << sql;
  }
}

}  // namespace
}  // namespace segue::sqlite
