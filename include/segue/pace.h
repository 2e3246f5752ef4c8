// How fast a migration may move rows, and what slows it down. All types are
// values; docs/throttle.md describes the signals and their units.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace segue {

// The limits of one signal. Between soft and hard the pace falls gradually;
// past hard it is 0. Where less is worse (free disk), soft is above hard.
struct SignalLimit {
  std::string signal;  // "replication_lag", "lock_waits", "sql", ...
  std::string source;  // of a custom signal: its query, URL or path
  // In the unit of the signal: seconds, bytes, percent or a number.
  double soft = 0;
  double hard = 0;
  // True: the limits are multiples of the mean of the readings before the first
  // chunk.
  bool relative = false;
};

// The limits that the user sets. The rates hold for each process; the window
// and the rates apply to a backfill only, not to a verification or a rollback.
struct PaceOptions {
  double rows_per_second = 0;   // 0: no limit
  double bytes_per_second = 0;  // 0: no limit
  std::string window;           // "22:00-06:00 Europe/Berlin"; empty: always
  std::vector<SignalLimit> limits;  // instead of the signal's defaults
  // The time from one reading of the signals to the next; above zero.
  std::chrono::milliseconds reading_interval{1000};
};

}  // namespace segue
