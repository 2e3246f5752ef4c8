#include "db/conninfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/url.h"
#include "segue/error.h"

namespace segue::db {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Values = std::map<std::string, std::string>;

TEST(ConninfoTest, IsReadByTheRulesOfLibpq) {
  EXPECT_EQ(ParseConninfo("host=h dbname = d\tport= 5433"),
            (Values{{"host", "h"}, {"dbname", "d"}, {"port", "5433"}}));
  EXPECT_EQ(
      ParseConninfo(R"(user='a b' password='it\'s \\' options=-c\ x=1)"),
      (Values{
          {"user", "a b"}, {"password", "it's \\"}, {"options", "-c x=1"}}));
  EXPECT_EQ(ParseConninfo("user='' host=h"),
            (Values{{"user", ""}, {"host", "h"}}));
}

TEST(ConninfoTest, NoUrlLooksLikeIt) {
  EXPECT_TRUE(IsConninfo("service=prod"));
  EXPECT_TRUE(IsConninfo(" host = h"));
  EXPECT_FALSE(IsConninfo("postgres://h/d?sslmode=require"));
  EXPECT_FALSE(IsConninfo("sqlite:a=b.db"));
  EXPECT_FALSE(IsConninfo("app.db"));
  EXPECT_FALSE(IsConninfo(""));
}

TEST(ConninfoTest, BecomesAUrl) {
  const Url url =
      ParseUrl("host=/run/pg user=me password='p w' dbname=d sslmode=require");
  EXPECT_EQ(url.scheme, "postgres");
  EXPECT_EQ(url.ToString(),
            "postgres://me:p%20w@%2Frun%2Fpg/d?sslmode=require");
  EXPECT_THAT(url.Redacted(), Not(HasSubstr("p%20w")));
  EXPECT_EQ(ParseUrl("service=prod").ToString(), "postgres://?service=prod");
}

TEST(ConninfoTest, AMessageShowsNoPassword) {
  for (const char* text : {"host=h password='s3cret", "host=h s3cret",
                           "host=h password=a s3cret"}) {
    try {
      ParseUrl(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
    }
  }
}

}  // namespace
}  // namespace segue::db
