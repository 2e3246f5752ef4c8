#include "base/clock.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <thread>

#include "segue/error.h"

namespace segue::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

class RealClock : public Clock {
 public:
  std::chrono::steady_clock::time_point Now() override {
    return std::chrono::steady_clock::now();
  }
  system_clock::time_point WallTime() override { return system_clock::now(); }
  void Sleep(std::chrono::microseconds duration) override {
    std::this_thread::sleep_for(duration);
  }
};

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";

bool HasShape(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

// Returns the number in `length` digits from `start`; HasShape has checked that
// they are digits.
int Field(std::string_view text, std::size_t start, std::size_t length) {
  int number = 0;
  std::from_chars(text.data() + start, text.data() + start + length, number);
  return number;
}

}  // namespace

Clock& SystemClock() {
  static auto& clock = *new RealClock;
  return clock;
}

std::string FormatUtc(system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(
      std::chrono::floor<milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

system_clock::time_point ParseUtc(const std::string& text) {
  const auto bad = [&] {
    return Error(
        ErrorKind::kCorrupt,
        "'" + text + "' is not a time; expected " + "2026-01-31T12:00:00.123Z");
  };
  if (!HasShape(text)) throw bad();
  const std::chrono::year_month_day date(
      std::chrono::year(Field(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(Field(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(Field(text, 8, 2))));
  const int hour = Field(text, 11, 2);
  const int minute = Field(text, 14, 2);
  const int second = Field(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) throw bad();
  return std::chrono::sys_days(date) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) +
         milliseconds(Field(text, 20, 3));
}

}  // namespace segue::base
