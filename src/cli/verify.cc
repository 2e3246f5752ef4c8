// segue verify: verifies that old and new agree in every row. With --repair it
// derives rows that disagree again, and with --explain it compares how queries
// run before and after.
#include "cli/commands.h"
#include "cli/migration_file.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/verify_text.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

int RunExplain(const Context& context) {
  // The file is read first, because its mistakes can be reported without a
  // server.
  const std::vector<std::string> queries = LoadExplained(context);
  Session session(context);
  const ExplainReport report = session.migrator().Explain(queries);
  session.EndProgress();
  context.around.out << (context.json() ? report::ExplainJson(report) + "\n"
                                        : report::ExplainText(report));
  return 0;
}

}  // namespace

int RunVerify(const Context& context) {
  const Arguments& arguments = context.arguments;
  VerifyOptions options;
  options.repair = arguments.Has("--repair");
  options.strict = arguments.Has("--strict");
  options.standby = arguments.Value("--standby");
  if (arguments.Has("--explain")) {
    if (options.repair || options.strict || !options.standby.empty()) {
      throw Error(ErrorKind::kUsage,
                  "--explain looks at queries, not at rows: it goes without "
                  "--repair, --strict and --standby")
          .WithHint("segue help verify");
    }
    return RunExplain(context);
  }
  Session session(context);
  const VerifyReport report = session.migrator().Verify(options);
  session.EndProgress();
  context.around.out << (context.json()
                             ? report::VerifyJson(report, options) + "\n"
                             : report::VerifyText(report, options));
  // With --strict, a row that was given on both sides fails the command.
  const bool passes =
      report.clean() && (!options.strict || report.both_given.empty());
  return passes ? 0 : ExitCode(ErrorKind::kMismatch);
}

}  // namespace segue::cli
