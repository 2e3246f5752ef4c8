#include "lab/oracle.h"

#include <gtest/gtest.h>

#include <thread>

namespace segue::lab {
namespace {

TEST(Oracle, ExplainsOnlyTheLastAcknowledgedWrite) {
  Oracle oracle;
  oracle.Remember(7, Cell::Of(1));
  ASSERT_EQ(Cell::Of(1), oracle.TryClaim(7));
  oracle.Acknowledge(7, Cell::Of(2));
  const auto before = oracle.BeforeRead(7);
  EXPECT_TRUE(oracle.Explains(before, Cell::Of(2)));
  EXPECT_FALSE(oracle.Explains(before, Cell::Of(1)));
  EXPECT_FALSE(oracle.Explains(before, Cell::Null()));
  EXPECT_FALSE(oracle.Explains(before, Cell::Absent()));
  EXPECT_FALSE(oracle.Allows(7, Cell::Of(1)));
}

TEST(Oracle, AnyValueIsRightWhileAWriteIsInFlight) {
  Oracle oracle;
  oracle.TryClaim(7);
  const auto before = oracle.BeforeRead(7);
  EXPECT_TRUE(oracle.Explains(before, Cell::Of(5)));
  oracle.Acknowledge(7, Cell::Of(5));
  EXPECT_TRUE(oracle.Explains(before, Cell::Absent()));
}

TEST(Oracle, AnyValueIsRightWhenAWriteCameBetween) {
  Oracle oracle;
  const auto before = oracle.BeforeRead(7);
  oracle.TryClaim(7);
  oracle.Acknowledge(7, Cell::Of(5));
  EXPECT_TRUE(oracle.Explains(before, Cell::Absent()));
  EXPECT_FALSE(oracle.Explains(oracle.BeforeRead(7), Cell::Absent()));
}

TEST(Oracle, AKeyIsClaimedOnce) {
  Oracle oracle;
  EXPECT_TRUE(oracle.TryClaim(7).has_value());
  EXPECT_FALSE(oracle.TryClaim(7).has_value());
  oracle.Refused(7);
  EXPECT_EQ(Cell::Absent(), oracle.TryClaim(7));
}

TEST(Oracle, AfterALostAnswerBothValuesAreAllowed) {
  Oracle oracle;
  oracle.Remember(7, Cell::Of(1));
  oracle.TryClaim(7);
  oracle.InDoubt(7, Cell::Absent());
  EXPECT_TRUE(oracle.Allows(7, Cell::Of(1)));
  EXPECT_TRUE(oracle.Allows(7, Cell::Absent()));
  EXPECT_FALSE(oracle.Allows(7, Cell::Of(2)));
  EXPECT_FALSE(oracle.TryClaim(7).has_value());
  EXPECT_EQ(std::vector<std::int64_t>{7}, oracle.Keys());
}

TEST(Oracle, ValuesNeverRepeatAcrossThreads) {
  Oracle oracle;
  std::int64_t first = 0;
  std::thread other([&] { first = oracle.NextValue(); });
  const std::int64_t second = oracle.NextValue();
  other.join();
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace segue::lab
