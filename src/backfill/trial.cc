#include "backfill/trial.h"

#include <algorithm>

#include "backfill/range.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostFailures = 5;  // enough to show the pattern
// The statement of a trial returns at most this many rows.
constexpr std::size_t kMostFound = 100;
constexpr std::int64_t kWidest = 50'000;
constexpr std::int64_t kNarrowing = 10;

class Trial {
 public:
  Trial(db::Connection& connection, const TrialSql& trial,
        std::chrono::milliseconds time_limit, TrialWants wants)
      : connection_(connection),
        walk_(trial.walk),
        reason_(trial.reason),
        wants_(wants),
        deadline_(Clock::now() + time_limit) {}

  TrialReport Run() {
    Cover({}, kWidest);
    return report_;
  }

 private:
  bool Enough() const {
    return wants_ == TrialWants::kFirst &&
           report_.failures.size() >= kMostFailures;
  }

  // Tries `whole` in pieces of `width` rows. A piece that fails is tried again
  // in narrower pieces, down to single rows.
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
    return NextBound(connection_, walk_.next_bound, {lower, {}}, width);
  }

  void TryPiece(const Range& piece, std::int64_t width) {
    try {
      const std::vector<db::Row> keys = Find(piece);
      // The piece may have more such rows than one result has.
      if (wants_ == TrialWants::kCount && keys.size() >= kMostFound &&
          width > 1) {
        return Cover(piece, Narrower(width));
      }
      for (const db::Row& key : keys) {
        if (Enough()) break;
        Report(KeyText(walk_, key) + ": " +
               (reason_.empty() ? "gives NULL, which the column refuses"
                                : reason_));
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
    return Execute(connection_, walk_.statement, piece).rows;
  }

  // The piece has one row, whose key is the upper bound, or the only key that
  // is left.
  void Blame(const Range& piece, const Error& error) {
    const std::string key =
        piece.upper.empty() ? "the last row" : KeyText(walk_, piece.upper);
    if (Report(key + ": " + error.what())) ++report_.raised;
  }

  // Pieces of a table without a key may overlap, so a failure may be found
  // twice.
  bool Report(const std::string& failure) {
    auto& all = report_.failures;
    if (std::find(all.begin(), all.end(), failure) != all.end()) return false;
    ++report_.count;
    if (all.size() < kMostFailures) all.push_back(failure);
    return true;
  }

  db::Connection& connection_;
  const WalkSql& walk_;
  const std::string& reason_;
  TrialWants wants_;
  Clock::time_point deadline_;
  TrialReport report_;
};

}  // namespace

TrialReport Try(db::Connection& connection, const TrialSql& trial,
                std::chrono::milliseconds time_limit, TrialWants wants) {
  return Trial(connection, trial, time_limit, wants).Run();
}

}  // namespace segue::engine
