#include "throttle/throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace segue::engine {
namespace {

using db::PaceReason;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// A walk that ends within this time needs no session for the monitor. Limits
// that the user gave are the exception: they are read before the first chunk.
constexpr milliseconds kGrace{1'000};

// At half the pace and below, a chunk is an eighth as long, and the remaining
// time is rest. A chunk is then about as short as the time slice of a
// scheduler. Shorter chunks would spend their time on round trips.
constexpr double kSmallest = 0.125;

// A rollback is never slower than this, whatever the signals say, because
// whoever rolls back has a reason.
constexpr double kUndo = 0.1;

// The size that is assumed for a row whose size is unknown.
constexpr double kRowBytes = 200;

// A rest checks this often whether it has to end.
constexpr milliseconds kPart{200};

}  // namespace

Throttle::Throttle(Database& database, const PaceOptions& options,
                   base::Clock& clock)
    : monitor_(database, options),
      asked_(!options.limits.empty()),
      window_(base::Window::Parse(options.window)),
      rate_(options.rows_per_second, options.bytes_per_second),
      clock_(clock) {}

void Throttle::Check(Database& database, const PaceOptions& options) {
  base::Window::Parse(options.window);
  if (options.limits.empty()) return;
  SignalReader reader(database, options.limits);
  reader.RequireAsked(reader.Read());
}

void Throttle::StartMonitor(WalkPurpose purpose) {
  if (monitor_.started()) return;
  const auto now = clock_.Now();
  if (!began_) began_ = now;
  if (asked_ || now - *began_ >= kGrace) {
    monitor_.Start(purpose != WalkPurpose::kUndo);
  }
}

Pace Throttle::Allowed(double asked, WalkPurpose purpose) {
  if (purpose == WalkPurpose::kFill && !window_.Contains(clock_.WallTime())) {
    return {0, PaceReason::kWindow, "outside the window " + window_.text()};
  }
  StartMonitor(purpose);
  Pace pace = monitor_.Now();
  if (asked < pace.share) {
    pace = {asked, PaceReason::kRequested, "as requested"};
  }
  if (purpose == WalkPurpose::kUndo) pace.share = std::max(pace.share, kUndo);
  return pace;
}

std::vector<std::string> Throttle::TakeNotices() {
  return monitor_.TakeNotices();
}

std::int64_t Throttle::ChunkRows(std::int64_t rows, const Tempo& tempo) const {
  const double part = std::clamp(std::pow(tempo.share, 3), kSmallest, 1.0);
  const auto paced = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(static_cast<double>(rows) * part));
  const std::int64_t most =
      tempo.row_bytes > 0 ? rate_.MostRows(tempo.row_bytes) : 0;
  return most > 0 ? std::min(paced, most) : paced;
}

microseconds Throttle::RestAfter(const Took& took, double rest,
                                 std::int64_t rows, const Tempo& tempo) {
  const microseconds for_pace = RestFor(took, rest, tempo.share);
  if (tempo.row_bytes <= 0) return for_pace;
  const double bytes = static_cast<double>(rows) * tempo.row_bytes;
  return std::max<microseconds>(for_pace,
                                rate_.Charge(clock_.Now(), rows, bytes));
}

double RowBytes(const Plan& plan, const WalkSql& walk) {
  for (const MotionEstimate& estimate : plan.estimates) {
    const bool known = estimate.rows > 0 && estimate.disk_bytes > 0;
    if (estimate.chosen && known && estimate.table == walk.table) {
      return static_cast<double>(estimate.disk_bytes) /
             static_cast<double>(estimate.rows);
    }
  }
  return kRowBytes;
}

void RestUnless(const std::function<bool()>& stop, microseconds duration) {
  while (duration.count() > 0 && !stop()) {
    const microseconds part = std::min<microseconds>(duration, kPart);
    base::SystemClock().Sleep(part);
    duration -= part;
  }
}

std::string PaceLine(const Pace& pace) {
  const std::string share = fmt::format("{:.0f} %", pace.share * 100);
  return pace.message.empty() ? share : share + ": " + pace.message;
}

}  // namespace segue::engine
