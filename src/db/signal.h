// What slows or stops the moving of rows: a closed set, with the unit and the
// default limits of each signal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::db {

// Its text is the key of `throttle:` in segue.yaml and what status, history
// and metrics say.
enum class PaceReason {
  kNone,
  // No signals.
  kRequested,   // somebody asked for less
  kPaused,      // somebody asked for a pause
  kWindow,      // outside the hours it may work
  kSignalLost,  // a signal that was readable is no longer
  // Of the database's server.
  kReplicationLag,
  kReplicationBacklog,
  kLockWaits,
  kBlockedSessions,
  kActiveSessions,
  kForeground,
  kConnections,
  kProbeLatency,
  kProbeErrors,
  kArchiveBacklog,
  kOldSnapshot,
  // Of this machine, when the database is on it.
  kLoadAverage,
  kMemoryFree,
  kDiskFree,
  // Of the user's own.
  kSql,
  kHttp,
  kFlagFile,
};
std::string_view ToString(PaceReason reason);

enum class SignalUnit { kSeconds, kBytes, kCount, kPercent };
// "3.2 s", "120 ms", "1.5 GB", "12", "85 %".
std::string FormatSignal(SignalUnit unit, double value);

enum class SignalOrigin {
  kServer,   // Dialect::Signals
  kProbe,    // measured on a session of the monitor's own
  kMachine,  // needs no session
  kCustom,   // only where the user gives a query, URL or path
};

struct SignalInfo {
  PaceReason reason = PaceReason::kNone;
  SignalUnit unit = SignalUnit::kCount;
  SignalOrigin origin = SignalOrigin::kServer;
  // Where soft is above hard, less is worse.
  double soft = 0;
  double hard = 0;
  // A baseline below this counts as this much, so that `1.5x` of nothing is
  // not nothing.
  double least = 0;
};

const std::vector<SignalInfo>& KnownSignals();
// nullptr when there is none of that name.
const SignalInfo* FindSignal(std::string_view name);
const SignalInfo& InfoOf(PaceReason signal);

}  // namespace segue::db
