// segue verify: the proof that old and new agree, row by row; with --explain,
// how queries run before and after.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/migration_file.h"
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

// "cost 8.17: Index Scan on users by users_name"
std::string PlanLine(const QueryPlan& plan) {
  if (!plan.error.empty()) return "none";
  std::vector<std::string> parts;
  for (const TableAccess& access : plan.accesses) {
    parts.push_back(access.method + " on " + access.table +
                    (access.index.empty() ? "" : " by " + access.index));
  }
  const std::string text =
      parts.empty() ? "reads no table" : base::Join(parts, ", ");
  return plan.cost ? fmt::format("cost {:.2f}: {}", *plan.cost, text) : text;
}

// On one line, however it was written.
std::string OneLine(std::string query) {
  std::replace_if(
      query.begin(), query.end(),
      [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  std::vector<std::string> words;
  for (const std::string& word : base::Split(query, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return base::Join(words, " ");
}

// A query may have a table for each version that sees it.
std::string ExplainText(const ExplainReport& report) {
  std::string text = report.migration + ": how the queries run\n";
  std::string query;
  for (const QueryChange& change : report.changes) {
    if (change.query != query) text += "\n" + OneLine(change.query) + "\n";
    query = change.query;
    text += "  seen by  " +
            (change.version.empty() ? "the base schema" : change.version) +
            "\n";
    if (change.before) text += "  before   " + PlanLine(*change.before) + "\n";
    text += "  after    " + PlanLine(change.after) + "\n";
    text += "  verdict  " + change.verdict + "\n";
  }
  return text;
}

int RunExplain(const Context& context) {
  // The file first: what is wrong with it needs no server to say so.
  const std::vector<std::string> queries = LoadExplained(context);
  Session session(context);
  const ExplainReport report = session.migrator().Explain(queries);
  session.EndProgress();
  context.around.out << (context.json() ? ExplainJson(report) + "\n"
                                        : ExplainText(report));
  return 0;
}

}  // namespace

int RunVerify(const Context& context) {
  if (context.arguments.Has("--explain")) return RunExplain(context);
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
