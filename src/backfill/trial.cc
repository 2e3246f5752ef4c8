#include "backfill/trial.h"

#include <algorithm>

#include "backfill/range.h"
#include "segue/error.h"

namespace segue::backfill {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostFailures = 5;  // enough to see the pattern
// As many as a trial's statement gives at once.
constexpr std::size_t kMostFound = 100;
constexpr std::int64_t kWidest = 50'000;
constexpr std::int64_t kNarrowing = 10;

class Trial {
 public:
  Trial(db::Connection& connection, const MotionSql& motion,
        const RangeSql& statement, std::chrono::milliseconds time_limit,
        TrialWants wants)
      : connection_(connection),
        motion_(motion),
        statement_(statement),
        wants_(wants),
        deadline_(Clock::now() + time_limit) {}

  TrialReport Run(const std::vector<db::Value>& start) {
    Cover({start, {}}, kWidest);
    return report_;
  }

 private:
  bool Enough() const {
    return wants_ == TrialWants::kFirst &&
           report_.failures.size() >= kMostFailures;
  }

  // Tries `whole` in pieces of `width` rows; a failing piece again in
  // narrower ones, down to single rows.
  void Cover(const Range& whole, std::int64_t width) {
    std::vector<db::Value> lower = whole.lower;
    while (!Enough()) {
      if (Clock::now() > deadline_) {
        report_.finished = false;
        return;
      }
      std::vector<db::Value> upper = Bound(lower, width);
      const bool last = upper.empty() || upper == whole.upper;
      const Range piece{lower, last ? whole.upper : upper};
      TryPiece(piece, width);
      if (last) return;
      lower = std::move(upper);
    }
  }

  std::vector<db::Value> Bound(const std::vector<db::Value>& lower,
                               std::int64_t width) {
    return NextBound(connection_, motion_.next_bound, {lower, {}}, width);
  }

  void TryPiece(const Range& piece, std::int64_t width) {
    try {
      const std::vector<db::Row> keys = Find(piece);
      // There may be more of them than one answer has.
      if (wants_ == TrialWants::kCount && keys.size() >= kMostFound &&
          width > 1) {
        return Cover(piece, Narrower(width));
      }
      for (const db::Row& key : keys) {
        if (Enough()) break;
        Report(KeyText(motion_, key) + ": " +
               (motion_.trial_reason.empty()
                    ? "gives NULL, which the column refuses"
                    : motion_.trial_reason));
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kConstraint) throw;
      if (width > 1) {
        Cover(piece, Narrower(width));
      } else {
        Blame(piece, error);
      }
    }
  }

  static std::int64_t Narrower(std::int64_t width) {
    return std::max<std::int64_t>(width / kNarrowing, 1);
  }

  std::vector<db::Row> Find(const Range& piece) {
    db::Transaction transaction(connection_, {db::Purpose::kRead, {}});
    return Execute(connection_, statement_, piece).rows;
  }

  // A piece of one row: its key is the upper bound, or the only one left.
  void Blame(const Range& piece, const Error& error) {
    const std::string key =
        piece.upper.empty() ? "the last row" : KeyText(motion_, piece.upper);
    if (Report(key + ": " + error.what())) ++report_.raised;
  }

  // Pieces of a table without a key may overlap.
  bool Report(const std::string& failure) {
    auto& all = report_.failures;
    if (std::find(all.begin(), all.end(), failure) != all.end()) return false;
    ++report_.count;
    if (all.size() < kMostFailures) all.push_back(failure);
    return true;
  }

  db::Connection& connection_;
  const MotionSql& motion_;
  const RangeSql& statement_;
  TrialWants wants_;
  Clock::time_point deadline_;
  TrialReport report_;
};

}  // namespace

TrialReport Try(db::Connection& connection, const MotionSql& motion,
                const RangeSql& statement, const std::vector<db::Value>& start,
                std::chrono::milliseconds time_limit, TrialWants wants) {
  return Trial(connection, motion, statement, time_limit, wants).Run(start);
}

}  // namespace segue::backfill
