// segue verify: verifies that old and new agree in every row. With --repair it
// derives rows that disagree again, and with --explain it compares how queries
// run before and after.
#include <algorithm>
#include <optional>

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

// Returns what has been found on any of them.
void Add(VerifyReport more, VerifyReport& report) {
  report.standby += ", " + more.standby;
  report.rows_checked = std::max(report.rows_checked, more.rows_checked);
  report.rows_repaired += more.rows_repaired;
  report.repairable |= more.repairable;
  const auto add = [](std::vector<std::string>& from,
                      std::vector<std::string>& to) {
    for (std::string& text : from) {
      if (std::count(to.begin(), to.end(), text) == 0) {
        to.push_back(std::move(text));
      }
    }
  };
  add(more.mismatches, report.mismatches);
  add(more.both_given, report.both_given);
  add(more.grants, report.grants);
}

VerifyReport VerifyOn(Migrator& migrator, VerifyOptions options,
                      const std::vector<std::string>& standbys) {
  if (standbys.empty()) return migrator.Verify(options);
  std::optional<VerifyReport> report;
  for (const std::string& standby : standbys) {
    options.standby = standby;
    VerifyReport one = migrator.Verify(options);
    if (report) {
      Add(std::move(one), *report);
    } else {
      report = std::move(one);
    }
  }
  return *std::move(report);
}

}  // namespace

int RunVerify(const Context& context) {
  const Arguments& arguments = context.arguments;
  VerifyOptions options;
  options.repair = arguments.Has("--repair");
  options.strict = arguments.Has("--strict");
  const std::vector<std::string> standbys = arguments.Values("--standby");
  if (arguments.Has("--explain")) {
    if (options.repair || options.strict || !standbys.empty()) {
      throw Error(ErrorKind::kUsage,
                  "--explain looks at queries, not at rows: it goes without "
                  "--repair, --strict and --standby")
          .WithHint("segue help verify");
    }
    return RunExplain(context);
  }
  Session session(context);
  const VerifyReport report = VerifyOn(session.migrator(), options, standbys);
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
