#include "report/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

VersionAccess Access() {
  VersionAccess access;
  access.version_schema = "public_02";
  access.search_path = "\"public_02\", \"public\"";
  access.url =
      "postgres://app@db:5433/shop?options=-csearch_path%3Dpublic_02,public";
  access.plain_url = "postgres://app@db:5433/shop";
  return access;
}

TEST(RecipeTest, EachClientIsToldWhatToPutWhereAndHowToCheckIt) {
  VersionAccess access = Access();
  for (const std::string& name : RecipeNames()) {
    const std::string text = RecipeText(name, access);
    EXPECT_THAT(text, HasSubstr("ROLE is not made yet")) << name;
    EXPECT_THAT(text, HasSubstr("current_schema() = 'public_02'")) << name;
    EXPECT_THAT(text, Not(HasSubstr("%url%"))) << name;
  }
  access.roles = {"app_02"};
  EXPECT_THAT(RecipeText("pgbouncer", access),
              HasSubstr("shop_public_02 = dbname=shop user=app_02\n"));
  EXPECT_THAT(RecipeText("psycopg", access),
              HasSubstr("psycopg.connect(\"" + access.url + "\")"));
  EXPECT_THAT(RecipeText("psycopg", access),
              HasSubstr("psycopg.connect(\"postgres://app_02@db:5433/shop\")"));
  EXPECT_THAT(RecipeText("sqlalchemy", access),
              HasSubstr("create_engine(\"postgresql://app_02@db:5433/shop\""));
  EXPECT_THAT(RecipeText("django", access),
              HasSubstr("{\"options\": \"-csearch_path=public_02,public\"}"));
  EXPECT_THAT(RecipeText("rails", access),
              HasSubstr("schema_search_path: '\"public_02\", \"public\"'"));
  EXPECT_THAT(RecipeText("prisma", access),
              HasSubstr("postgresql://app@db:5433/shop?schema=public_02"));
  EXPECT_THAT(
      RecipeText("jdbc", access),
      HasSubstr("jdbc:postgresql://db:5433/shop?currentSchema=%22public_02"
                "%22%2C%22public%22"));
}

// The role has a password of its own.
TEST(RecipeTest, ThePasswordOfTheUrlIsNotGivenToTheRole) {
  VersionAccess access = Access();
  access.plain_url = "postgres://app:s3cret@db/shop";
  access.roles = {"app_02"};
  EXPECT_THAT(RecipeText("node", access),
              HasSubstr("postgres://app_02@db/shop"));
}

TEST(RecipeTest, TheFolderOfASocketIsAParameter) {
  VersionAccess access = Access();
  access.plain_url = "postgres://app@%2Frun%2Fpg:5433/shop";
  access.roles = {"app_02"};
  EXPECT_THAT(RecipeText("sqlalchemy", access),
              HasSubstr("postgresql://app_02@/shop?host=/run/pg&port=5433"));
}

TEST(RecipeTest, TheBaseAndADatabaseOfScriptsHaveNone) {
  VersionAccess access = Access();
  access.search_path.clear();
  EXPECT_THROW(RecipeText("go", access), Error);
  access.version_schema.clear();
  EXPECT_THROW(RecipeText("go", access), Error);
}

}  // namespace
}  // namespace segue::report
