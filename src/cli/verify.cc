// segue verify: the proof that old and new agree, row by row.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

std::string ReportText(const VerifyReport& report) {
  // All were checked; how many there are is the database's estimate.
  const std::string rows =
      "about " + base::WithThousands(report.rows_checked) + " rows";
  if (report.clean()) {
    return report.migration + ": old and new agree on " + rows + ".\n";
  }
  std::string text = report.migration + ": old and new disagree in " + rows +
                     " checked, in these:\n";
  for (const std::string& key : report.mismatches) text += "  " + key + "\n";
  return text;
}

}  // namespace

int RunVerify(const Context& context) {
  Session session(context);
  const VerifyReport report = session.migrator().Verify();
  session.EndProgress();
  if (context.json()) {
    context.around.out << VerifyJson(report) << "\n";
  } else {
    context.around.out << ReportText(report);
  }
  return report.clean() ? 0 : ExitCode(ErrorKind::kMismatch);
}

}  // namespace segue::cli
