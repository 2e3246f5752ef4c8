#include "backfill/trial.h"

#include <algorithm>

#include "backfill/range.h"
#include "segue/error.h"

namespace segue::backfill {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostFailures = 5;  // enough to see the pattern
constexpr std::int64_t kWidest = 50'000;
constexpr std::int64_t kNarrowing = 10;

class Trial {
 public:
  Trial(db::Connection& connection, const MotionSql& motion,
        const RangeSql& statement, std::chrono::milliseconds time_limit)
      : connection_(connection),
        motion_(motion),
        statement_(statement),
        deadline_(Clock::now() + time_limit) {}

  TrialReport Run(const std::vector<db::Value>& start) {
    Cover({start, {}}, kWidest);
    return report_;
  }

 private:
  bool Enough() const { return report_.failures.size() >= kMostFailures; }

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
    return NextBound(connection_, motion_, lower, width);
  }

  void TryPiece(const Range& piece, std::int64_t width) {
    try {
      db::Transaction transaction(connection_, {db::Purpose::kRead, {}});
      for (const db::Row& key : Execute(connection_, statement_, piece).rows) {
        if (Enough()) break;
        Report(KeyText(motion_, key) + ": " +
               (motion_.trial_reason.empty()
                    ? "gives NULL, which the column refuses"
                    : motion_.trial_reason));
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kConstraint) throw;
      if (width > 1) {
        Cover(piece, std::max<std::int64_t>(width / kNarrowing, 1));
      } else {
        Blame(piece, error);
      }
    }
  }

  // A piece of one row: its key is the upper bound, or the only one left.
  void Blame(const Range& piece, const Error& error) {
    const std::string key =
        piece.upper.empty() ? "the last row" : KeyText(motion_, piece.upper);
    Report(key + ": " + error.what());
  }

  // Pieces of a table without a key may overlap.
  void Report(const std::string& failure) {
    auto& all = report_.failures;
    if (std::find(all.begin(), all.end(), failure) == all.end()) {
      all.push_back(failure);
    }
  }

  db::Connection& connection_;
  const MotionSql& motion_;
  const RangeSql& statement_;
  Clock::time_point deadline_;
  TrialReport report_;
};

}  // namespace

TrialReport Try(db::Connection& connection, const MotionSql& motion,
                const RangeSql& statement, const std::vector<db::Value>& start,
                std::chrono::milliseconds time_limit) {
  return Trial(connection, motion, statement, time_limit).Run(start);
}

}  // namespace segue::backfill
