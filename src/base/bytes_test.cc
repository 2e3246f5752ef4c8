#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace segue::base {
namespace {

TEST(BytesTextTest, HasTheUnitThatFits) {
  EXPECT_EQ(BytesText(0), "0 bytes");
  EXPECT_EQ(BytesText(999), "999 bytes");
  EXPECT_EQ(BytesText(1000), "1.0 kB");
  EXPECT_EQ(BytesText(37'400), "37 kB");
  EXPECT_EQ(BytesText(9'960), "10 kB");
  EXPECT_EQ(BytesText(999'600), "1.0 MB");
  EXPECT_EQ(BytesText(1'240'000'000), "1.2 GB");
  EXPECT_EQ(BytesText(std::numeric_limits<std::int64_t>::max()), "9.2 EB");
}

}  // namespace
}  // namespace segue::base
