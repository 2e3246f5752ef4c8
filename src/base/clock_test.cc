#include "base/clock.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

system_clock::time_point At(std::int64_t ms) {
  return system_clock::time_point(milliseconds(ms));
}

TEST(ClockTest, FormatsInUtcWithMilliseconds) {
  EXPECT_EQ(FormatUtc(At(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatUtc(At(1769860800123)), "2026-01-31T12:00:00.123Z");
  EXPECT_EQ(FormatUtc(At(951782399999)), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(FormatUtc(At(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(ClockTest, ParsesWhatItFormats) {
  for (const std::int64_t ms : {0LL, 1769860800123LL, -1LL, 4102444800000LL}) {
    EXPECT_EQ(ParseUtc(FormatUtc(At(ms))), At(ms)) << ms;
  }
}

TEST(ClockTest, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "now", "2026-01-31", "2026-01-31T12:00:00Z",
        "2026-01-31 12:00:00.123Z", "2026-02-30T12:00:00.123Z",
        "2026-01-31T24:00:00.000Z", "2026-01-31T12:60:00.000Z",
        "2026-01-31T12:00:60.000Z", "2026-01-31T12:00:00.123Z ",
        "2026-01-31T12:00:00.12xZ", "+026-01-31T12:00:00.123Z"}) {
    try {
      ParseUtc(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << text;
    }
  }
}

TEST(ClockTest, TheMachinesClockGoesOnWhileItSleeps) {
  Clock& clock = SystemClock();
  const auto start = clock.Now();
  clock.Sleep(milliseconds(2));
  EXPECT_GE(clock.Now() - start, milliseconds(2));
}

}  // namespace
}  // namespace segue::base
