#include "planning/inquiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const schema::TableName kUsers{"public", "users"};

TEST(InquiryTest, AsksEachQuestionOnce) {
  int asked = 0;
  Inquiry inquiry([&](const db::Question& /*question*/) {
    db::Answer answer;
    answer.is_volatile = ++asked == 1;
    return answer;
  });
  const db::DefaultQuestion date{kUsers, "now()", "date"};
  EXPECT_TRUE(inquiry.Ask(date).is_volatile);
  EXPECT_TRUE(inquiry.Ask(date).is_volatile);
  EXPECT_FALSE(
      inquiry.Ask(db::DefaultQuestion{kUsers, "now()", "text"}).is_volatile);
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(inquiry.Unanswered(), IsEmpty());
}

TEST(InquiryTest, WithoutAServerTheAnswersAreUnknownAndDear) {
  Inquiry inquiry({});
  const db::Answer& added =
      inquiry.Ask(db::DefaultQuestion{kUsers, "0", "integer"});
  EXPECT_FALSE(added.known);
  EXPECT_TRUE(added.rewrites_table);
  EXPECT_TRUE(
      inquiry.Ask(db::TypeQuestion{kUsers, "age", "bigint"}).rewrites_table);
  EXPECT_TRUE(
      inquiry.Ask(db::ExpressionQuestion{kUsers, "age + 1", {}, "integer"})
          .is_volatile);
  EXPECT_EQ(inquiry.Ask(db::CheckQuestion{kUsers, "age > 0", {}}).bound,
            "age > 0");
  EXPECT_EQ(inquiry.Ask(db::NameQuestion{kUsers}).error, "");
  EXPECT_THAT(inquiry.Unanswered(),
              ElementsAre("default 0 of table 'users'",
                          "type bigint of column 'age' of table 'users'",
                          "expression age + 1 over table 'users'",
                          "check age > 0 of table 'users'",
                          "whether the name 'users' is free"));
}

}  // namespace
}  // namespace segue::ops
