// How fast rows may be moved, by what the signals say: one gradual controller.
// Pure: it is told the time and the readings.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/signal.h"

namespace segue::engine {

struct Reading {
  db::PaceReason signal = db::PaceReason::kNone;
  std::string subject;          // a standby's name; or empty
  std::optional<double> value;  // nullopt: it cannot be read
  std::string error = {};       // why not
};

// Below soft it counts as good, from there to hard the pace falls, past hard it
// is 0; the other way round where soft is above hard.
struct Limit {
  db::PaceReason signal = db::PaceReason::kNone;
  std::string subject;  // empty: of every subject of the signal
  double soft = 0;
  double hard = 0;
  bool relative = false;  // multiples of the baseline
};

struct Pace {
  double share = 1;  // of the full pace; 0: stop
  db::PaceReason reason = db::PaceReason::kNone;
  std::string message;  // "replication_lag of standby1 is 3.2 s, limit 1 s"
  friend bool operator==(const Pace& a, const Pace& b) {
    return a.share == b.share && a.reason == b.reason;
  }
};

// How long a chunk took.
struct Took {
  std::chrono::microseconds chunk{0};  // from its begin up to its commit
  double times_usual = 1;              // statement and commit; at least 1
};

// How long to rest after a chunk at this share of the full pace, at which it
// would be `rest` of what it took. Below the full pace a chunk that took longer
// than usual has waited, for a processor or a page, and so have others: the
// rest grows with the square of that, and a burst of theirs finds nobody in its
// way. The signals, which are read once a second, are too slow for that.
std::chrono::microseconds RestFor(const Took& took, double rest, double share);

// The pace moves on a ladder of six shares. It falls as soon as a signal asks
// for it, and rises one rung at a time once every signal has allowed the next
// one for a while; a rise that is taken back soon doubles that while, so that a
// signal that swings ends in a steady pace and not in a swinging one.
class PaceController {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `interval`: about how long it is from one reading to the next; all waiting
  // is measured in it.
  explicit PaceController(
      std::vector<Limit> limits,
      std::chrono::milliseconds interval = std::chrono::seconds(1));

  // What the signals said before anything was moved; limits that are multiples
  // refer to it. Several calls: the mean counts.
  void Baseline(const std::vector<Reading>& readings);

  // One reading of all signals, one an interval. A (signal, subject) that
  // was readable once and is missing or unreadable in a few readings counts as
  // past hard. True when the pace has changed.
  bool Update(Time now, const std::vector<Reading>& readings);

  const Pace& pace() const { return pace_; }

 private:
  using Key = std::pair<db::PaceReason, std::string>;
  struct State {
    double severity = 0;  // smoothed; 0: good, 1: at hard
    int past_hard = 0;    // readings in a row
    int missing = 0;      // readings in a row
    std::string error;    // of the last that failed
    double value = 0;     // the last there was
    double soft = 0;      // in its unit, the baseline taken into account
  };
  struct Verdict {
    double severity = 0;
    bool stop = false;
    Key worst;
  };

  const Limit* LimitOf(const Key& key) const;
  double BaselineOf(const Key& key) const;
  void Take(const Key& key, const Limit& limit, double value);
  void Miss(const std::vector<Reading>& readings);
  Verdict Judge() const;
  bool Fall(Time now, std::size_t rung, const Verdict& verdict);
  bool Rise(Time now, const Verdict& verdict);
  bool StopForAnother(Time now, const Verdict& verdict);
  void Tell(const Verdict& verdict);
  void Calm(Time now);
  std::chrono::milliseconds Hold() const;
  std::string Describe(const Key& key, const char* ending) const;

  std::vector<Limit> limits_;
  std::chrono::milliseconds interval_;
  std::map<Key, State> states_;                     // what was readable once
  std::map<Key, std::pair<double, int>> baseline_;  // sum, count
  Pace pace_;
  std::size_t rung_;
  Key cause_;  // of the last fall
  std::optional<Time> good_since_;
  std::optional<Time> last_rise_;
  std::optional<Time> last_fall_;
  int patience_ = 1;  // multiplies Hold
};

}  // namespace segue::engine
