#include "base/window.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "segue/error.h"

namespace segue::base {
namespace {

bool Contains(const std::string& window, const std::string& utc) {
  return Window::Parse(window).Contains(ParseUtc(utc));
}

TEST(WindowTest, NoneIsAlwaysOpen) {
  EXPECT_TRUE(Contains("", "2026-01-31T12:00:00.000Z"));
  EXPECT_TRUE(Window().Contains({}));
}

TEST(WindowTest, WithinADay) {
  EXPECT_FALSE(Contains("01:30-05:00", "2026-01-31T01:29:59.000Z"));
  EXPECT_TRUE(Contains("01:30-05:00", "2026-01-31T01:30:00.000Z"));
  EXPECT_TRUE(Contains("01:30-05:00", "2026-01-31T04:59:59.999Z"));
  EXPECT_FALSE(Contains("01:30-05:00", "2026-01-31T05:00:00.000Z"));
  EXPECT_TRUE(Contains("22:00-24:00", "2026-01-31T23:59:59.000Z"));
  EXPECT_FALSE(Contains("22:00-24:00", "2026-01-31T00:00:00.000Z"));
}

TEST(WindowTest, PastMidnight) {
  const std::string window = "22:00-06:00 UTC";
  EXPECT_TRUE(Contains(window, "2026-01-31T22:00:00.000Z"));
  EXPECT_TRUE(Contains(window, "2026-01-31T00:00:00.000Z"));
  EXPECT_TRUE(Contains(window, "2026-01-31T05:59:00.000Z"));
  EXPECT_FALSE(Contains(window, "2026-01-31T06:00:00.000Z"));
  EXPECT_FALSE(Contains(window, "2026-01-31T21:59:00.000Z"));
}

// 22:00 in Berlin is 21:00 UTC in winter and 20:00 UTC in summer; the clocks
// went forward on 29 March 2026 at 01:00 UTC, and back on 25 October.
TEST(WindowTest, ByTheWallClockOfItsZone) {
  const std::string window = "22:00-06:00 Europe/Berlin";
  EXPECT_FALSE(Contains(window, "2026-03-28T20:30:00.000Z"));
  EXPECT_TRUE(Contains(window, "2026-03-28T21:30:00.000Z"));
  EXPECT_TRUE(Contains(window, "2026-03-29T03:59:00.000Z"));
  EXPECT_FALSE(Contains(window, "2026-03-29T04:00:00.000Z"));
  EXPECT_TRUE(Contains(window, "2026-03-29T20:30:00.000Z"));
  EXPECT_TRUE(Contains(window, "2026-10-25T04:30:00.000Z"));
  EXPECT_FALSE(Contains(window, "2026-10-25T05:00:00.000Z"));
}

// 02:30 does not exist on the day when the clocks go forward, so the night is
// shorter.
TEST(WindowTest, AnHourThatDoesNotExist) {
  const std::string window = "02:15-03:30 Europe/Berlin";
  EXPECT_FALSE(Contains(window, "2026-03-29T00:59:59.000Z"));  // 01:59:59
  EXPECT_TRUE(Contains(window, "2026-03-29T01:00:00.000Z"));   // 03:00
  EXPECT_FALSE(Contains(window, "2026-03-29T01:30:00.000Z"));
}

TEST(WindowTest, SaysWhatIsWrong) {
  for (const char* text :
       {"22-06", "22:00", "22:00-25:00", "22:60-23:00", "6:00-7:00",
        "22:00-22:00", "22:00-06:00 Europe/Atlantis", "-1:00-02:00", "-"}) {
    try {
      Window::Parse(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace segue::base
