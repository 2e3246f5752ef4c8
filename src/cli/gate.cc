// segue gate: shows what complete would ask before it contracts anything.
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/lists.h"
#include "segue/error.h"

namespace segue::cli {

int RunGate(const Context& context) {
  Session session(context);
  const GateReport report = AskGate(session.database(), session.options(),
                                    context.arguments.Value("NAME"));
  session.EndProgress();
  context.around.out << (context.json() ? report::GateJson(report) + "\n"
                                        : report::GateText(report));
  const GateItem* refusing = report.refusing();
  return refusing == nullptr ? 0 : ExitCode(refusing->refusal);
}

}  // namespace segue::cli
