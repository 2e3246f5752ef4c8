#include "engine/throttle.h"

#include <fmt/format.h>

#include <algorithm>

namespace segue::engine {
namespace {

using backfill::Pace;
using db::PaceReason;
using std::chrono::milliseconds;

// A walk that is over by then needs no session of the monitor's; unless limits
// were asked for, which are read before the first chunk.
constexpr milliseconds kGrace{500};

// At a tenth of the pace a chunk is a quarter as long, and the rest is rest: a
// chunk has a cost of its own.
constexpr double kSmallest = 0.25;

// However slow the pace: a request to go on is heard soon.
constexpr milliseconds kLongestRest{10'000};

}  // namespace

Throttle::Throttle(Database& database, const PaceOptions& options,
                   base::Clock& clock)
    : monitor_(database, options),
      asked_(!options.limits.empty()),
      window_(base::Window::Parse(options.window)),
      rate_(options.rows_per_second, options.bytes_per_second),
      clock_(clock) {}

void Throttle::StartMonitor() {
  if (monitor_.started()) return;
  const auto now = clock_.Now();
  if (!began_) began_ = now;
  if (asked_ || now - *began_ >= kGrace) monitor_.Start();
}

Pace Throttle::Allowed(double asked, bool fills) {
  if (fills && !window_.Contains(clock_.WallTime())) {
    return {0, PaceReason::kWindow, "outside the window " + window_.text()};
  }
  StartMonitor();
  Pace pace = monitor_.Now();
  if (asked < pace.share) {
    pace = {asked, PaceReason::kRequested, "as requested"};
  }
  return pace;
}

std::vector<std::string> Throttle::TakeNotices() {
  return monitor_.TakeNotices();
}

milliseconds Throttle::RestForRate(std::int64_t rows, double bytes) {
  return rate_.Charge(clock_.Now(), rows, bytes);
}

std::int64_t ChunkRows(std::int64_t rows, double share) {
  const double part = std::clamp(share, kSmallest, 1.0);
  return std::max<std::int64_t>(
      1, static_cast<std::int64_t>(static_cast<double>(rows) * part));
}

milliseconds RestForPace(std::chrono::microseconds took, double rest,
                         double share) {
  const double millis = static_cast<double>(took.count()) / 1000.0;
  const double part = std::clamp(share, 0.001, 1.0);
  const double whole = millis * (1 + rest) / part;
  return std::min(milliseconds(static_cast<std::int64_t>(whole - millis)),
                  kLongestRest);
}

std::string PaceLine(const Pace& pace) {
  const std::string share = fmt::format("{:.0f} %", pace.share * 100);
  return pace.message.empty() ? share : share + ": " + pace.message;
}

}  // namespace segue::engine
