#include "planning/expression.h"

#include <gtest/gtest.h>

#include "tests/doubles/fake_dialect.h"

namespace segue::ops {
namespace {

TEST(SameDefault, LooksThroughWhatTheServerAdds) {
  EXPECT_TRUE(SameDefault("''", "''::text"));
  EXPECT_TRUE(SameDefault("'a''b'", "'a''b'::character varying(9)"));
  EXPECT_TRUE(SameDefault("(0)", "0"));
  EXPECT_TRUE(SameDefault("-1", "(-1)"));
  EXPECT_TRUE(SameDefault("NOW()", "now()"));
  EXPECT_TRUE(SameDefault("TRUE", "true"));
  EXPECT_TRUE(SameDefault(std::nullopt, std::nullopt));
}

TEST(SameDefault, KeepsApartWhatDiffers) {
  EXPECT_FALSE(SameDefault("'a'", "'A'"));
  EXPECT_FALSE(SameDefault("'a  b'", "'a b'"));
  EXPECT_FALSE(SameDefault("''", std::nullopt));
  EXPECT_FALSE(SameDefault("'a'::text || b", "'a'"));
  EXPECT_FALSE(SameDefault("(1) + (2)", "1) + (2"));
}

TEST(LiteralOf, TakesConstantsInQuotesOnly) {
  EXPECT_EQ(LiteralOf(" 'a''b' "), "'a''b'");
  EXPECT_EQ(LiteralOf("'a'::mood"), "'a'");
  EXPECT_EQ(LiteralOf("NULL"), "NULL");
  EXPECT_EQ(LiteralOf("'a' || 'b'"), std::nullopt);
  EXPECT_EQ(LiteralOf("'a"), std::nullopt);
  EXPECT_EQ(LiteralOf("'"), std::nullopt);
  EXPECT_EQ(LiteralOf("5"), std::nullopt);
}

TEST(SameType, IgnoresCaseAndSpacing) {
  EXPECT_TRUE(SameType("Character  Varying(10)", "character varying(10)"));
  EXPECT_FALSE(SameType("varchar(10)", "varchar(11)"));
}

TEST(Bind, TakesWhereTheColumnLives) {
  schema::Column hidden;
  hidden.name = "Age";
  hidden.type = "bigint";
  hidden.stored_as = "_segue_new_Age";
  const auto bindings = Bind("\"Age\" + 1", {hidden});
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].column, "_segue_new_Age");
  EXPECT_EQ(ColumnExpression(test::FakeDialect(), hidden).PlainColumn(),
            "_segue_new_Age");
}

}  // namespace
}  // namespace segue::ops
