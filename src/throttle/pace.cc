#include "throttle/pace.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace segue::engine {
namespace {

using db::PaceReason;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::array<double, 6> kLadder = {0, 0.1, 0.2, 0.5, 0.75, 1};
constexpr std::size_t kTop = kLadder.size() - 1;

// A single reading past hard may be an outlier. It lowers the pace to the
// lowest rung at once, and only a second one in a row stops the rows.
constexpr int kReadingsToStop = 2;
// A statement of the monitor that fails once says nothing yet.
constexpr int kReadingsToMiss = 3;

// The number of readings for which all signals must have allowed the next rung.
// With the largest patience the pace changes at most once every few minutes,
// whatever a signal does.
constexpr int kHold = 5;
constexpr int kHoldAfterStop = 10;
constexpr int kMostPatience = 16;
// A fall that comes within this many hold times of a rise shows that the rise
// was too early. Without such a fall for the same time, the patience shrinks
// again.
constexpr int kRelapse = 12;
constexpr int kCalm = 24;

// The pace leaves a stop only once the signal is clearly better than hard.
constexpr double kAfterStop = 0.75;

double Severity(double value, double soft, double hard) {
  if (soft == hard) return value >= hard ? 1 : 0;
  return std::clamp((value - soft) / (hard - soft), 0.0, 1.0);
}

bool Past(double value, double soft, double hard) {
  return soft <= hard ? value >= hard : value <= hard;
}

// Returns the rung nearest to the allowed share, but never the lowest one,
// which stands for a stop.
std::size_t NearestRung(double allowed) {
  std::size_t rung = kTop;
  while (rung > 1 && allowed < (kLadder[rung] + kLadder[rung - 1]) / 2) --rung;
  return rung;
}

// A rest is not longer than this, so that even the slowest pace notices a
// request to resume soon.
constexpr microseconds kLongestRest{10'000'000};

// The most by which a slow chunk lengthens the rest beyond its own time,
// because the chunk may only have waited for the lock of a single row.
constexpr double kLongestBurst = 100'000;  // microseconds

}  // namespace

microseconds RestFor(const Took& took, double rest, double share) {
  auto chunk = static_cast<double>(took.chunk.count());
  if (share < 1) {
    chunk = std::min(chunk * took.times_usual * took.times_usual,
                     chunk + kLongestBurst);
  }
  const double whole = chunk * (1 + rest) / std::clamp(share, 0.001, 1.0);
  return std::min(microseconds(static_cast<std::int64_t>(whole - chunk)),
                  kLongestRest);
}

PaceController::PaceController(std::vector<Limit> limits, milliseconds interval)
    : limits_(std::move(limits)), interval_(interval), rung_(kTop) {}

const Limit* PaceController::LimitOf(const Key& key) const {
  for (const Limit& limit : limits_) {
    if (limit.signal != key.first) continue;
    if (limit.subject.empty() || limit.subject == key.second) return &limit;
  }
  return nullptr;
}

void PaceController::Baseline(const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    if (!reading.value) continue;
    auto& [sum, count] = baseline_[{reading.signal, reading.subject}];
    sum += *reading.value;
    ++count;
  }
}

// A subject that appeared after the baseline was taken is measured by the
// largest baseline of the others.
double PaceController::BaselineOf(const Key& key) const {
  double base = db::InfoOf(key.first).least;
  if (const auto found = baseline_.find(key); found != baseline_.end()) {
    return std::max(base, found->second.first / found->second.second);
  }
  for (const auto& [other, sum] : baseline_) {
    if (other.first == key.first) base = std::max(base, sum.first / sum.second);
  }
  return base;
}

void PaceController::Take(const Key& key, const Limit& limit,
                          const Reading& reading) {
  const double value = *reading.value;
  const double unit = limit.relative ? BaselineOf(key) : 1;
  const double soft = limit.soft * unit;
  const double hard = limit.hard * unit;
  const bool first = states_.find(key) == states_.end();
  State& state = states_[key];
  const double now = Severity(value, soft, hard);
  state.severity = first ? now : (state.severity + now) / 2;
  // A signal that is past hard in its first reading is no outlier.
  const int more = first ? kReadingsToStop : 1;
  state.past_hard = Past(value, soft, hard) ? state.past_hard + more : 0;
  state.missing = 0;
  state.value = value;
  state.soft = soft;
  state.detail = reading.detail;
}

void PaceController::Miss(const std::vector<Reading>& readings) {
  for (auto& [key, state] : states_) {
    const auto same = [&, &wanted = key](const Reading& reading) {
      return reading.signal == wanted.first &&
             (reading.subject == wanted.second || reading.subject.empty());
    };
    const auto found = std::find_if(readings.begin(), readings.end(), same);
    const bool read = std::any_of(
        readings.begin(), readings.end(), [&](const Reading& reading) {
          return same(reading) && reading.value.has_value();
        });
    if (read) continue;
    ++state.missing;
    state.error = found == readings.end() ? "it is gone" : found->error;
  }
}

PaceController::Verdict PaceController::Judge() const {
  Verdict verdict;
  double worst = -1;
  for (const auto& [key, state] : states_) {
    const bool lost = state.missing >= kReadingsToMiss;
    const bool past = state.past_hard > 0;
    const double severity = lost || past ? 1 : state.severity;
    const bool stop = lost || state.past_hard >= kReadingsToStop;
    const double weight = severity + (stop ? 1 : 0);
    verdict.stop = verdict.stop || stop;
    if (weight <= worst) continue;
    worst = weight;
    verdict.severity = severity;
    verdict.worst = key;
  }
  return verdict;
}

milliseconds PaceController::Hold() const {
  return interval_ * (rung_ == 0 ? kHoldAfterStop : kHold) * patience_;
}

std::string PaceController::Describe(const Key& key, const char* ending) const {
  const auto found = states_.find(key);
  if (found == states_.end()) return "";
  const State& state = found->second;
  const db::SignalUnit unit = db::InfoOf(key.first).unit;
  std::string text(db::ToString(key.first));
  if (!key.second.empty()) text += " of " + key.second;
  if (!state.detail.empty()) text += " (" + state.detail + ")";
  if (state.missing >= kReadingsToMiss) {
    return text + " cannot be read any more" +
           (state.error.empty() ? "" : ": " + state.error);
  }
  return text + " is " + db::FormatSignal(unit, state.value) + ending +
         db::FormatSignal(unit, state.soft);
}

bool PaceController::Fall(Time now, std::size_t rung, const Verdict& verdict) {
  const bool relapse =
      last_rise_ && now - *last_rise_ < Hold() * kRelapse && rung_ > 0;
  if (relapse) patience_ = std::min(patience_ * 2, kMostPatience);
  rung_ = rung;
  last_fall_ = now;
  // A relapse raises the patience once, however far the pace falls.
  last_rise_.reset();
  good_since_.reset();
  Tell(verdict);
  return true;
}

void PaceController::Tell(const Verdict& verdict) {
  cause_ = verdict.worst;
  const bool lost = states_.at(cause_).missing >= kReadingsToMiss;
  pace_ = {kLadder[rung_], lost ? PaceReason::kSignalLost : cause_.first,
           Describe(cause_, ", limit ")};
}

// The stop continues, but for another reason than the one that was given.
bool PaceController::StopForAnother(Time now, const Verdict& verdict) {
  const auto found = states_.find(cause_);
  if (found == states_.end()) {  // it belonged to an earlier server
    Tell(verdict);
    return true;
  }
  const State& state = found->second;
  const bool lost = state.missing >= kReadingsToMiss;
  const bool still =
      lost ? pace_.reason == PaceReason::kSignalLost
           : pace_.reason != PaceReason::kSignalLost && state.past_hard > 0;
  if (still || now - *last_fall_ < Hold()) return false;
  last_fall_ = now;
  Tell(verdict);
  return true;
}

bool PaceController::Rise(Time now, const Verdict& verdict) {
  const double next = kLadder[rung_ + 1];
  const double allowed = 1 - verdict.severity;
  const double wanted = rung_ == 0 ? 1 - kAfterStop : next;
  if (verdict.stop || allowed < wanted) {
    good_since_.reset();
    return false;
  }
  if (!good_since_) good_since_ = now;
  if (now - *good_since_ < Hold()) return false;
  ++rung_;
  good_since_ = now;
  last_rise_ = now;
  pace_ = {kLadder[rung_], cause_.first, Describe(cause_, " again, limit ")};
  if (rung_ == kTop) pace_.reason = PaceReason::kNone;
  return true;
}

void PaceController::Calm(Time now) {
  if (patience_ == 1 || !last_fall_) return;
  if (now - *last_fall_ < Hold() * kCalm) return;
  patience_ /= 2;
  last_fall_ = now;
}

void PaceController::ForgetServer() {
  std::erase_if(states_, [](const auto& entry) {
    const Key& key = entry.first;
    return !key.second.empty() &&
           db::InfoOf(key.first).origin != db::SignalOrigin::kCustom;
  });
}

bool PaceController::Update(Time now, const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    const Key key = {reading.signal, reading.subject};
    const Limit* limit = LimitOf(key);
    if (limit == nullptr || !reading.value) continue;
    // An infinite limit is one that is switched off.
    if (std::isinf(limit->hard)) continue;
    Take(key, *limit, reading);
  }
  Miss(readings);
  Calm(now);
  const Verdict verdict = Judge();
  const std::size_t rung = verdict.stop ? 0 : NearestRung(1 - verdict.severity);
  if (rung < rung_) return Fall(now, rung, verdict);
  if (rung_ == 0 && verdict.stop && StopForAnother(now, verdict)) {
    good_since_.reset();
    return true;
  }
  if (rung_ < kTop) return Rise(now, verdict);
  return false;
}

}  // namespace segue::engine
