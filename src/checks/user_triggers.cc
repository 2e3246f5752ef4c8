#include "checks/user_triggers.h"

#include <algorithm>
#include <variant>

#include "base/text.h"

namespace segue::checks {
namespace {

// True when the triggers of the table are held back while its rows are filled.
bool AreHeld(const CheckContext& context, const schema::Table& table) {
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* guard = std::get_if<plan::GuardFill>(&action);
      if (guard != nullptr && guard->table == table.name) {
        return !guard->held.empty();
      }
    }
  }
  return false;
}

// True when the fill writes to a copy of the table, and to no row of its own.
bool IsCopied(const CheckContext& context, const schema::Table& table) {
  const auto& all = context.motions.all();
  return std::any_of(all.begin(), all.end(), [&](const plan::Motion& motion) {
    const auto* copy = std::get_if<plan::TableMotion>(&motion);
    return copy != nullptr && copy->source.name == table.name;
  });
}

Finding Fires(const CheckContext& context, const FoundTable& found) {
  std::vector<std::string> names;
  for (const schema::Trigger& trigger : found.table->triggers) {
    names.push_back(trigger.partition.empty() ? trigger.name
                                              : trigger.ToString());
  }
  return {Finding::Severity::kWarning,
          "user-triggers-fire",
          "the backfill of '" + found.table->name.name +
              "' fires its triggers: " + base::Join(names, ", ") +
              "; make sure that this has no unwanted effect",
          "each row is written once by the backfill, as by an UPDATE of an "
          "application: what the triggers send or log is sent or logged for "
          "every row",
          std::string(context.capabilities.holds_triggers
                          ? "hold them back with 'user_triggers: skip', "
                          : "") +
              "let the triggers leave out writes of the backfill, or try them "
              "on a copy first",
          found.source};
}

// Returns the functions of the triggers for which `does` is true, each once.
template <typename Does>
std::vector<std::string> FunctionsThat(const schema::Table& table,
                                       const Does& does) {
  std::vector<std::string> names;
  for (const schema::Trigger& trigger : table.triggers) {
    const std::string name = base::Quoted(trigger.function, '\'');
    const bool known =
        std::find(names.begin(), names.end(), name) != names.end();
    if (does(trigger) && !known) names.push_back(name);
  }
  return names;
}

// What a function makes of a row shows every column that the row has.
void FindPassed(const FoundTable& found, std::vector<Finding>& findings) {
  const std::vector<std::string> names = FunctionsThat(
      *found.table, [](const auto& trigger) { return trigger.passes_rows; });
  if (names.empty()) return;
  findings.push_back(
      {Finding::Severity::kWarning, "trigger-passes-rows",
       "trigger functions of '" + found.table->name.name +
           "' pass whole rows on, as to_jsonb(NEW) does: " +
           base::Join(names, ", ") +
           "; until the contract these have segue's columns too",
       "audit rows and messages show the columns '_segue_…' and the new ones "
       "beside the old ones, and what the rows are passed to may expect the "
       "columns of now",
       "take the columns out there, as to_jsonb(NEW) - '_segue_d' does, or let "
       "what reads them ignore others",
       found.source});
}

void FindBuilt(const FoundTable& found, std::vector<Finding>& findings) {
  const std::vector<std::string> names = FunctionsThat(
      *found.table, [](const auto& trigger) { return trigger.builds_sql; });
  if (names.empty()) return;
  findings.push_back(
      {Finding::Severity::kWarning, "trigger-builds-sql",
       "trigger functions of '" + found.table->name.name +
           "' run SQL that they build as text (EXECUTE): " +
           base::Join(names, ", ") + "; which columns it names is not known",
       "a statement that names a column by its old name, or counts on the "
       "columns of now, fails with every write of the application",
       "look into these functions before the start", found.source});
}

}  // namespace

std::vector<Finding> CheckUserTriggers(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const FoundTable& found : MovedTables(context)) {
    if (found.table->triggers.empty() || IsCopied(context, *found.table)) {
      continue;
    }
    if (!AreHeld(context, *found.table)) {
      findings.push_back(Fires(context, found));
    }
    FindPassed(found, findings);
  }
  for (const FoundTable& found : TouchedTables(context)) {
    FindBuilt(found, findings);
  }
  return findings;
}

}  // namespace segue::checks
