#include "report/verify_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/visible.h"

namespace segue::report {

namespace {

// A report lists at most this many keys of each motion; see VerifyReport.
constexpr std::size_t kMostKeys = 100;

std::string List(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) {
    text += "  " + base::VisibleInLine(key) + "\n";
  }
  return text;
}

std::string RepairText(const VerifyReport& report) {
  return report.migration + ": " + base::CountOf(report.rows_repaired, "row") +
         " derived again.\n";
}

// Says, after the list of rows, whether the list is complete and what to do.
std::string MismatchText(const VerifyReport& report, bool repaired) {
  std::string text = List(report.mismatches);
  if (report.mismatches.size() >= kMostKeys) {
    text += "At most " + std::to_string(kMostKeys) + " keys are listed.\n";
  }
  if (!report.repairable && !repaired) {
    return text +
           "Next: mend these rows, or write them once more through the "
           "application; none is derived again.\n";
  }
  return text + (repaired
                     ? "These are not derived again: mend them by hand.\n"
                     : "Next: segue verify --repair derives rows again from "
                       "the side written last.\n");
}

std::string BothGivenText(const VerifyReport& report) {
  if (report.both_given.empty()) {
    return "No row was given both sides by the application.\n";
  }
  return "The application gave both sides of these, and segue keeps both as "
         "they are:\n" +
         List(report.both_given);
}

// Returns a text such as "cost 8.17: Index Scan on users by users_name".
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

// Puts a query on one line, however it was written.
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

}  // namespace

std::string VerifyText(const VerifyReport& report,
                       const VerifyOptions& options) {
  // All rows were checked, but their number is the database's estimate.
  const std::string rows =
      "about " + base::WithThousands(report.rows_checked) + " rows";
  const std::string where =
      report.standby.empty() ? "" : " on " + report.standby;
  std::string text = options.repair ? RepairText(report) : "";
  if (report.clean()) {
    text += report.migration + ": old and new agree on " + rows +
            (where.empty() ? "" : ", read" + where) + ".\n";
  } else {
    text += report.migration + ": old and new disagree in " + rows +
            " checked" + where + ", in these:\n" +
            MismatchText(report, options.repair);
  }
  if (!report.grants.empty()) {
    text +=
        "These privileges are not in step; segue versions refresh makes "
        "them follow what it can:\n" +
        List(report.grants);
  }
  return options.strict ? text + BothGivenText(report) : text;
}

// A query may have one table for each version that sees it.
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

}  // namespace segue::report
