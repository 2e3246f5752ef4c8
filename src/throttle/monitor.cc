#include "throttle/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "base/thread.h"

namespace segue::engine {
namespace {

using db::PaceReason;
using std::chrono::milliseconds;

// A server that does not answer for this long is overloaded.
constexpr std::chrono::seconds kStale{10};

// The baseline is the mean of a few readings, so that a single outlier does not
// count for the whole run.
constexpr int kBaselineReadings = 3;
constexpr milliseconds kBaselineInterval{100};

}  // namespace

Monitor::Monitor(Database& database, const PaceOptions& options)
    : interval_(options.reading_interval),
      reader_(database, options.limits),
      relative_(std::any_of(options.limits.begin(), options.limits.end(),
                            [](const SignalLimit& l) { return l.relative; })),
      controller_(reader_.limits(), interval_) {}

Monitor::~Monitor() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  reader_.Interrupt();
  if (thread_.joinable()) thread_.join();
}

void Monitor::Start(bool required) {
  const std::vector<Reading> first = reader_.Read();
  if (required) reader_.RequireAsked(first);
  NoteUnreadable(first);
  if (relative_) RecordBaseline(first);
  Take(first);
  thread_ = base::StartThread([this] { Run(); });
}

void Monitor::RecordBaseline(const std::vector<Reading>& first) {
  controller_.Baseline(first);
  for (int reading = 1; reading < kBaselineReadings; ++reading) {
    base::SystemClock().Sleep(kBaselineInterval);
    controller_.Baseline(reader_.Read());
  }
}

void Monitor::NoteUnreadable(const std::vector<Reading>& readings) {
  const std::vector<std::string> names = reader_.Unreadable(readings);
  if (names.empty()) return;
  notices_.push_back("the throttle does not watch what it cannot read: " +
                     base::Join(names, ", "));
}

void Monitor::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!wake_.wait_for(lock, interval_, [this] { return stopping_; })) {
    lock.unlock();
    const std::vector<Reading> readings = reader_.Read();
    Take(readings);
    lock.lock();
  }
}

void Monitor::Take(const std::vector<Reading>& readings) {
  const std::lock_guard<std::mutex> lock(mutex_);
  read_at_ = base::SystemClock().Now();
  if (reader_.TakeServerChanged()) {
    controller_.ForgetServer();
    notices_.emplace_back(
        "another server has taken over: the throttle watches its standbys and "
        "no longer those of the earlier one");
  }
  controller_.Update(read_at_, readings);
}

Pace Monitor::Now() {
  if (!started()) return {};
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto age = base::SystemClock().Now() - read_at_;
  if (age < kStale) return controller_.pace();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age);
  return {
      0, PaceReason::kSignalLost,
      fmt::format("the signals have not been read for {} s", seconds.count())};
}

std::vector<std::string> Monitor::TakeNotices() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(notices_, {});
}

}  // namespace segue::engine
