#include "report/progress_text.h"

#include <cmath>

#include "base/text.h"

namespace segue::report {

std::string PaceText(double share) {
  return std::to_string(std::lround(share * 100)) + " %";
}

std::string RowsText(const Progress& progress) {
  if (progress.rows_done == 0 && progress.rows_total == 0) return "";
  std::string text = base::WithThousands(progress.rows_done);
  // The total is an estimate, so it is not shown once the rows have passed it.
  if (progress.rows_total >= progress.rows_done && progress.rows_total > 0) {
    text += "/" + base::WithThousands(progress.rows_total);
  }
  text += " rows";
  if (progress.rows_per_second >= 1) {
    text += " " + base::WithThousands(std::llround(progress.rows_per_second)) +
            "/s";
  }
  if (progress.eta_seconds >= 0) {
    text += " ETA " + FormatDuration(progress.eta_seconds);
  }
  if (progress.pace < 1) {
    text +=
        " at " + PaceText(progress.pace) + " (" + progress.pace_reason + ")";
  }
  return text;
}

}  // namespace segue::report
