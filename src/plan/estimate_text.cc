#include "plan/estimate_text.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"

namespace segue::plan {
namespace {

// The figure is not finer than its error: "3 min" and not "3 min 7 s".
std::string Roughly(double seconds) {
  constexpr double kMinute = 60, kHour = 3600, kDay = 24 * kHour;
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} s", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.0f} min", seconds / kMinute);
  if (seconds < 2 * kDay) return fmt::format("{:.0f} h", seconds / kHour);
  return fmt::format("{:.0f} d", seconds / kDay);
}

std::string Log(const MotionEstimate& estimate) {
  if (estimate.log_bytes <= 0) return "";
  return ", with " + base::BytesText(estimate.log_bytes) + " of log";
}

std::string Disk(const MotionEstimate& estimate) {
  if (estimate.motion == "copy") {
    return " and " + base::BytesText(estimate.disk_bytes) +
           " more disk meanwhile";
  }
  return estimate.disk_bytes <= 0 ? std::string(", and the table does not grow")
                                  : ", and the table grows by " +
                                        base::BytesText(estimate.disk_bytes);
}

}  // namespace

bool NextToNothing(const MotionEstimate& estimate) {
  return estimate.seconds < 1;
}

std::string EstimateText(const MotionEstimate& estimate) {
  const bool copy = estimate.motion == "copy";
  std::string text = copy ? "copying " : "filling ";
  text += base::Quoted(estimate.table, '\'');
  text += copy ? " to a new table" : " in place";
  text += estimate.chosen ? " takes " : " would take ";
  if (NextToNothing(estimate)) return text + "less than a second";
  text += "about " + Roughly(estimate.seconds) + " for " +
          base::WithThousands(estimate.rows) + " rows" + Log(estimate) +
          Disk(estimate);
  if (!estimate.why.empty()) text += " (" + estimate.why + ")";
  return text;
}

}  // namespace segue::plan
