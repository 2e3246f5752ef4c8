// The controller that decides from the signals how fast rows may be moved. It
// is pure: its caller tells it the time and the readings.
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
  std::string subject;          // the name of a standby; or empty
  std::optional<double> value;  // nullopt: it could not be read
  std::string error = {};       // why it could not be read
  std::string detail = {};      // more about the value, for messages
};

// A reading below soft is good. From soft to hard the pace falls, and past hard
// it is 0. Where soft is above hard, the comparisons are reversed.
struct Limit {
  db::PaceReason signal = db::PaceReason::kNone;
  std::string subject;  // empty: all subjects of the signal
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

// The time that a chunk took.
struct Took {
  std::chrono::microseconds chunk{0};  // from its begin up to its commit
  double times_usual = 1;              // statement and commit; at least 1
};

// Returns the rest after a chunk at this share of the full pace; at the full
// pace the rest is the fraction `rest` of the chunk's time. Below the full
// pace, a chunk that took longer than usual has waited for a processor or a
// page, and so have clients. The rest therefore grows with the square of that
// slowness, so that a burst of clients' work meets no backfill. The signals,
// which are read once a second, are too slow for that.
std::chrono::microseconds RestFor(const Took& took, double rest, double share);

// The pace moves on a ladder of six shares. It falls as soon as a signal
// demands that. It rises one rung at a time, once all signals have allowed the
// next rung for a hold time. A rise that is soon followed by a fall doubles the
// hold time, so that a signal that swings ends in a steady pace and not in a
// swinging one.
class PaceController {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `interval` is the approximate time between two readings. All hold times are
  // measured in it.
  explicit PaceController(
      std::vector<Limit> limits,
      std::chrono::milliseconds interval = std::chrono::seconds(1));

  // Records readings from before any row is moved, to which limits that are
  // multiples refer. The mean of several calls counts.
  void Baseline(const std::vector<Reading>& readings);

  // Takes one reading of all signals; the caller calls it once an interval. A
  // pair of signal and subject that was readable once and is missing or
  // unreadable in a few readings counts as past hard. Returns true when the
  // pace has changed.
  bool Update(Time now, const std::vector<Reading>& readings);

  // Forgets the subjects that the server named, because another server has
  // taken over: the standbys and the disks of the earlier one are not missing.
  void ForgetServer();

  const Pace& pace() const { return pace_; }

 private:
  using Key = std::pair<db::PaceReason, std::string>;
  struct State {
    double severity = 0;  // smoothed; 0: good, 1: at the hard limit
    int past_hard = 0;    // consecutive readings
    int missing = 0;      // consecutive readings
    std::string error;    // of the last reading that failed
    double value = 0;     // of the last reading that succeeded
    double soft = 0;      // in the signal's unit, after the baseline
    std::string detail;   // as in Reading
  };
  struct Verdict {
    double severity = 0;
    bool stop = false;
    Key worst;
  };

  const Limit* LimitOf(const Key& key) const;
  double BaselineOf(const Key& key) const;
  void Take(const Key& key, const Limit& limit, const Reading& reading);
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
  std::map<Key, State> states_;  // signals that were readable
  std::map<Key, std::pair<double, int>> baseline_;  // sum, count
  Pace pace_;
  std::size_t rung_;
  Key cause_;  // of the last fall of the pace
  std::optional<Time> good_since_;
  std::optional<Time> last_rise_;
  std::optional<Time> last_fall_;
  int patience_ = 1;  // multiplies the hold time
};

}  // namespace segue::engine
