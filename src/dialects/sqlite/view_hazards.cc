// A view's trigger gives every column of the row a value, so that the trigger
// of the user's with UPDATE OF fires for columns that no application has named.
#include <algorithm>

#include "dialects/sqlite/hazards.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/user_trigger.h"

namespace segue::sqlite {
namespace {

using Tokens = std::vector<Token>;

// Returns the parts between the words at the level of no bracket.
std::vector<Tokens> SplitAt(const Tokens& tokens, const char* word) {
  std::vector<Tokens> parts(1);
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.IsSymbol('(')) ++depth;
    if (token.IsSymbol(')')) --depth;
    if (depth == 0 && token.Is(word)) {
      parts.emplace_back();
    } else {
      parts.back().push_back(token);
    }
  }
  return parts;
}

Tokens WithoutBrackets(Tokens tokens) {
  while (tokens.size() > 2 && tokens.front().IsSymbol('(') &&
         SkipBrackets(tokens, 0) == tokens.size()) {
    tokens.erase(tokens.begin());
    tokens.pop_back();
  }
  return tokens;
}

bool IsRow(const Token& token) { return token.Is("NEW") || token.Is("OLD"); }

// True for "NEW.c IS NOT OLD.c", also with "<>" or "!=", for one of these
// columns.
bool IsChange(const Tokens& given, const std::vector<std::string>& columns) {
  const Tokens tokens = WithoutBrackets(given);
  if (tokens.size() != 8) return false;
  const bool left = IsRow(tokens[0]) && tokens[1].IsSymbol('.');
  const bool differs = (tokens[3].Is("IS") && tokens[4].Is("NOT")) ||
                       (tokens[3].IsSymbol('<') && tokens[4].IsSymbol('>')) ||
                       (tokens[3].IsSymbol('!') && tokens[4].IsSymbol('='));
  const bool right = IsRow(tokens[5]) && tokens[6].IsSymbol('.') &&
                     !SameName(tokens[0].text, tokens[5].text);
  if (!left || !differs || !right) return false;
  const std::string name = NameOf(tokens[2]);
  return SameName(name, NameOf(tokens[7])) &&
         std::any_of(columns.begin(), columns.end(),
                     [&](const auto& one) { return SameName(one, name); });
}

// True when the condition holds only where one of its columns has changed, so
// that it does not matter which columns a statement names.
bool FiresOnChange(const UserTrigger& trigger) {
  const Tokens condition = WithoutBrackets(trigger.when.tokens);
  for (const Tokens& part : SplitAt(condition, "AND")) {
    const std::vector<Tokens> choices = SplitAt(WithoutBrackets(part), "OR");
    if (std::all_of(choices.begin(), choices.end(), [&](const Tokens& choice) {
          return IsChange(choice, trigger.of);
        })) {
      return true;
    }
  }
  return false;
}

}  // namespace

void FindViewHazards(const plan::VersionView& view,
                     const db::RenderContext& context, std::size_t at,
                     std::vector<Hazard>* hazards) {
  if (!view.projects()) return;
  const schema::Table* table = context.schema.FindTable(view.base().name);
  if (table == nullptr) return;
  for (const schema::Trigger& text : table->triggers) {
    const UserTrigger trigger(text);
    if (trigger.instead_of || trigger.of.empty()) continue;
    if (trigger.event != TriggerEvent::kUpdate) continue;
    if (FiresOnChange(trigger)) continue;
    const std::string safe_way = "add 'WHEN NEW." + trigger.of.front() +
                                 " IS NOT OLD." + trigger.of.front() +
                                 "' to it, or drop it for the time of the "
                                 "migration";
    hazards->push_back(
        {true, "trigger-fires-for-every-column",
         "trigger '" + trigger.name + "' of table '" + table->name.name +
             "' is for UPDATE OF '" + trigger.of.front() +
             "', but an UPDATE through the view '" + view.name +
             "' names every column of the table, so that it would run for each "
             "of them; " +
             safe_way,
         "the trigger of a view cannot know which columns a statement names",
         safe_way, at});
  }
}

}  // namespace segue::sqlite
