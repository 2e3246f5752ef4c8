#include "dialects/postgres/sql.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

TEST(SqlTest, QuotesNamesAndLiterals) {
  EXPECT_EQ(Ident("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(Name({"public", "Users"}), "\"public\".\"Users\"");
  EXPECT_EQ(Literal("it's"), "'it''s'");
  EXPECT_EQ(Literal("a\\b'"), "E'a\\\\b'''");
}

TEST(SqlTest, ReadsTheMajorVersion) {
  EXPECT_EQ(MajorVersion("PostgreSQL 13.4"), 13);
  EXPECT_EQ(MajorVersion("PostgreSQL 9.6"), 9);
  EXPECT_EQ(MajorVersion("PostgreSQL 18beta1"), 18);
  EXPECT_EQ(MajorVersion(""), 15);
}

TEST(NativeTypeTest, PortableNamesCountInCapitals) {
  EXPECT_EQ(NativeType("TEXT"), "text");
  EXPECT_EQ(NativeType("INTEGER"), "bigint");
  EXPECT_EQ(NativeType("integer"), "integer");
  EXPECT_EQ(NativeType("BOOLEAN"), "boolean");
  EXPECT_EQ(NativeType("TIMESTAMP"), "timestamp with time zone");
  EXPECT_EQ(NativeType("timestamp"), "timestamp without time zone");
  EXPECT_EQ(NativeType("JSON"), "jsonb");
  EXPECT_EQ(NativeType("json"), "json");
}

TEST(NativeTypeTest, SpellsTypesAsTheServerPrintsThem) {
  EXPECT_EQ(NativeType("varchar(10)"), "character varying(10)");
  EXPECT_EQ(NativeType(" Numeric ( 10, 2 ) "), "numeric(10,2)");
  EXPECT_EQ(NativeType("int8"), "bigint");
  EXPECT_EQ(NativeType("int[]"), "integer[]");
  EXPECT_EQ(NativeType("timestamptz(3)"), "timestamp(3) with time zone");
  EXPECT_EQ(NativeType("timestamp(3)  with time zone"),
            "timestamp(3) with time zone");
  EXPECT_EQ(NativeType("char"), "character(1)");
  EXPECT_EQ(NativeType("double precision"), "double precision");
}

TEST(NativeTypeTest, LeavesOthersNamesAlone) {
  EXPECT_EQ(NativeType("\"Mood\""), "\"Mood\"");
  EXPECT_EQ(NativeType("ext.INT"), "ext.INT");
}

TEST(TypeTest, EqualityIsTrustedForExactTypesOnly) {
  EXPECT_TRUE(EqualMeansIdentical("bigint", ""));
  EXPECT_TRUE(EqualMeansIdentical("character varying(10)", ""));
  EXPECT_TRUE(EqualMeansIdentical("timestamp(3) with time zone", ""));
  EXPECT_FALSE(EqualMeansIdentical("text", "\"nocase\""));
  EXPECT_FALSE(EqualMeansIdentical("numeric(10,2)", ""));
  EXPECT_FALSE(EqualMeansIdentical("citext", ""));
  EXPECT_FALSE(EqualMeansIdentical("double precision", ""));
  EXPECT_FALSE(EqualMeansIdentical("text[]", ""));
}

TEST(DefaultTest, LiteralsAreConstant) {
  for (const char* text :
       {"0", "'x'::text", "(-5)", "'-5'::integer", "(-1.5)::numeric(10,2)",
        "'it''s'::character varying", "true", "NULL::text", "'{}'::jsonb"}) {
    EXPECT_TRUE(IsConstantDefault(text)) << text;
  }
}

TEST(DefaultTest, EverythingElseIsNot) {
  for (const char* text :
       {"now()", "CURRENT_DATE", "nextval('s'::regclass)", "1 + 1",
        "('now'::text)::date", "'a'::text || 'b'::text", "", "truely()",
        "random()"}) {
    EXPECT_FALSE(IsConstantDefault(text)) << text;
  }
}

}  // namespace
}  // namespace segue::postgres
