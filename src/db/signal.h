// The closed set of reasons that slow or stop the moving of rows, with the unit
// and the default limits of each signal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::db {

// The text of a reason is the key of `throttle:` in segue.yaml and appears in
// status, history and metrics.
enum class PaceReason {
  kNone,
  // These are no signals.
  kRequested,   // a person asked for a lower pace
  kPaused,      // a person asked for a pause
  kWindow,      // the time is outside the window
  kSignalLost,  // a signal that was readable is not any more
  // These are signals of the database server.
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
  kSynchronousStandbyAway,
  // These are signals of this machine, if the database is on it.
  kLoadAverage,
  kMemoryFree,
  kDiskFree,
  // These are the user's own.
  kSql,
  kHttp,
  kFlagFile,
};
std::string_view ToString(PaceReason reason);

enum class SignalUnit { kSeconds, kBytes, kCount, kPercent };
// Returns "3.2 s", "120 ms", "1.5 GB", "12" or "85 %".
std::string FormatSignal(SignalUnit unit, double value);

// The origin of a reading.
enum class SignalOrigin {
  kServer,   // a query of Language::Signals
  kProbe,    // a measurement on the monitor's own session
  kMachine,  // the operating system, without a session
  kCustom,   // a query, URL or path that the user gives
};

struct SignalInfo {
  PaceReason reason = PaceReason::kNone;
  SignalUnit unit = SignalUnit::kCount;
  SignalOrigin origin = SignalOrigin::kServer;
  // The default limits in the unit of the signal. When soft is above hard, less
  // is worse.
  double soft = 0;
  double hard = 0;
  // The smallest baseline: a lower one counts as this, so that `1.5x` of
  // nothing is not nothing.
  double least = 0;
};

const std::vector<SignalInfo>& KnownSignals();
// Returns the signal of this name; nullptr when there is none.
const SignalInfo* FindSignal(std::string_view name);
const SignalInfo& InfoOf(PaceReason signal);

}  // namespace segue::db
