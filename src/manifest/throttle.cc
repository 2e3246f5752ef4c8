#include "manifest/throttle.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>

#include "base/text.h"
#include "db/signal.h"
#include "manifest/amount.h"
#include "manifest/duration.h"

namespace segue::manifest {
namespace {

using base::Node;
using db::PaceReason;
using db::SignalInfo;
using db::SignalOrigin;
using db::SignalUnit;
using ops::Reader;
using ops::UsageError;

std::vector<std::string> SignalNames() {
  std::vector<std::string> names;
  for (const SignalInfo& info : db::KnownSignals()) {
    names.emplace_back(ToString(info.reason));
  }
  return names;
}

// Returns the key under which a custom check gives its query, URL or path;
// empty: none.
std::string SourceKey(const SignalInfo& info) {
  switch (info.reason) {
    case PaceReason::kSql:
    case PaceReason::kProbeLatency:
      return "query";
    case PaceReason::kHttp:
      return "url";
    case PaceReason::kFlagFile:
      return "path";
    default:
      return "";
  }
}

const char* Example(SignalUnit unit) {
  switch (unit) {
    case SignalUnit::kSeconds:
      return "500ms, 2s, 10m";
    case SignalUnit::kBytes:
      return "500MB, 2GB";
    case SignalUnit::kPercent:
      return "80%";
    case SignalUnit::kCount:
      break;
  }
  return "10";
}

std::optional<double> InUnit(SignalUnit unit, const std::string& text) {
  switch (unit) {
    case SignalUnit::kSeconds:
      try {
        const auto time = ParseDuration(text);
        return std::chrono::duration<double>(time).count();
      } catch (const Error&) {
        return std::nullopt;  // the caller throws
      }
    case SignalUnit::kBytes:
      return ParseSize(text);
    case SignalUnit::kPercent:
    case SignalUnit::kCount:
      break;
  }
  const auto amount = ParseAmount(text);
  const bool percent = amount && amount->unit == "%";
  const bool fits = amount && (amount->unit.empty() ||
                               (percent && unit == SignalUnit::kPercent));
  return fits ? std::optional<double>(amount->number) : std::nullopt;
}

struct Value {
  double number = 0;
  bool relative = false;
};

Value ReadValue(const Node& node, const SignalInfo& info) {
  if (node.is_scalar()) {
    const auto amount = ParseAmount(node.scalar);
    if (amount && amount->unit == "x" && amount->number > 0) {
      return {amount->number, true};
    }
    if (const auto number = InUnit(info.unit, node.scalar)) {
      return {*number, false};
    }
  }
  throw UsageError(
      node,
      fmt::format("'{}' is no limit for {}; write it like {}, or 1.5x "
                  "for a multiple of what it is before the start",
                  node.scalar, ToString(info.reason), Example(info.unit)));
}

// The pair of limits tells which way is worse: upwards, except for what runs
// out.
void CheckOrder(const Node& node, const SignalInfo& info,
                const SignalLimit& limit) {
  const bool less_is_worse = info.soft > info.hard;
  const bool fits =
      less_is_worse ? limit.soft >= limit.hard : limit.soft <= limit.hard;
  if (fits) return;
  throw UsageError(
      node, fmt::format("soft must come before hard: {} is bad "
                        "when it is {}",
                        ToString(info.reason), less_is_worse ? "low" : "high"));
}

SignalLimit ReadLimit(const Node& node, const SignalInfo& info) {
  SignalLimit limit{std::string(ToString(info.reason)), "", info.soft,
                    info.hard, false};
  const std::string source = SourceKey(info);
  std::vector<std::string> keys = {"soft", "hard"};
  if (!source.empty()) keys.push_back(source);
  const Reader reader(node, keys);
  const bool custom = info.origin == SignalOrigin::kCustom;
  if (custom) {
    limit.source = reader.RequiredSql(source);
  } else if (!source.empty()) {
    limit.source = reader.OptionalSql(source).value_or("");
  }
  if (reader.Has("soft") != reader.Has("hard")) {
    throw UsageError(node, "needs both soft and hard");
  }
  if (!reader.Has("soft")) {
    if (limit.source.empty()) throw UsageError(node, "needs soft and hard");
    return limit;
  }
  const Value soft = ReadValue(*node.Find("soft"), info);
  const Value hard = ReadValue(*node.Find("hard"), info);
  if (soft.relative != hard.relative) {
    throw UsageError(node, "soft and hard must both be multiples, or neither");
  }
  limit.soft = soft.number;
  limit.hard = hard.number;
  limit.relative = soft.relative;
  CheckOrder(node, info, limit);
  return limit;
}

bool IsOff(const Node& node) {
  const std::string text = base::ToLower(node.scalar);
  return node.is_scalar() && (text == "off" || text == "false");
}

SignalLimit Off(const SignalInfo& info) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  return {std::string(ToString(info.reason)), "", kNever, kNever, false};
}

}  // namespace

std::vector<SignalLimit> ReadThrottle(const Reader& reader) {
  std::vector<SignalLimit> limits;
  const Node* throttle = reader.OptionalMap("throttle");
  if (throttle == nullptr) return limits;
  const Reader known(*throttle, SignalNames());
  for (const auto& [name, node] : throttle->entries) {
    if (node.is_null()) continue;
    const SignalInfo& info = *db::FindSignal(name);
    const bool custom = info.origin == SignalOrigin::kCustom;
    if (IsOff(node)) {
      if (!custom) limits.push_back(Off(info));
    } else if (custom && node.is_list()) {
      for (const Node& item : node.items) {
        limits.push_back(ReadLimit(item, info));
      }
    } else {
      limits.push_back(ReadLimit(node, info));
    }
  }
  return limits;
}

}  // namespace segue::manifest
