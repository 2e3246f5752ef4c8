#include "db/signal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "segue/error.h"

namespace segue::db {
namespace {

constexpr double kMega = 1e6;
constexpr double kGiga = 1e9;

constexpr std::array<std::pair<PaceReason, std::string_view>, 23> kNames = {{
    {PaceReason::kNone, ""},
    {PaceReason::kRequested, "requested"},
    {PaceReason::kPaused, "paused"},
    {PaceReason::kWindow, "window"},
    {PaceReason::kSignalLost, "signal_lost"},
    {PaceReason::kReplicationLag, "replication_lag"},
    {PaceReason::kReplicationBacklog, "replication_backlog"},
    {PaceReason::kLockWaits, "lock_waits"},
    {PaceReason::kBlockedSessions, "blocked_sessions"},
    {PaceReason::kActiveSessions, "active_sessions"},
    {PaceReason::kForeground, "foreground"},
    {PaceReason::kConnections, "connections"},
    {PaceReason::kProbeLatency, "probe_latency"},
    {PaceReason::kProbeErrors, "probe_errors"},
    {PaceReason::kArchiveBacklog, "archive_backlog"},
    {PaceReason::kOldSnapshot, "old_snapshot"},
    {PaceReason::kSynchronousStandbyAway, "synchronous_standby_away"},
    {PaceReason::kLoadAverage, "load_average"},
    {PaceReason::kMemoryFree, "memory_free"},
    {PaceReason::kDiskFree, "disk_free"},
    {PaceReason::kSql, "sql"},
    {PaceReason::kHttp, "http"},
    {PaceReason::kFlagFile, "flag_file"},
}};

std::string FormatBytes(double bytes) {
  if (bytes >= kGiga) return fmt::format("{:.1f} GB", bytes / kGiga);
  if (bytes >= kMega) return fmt::format("{:.0f} MB", bytes / kMega);
  return fmt::format("{:.0f} kB", bytes / 1e3);
}

std::string FormatSeconds(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 120) return fmt::format("{:.1f} s", seconds);
  return fmt::format("{:.0f} min", seconds / 60);
}

// With these limits an idle server is never slowed down, and a server in
// trouble is. docs/throttle.md has a line for each of them.
std::vector<SignalInfo> MakeTable() {
  using Unit = SignalUnit;
  using Origin = SignalOrigin;
  return {
      {PaceReason::kReplicationLag, Unit::kSeconds, Origin::kServer, 1, 10,
       0.1},
      {PaceReason::kReplicationBacklog, Unit::kBytes, Origin::kServer,
       256 * kMega, kGiga, 16 * kMega},
      {PaceReason::kLockWaits, Unit::kCount, Origin::kServer, 5, 30, 1},
      {PaceReason::kBlockedSessions, Unit::kCount, Origin::kServer, 2, 10, 1},
      {PaceReason::kActiveSessions, Unit::kCount, Origin::kServer, 64, 200, 1},
      // The value is 0 or 1, so this signal never asks for less than half the
      // pace.
      {PaceReason::kForeground, Unit::kCount, Origin::kServer, 0, 2, 1},
      {PaceReason::kConnections, Unit::kPercent, Origin::kServer, 80, 95, 5},
      {PaceReason::kProbeLatency, Unit::kSeconds, Origin::kProbe, 0.1, 1,
       0.001},
      {PaceReason::kProbeErrors, Unit::kPercent, Origin::kProbe, 10, 50, 5},
      {PaceReason::kArchiveBacklog, Unit::kCount, Origin::kServer, 32, 256, 4},
      // A report may take hours. It slows the fill down long before it stops
      // the fill.
      {PaceReason::kOldSnapshot, Unit::kSeconds, Origin::kServer, 600, 21'600,
       60},
      // Commits hang, and what the fill writes would have to be replayed when
      // the standby is back.
      {PaceReason::kSynchronousStandbyAway, Unit::kCount, Origin::kServer, 0.5,
       1, 1},
      {PaceReason::kLoadAverage, Unit::kCount, Origin::kMachine, 8, 24, 0.25},
      {PaceReason::kMemoryFree, Unit::kPercent, Origin::kMachine, 10, 3, 5},
      {PaceReason::kDiskFree, Unit::kBytes, Origin::kMachine, 5 * kGiga, kGiga,
       kGiga},
      // A check that fails has the value 1.
      {PaceReason::kSql, Unit::kCount, Origin::kCustom, 0.5, 1, 1},
      {PaceReason::kHttp, Unit::kCount, Origin::kCustom, 0.5, 1, 1},
      {PaceReason::kFlagFile, Unit::kCount, Origin::kCustom, 0.5, 1, 1},
  };
}

}  // namespace

std::string_view ToString(PaceReason reason) {
  for (const auto& [value, name] : kNames) {
    if (value == reason) return name;
  }
  throw Error(ErrorKind::kInternal, "a pace reason without a name");
}

std::string FormatSignal(SignalUnit unit, double value) {
  switch (unit) {
    case SignalUnit::kSeconds:
      return FormatSeconds(value);
    case SignalUnit::kBytes:
      return FormatBytes(value);
    case SignalUnit::kPercent:
      return fmt::format("{:.0f} %", value);
    case SignalUnit::kCount:
      break;
  }
  const bool whole = std::floor(value) == value;
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

const std::vector<SignalInfo>& KnownSignals() {
  static const std::vector<SignalInfo>& table =
      *new std::vector<SignalInfo>(MakeTable());
  return table;
}

const SignalInfo* FindSignal(std::string_view name) {
  const auto& table = KnownSignals();
  const auto found = std::find_if(
      table.begin(), table.end(),
      [&](const SignalInfo& info) { return ToString(info.reason) == name; });
  return found == table.end() ? nullptr : &*found;
}

const SignalInfo& InfoOf(PaceReason signal) {
  for (const SignalInfo& info : KnownSignals()) {
    if (info.reason == signal) return info;
  }
  throw Error(ErrorKind::kInternal,
              std::string(ToString(signal)) + " is no signal");
}

}  // namespace segue::db
