// A view's trigger gives every column of the row a value, as it was when the
// statement began. So a trigger of the user's with UPDATE OF fires for columns
// that no application has named, and what a trigger writes into a row that is
// still to come is lost.
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

class Search {
 public:
  Search(const plan::VersionView& view, const db::RenderContext& context,
         const schema::Table& table, std::size_t at,
         std::vector<Hazard>* hazards)
      : view_(view), table_(table), at_(at), hazards_(hazards) {
    const Triggers triggers(context.schema);
    for (const UserTrigger* trigger : triggers.On(table.name.name)) {
      if (trigger->event != TriggerEvent::kUpdate) continue;
      OfColumns(*trigger);
      for (const UserTrigger* reached : triggers.Reached(*trigger)) {
        if (!MayOverwrite(*trigger, *reached)) continue;
        OfRows(*trigger);
        break;
      }
    }
    for (const schema::Constraint& constraint : table.constraints) {
      OfCascade(constraint);
    }
  }

 private:
  void Refuse(const char* id, const std::string& message,
              const std::string& why, const std::string& safe_way) {
    hazards_->push_back(
        {true, id, message + "; " + safe_way, why, safe_way, at_});
  }

  std::string Called(const UserTrigger& trigger) const {
    return "trigger '" + trigger.name + "' of table '" + table_.name.name + "'";
  }

  void OfColumns(const UserTrigger& trigger) {
    if (trigger.of.empty() || FiresOnChange(trigger)) return;
    const std::string& column = trigger.of.front();
    Refuse("trigger-fires-for-every-column",
           Called(trigger) + " is for UPDATE OF '" + column +
               "', but an UPDATE through the view '" + view_.name +
               "' names every column of the table, so that it would run for "
               "each of them",
           "the trigger of a view cannot know which columns a statement names",
           "add 'WHEN NEW." + column + " IS NOT OLD." + column +
               "' to it, or drop it for the time of the migration");
  }

  // The row has been read before the statement began, and is written whole.
  // What a trigger has written there meanwhile is lost, unless it comes after
  // the write of the row itself.
  bool MayOverwrite(const UserTrigger& first,
                    const UserTrigger& reached) const {
    for (const Fragment& statement : reached.body) {
      if (!statement.updates && !statement.inserts) continue;
      if (!SameName(statement.written, table_.name.name)) continue;
      const bool own = &first == &reached && !first.before &&
                       WritesItsRow(statement, table_);
      if (!own) return true;
    }
    return false;
  }

  void OfRows(const UserTrigger& trigger) {
    Refuse("view-overwrites-trigger",
           Called(trigger) +
               " writes rows of that table which an UPDATE "
               "through the view '" +
               view_.name +
               "' may write after it, with the values that they "
               "had before",
           "the trigger of a view writes every column of a row as it was when "
           "the statement began",
           "let it be an AFTER trigger that writes only its own row, or drop "
           "it for the time of the migration");
  }

  void OfCascade(const schema::Constraint& constraint) {
    const std::string& action = constraint.reference.on_update;
    if (constraint.kind != schema::ConstraintKind::kForeignKey ||
        !SameName(constraint.reference.table, table_.name.name) ||
        action.empty() || action == "RESTRICT") {
      return;
    }
    Refuse("view-overwrites-trigger",
           "foreign key '" + constraint.name + "' of table '" +
               table_.name.name +
               "' writes rows of the same table (ON UPDATE " + action +
               "), which an UPDATE through the view '" + view_.name +
               "' may write after it, with the values that they had before",
           "the trigger of a view writes every column of a row as it was when "
           "the statement began",
           "use 'access: in_place'");
  }

  const plan::VersionView& view_;
  const schema::Table& table_;
  const std::size_t at_;
  std::vector<Hazard>* hazards_;
};

}  // namespace

void FindViewHazards(const plan::VersionView& view,
                     const db::RenderContext& context, std::size_t at,
                     std::vector<Hazard>* hazards) {
  if (!view.projects()) return;
  const schema::Table* table = context.schema.FindTable(view.base().name);
  if (table == nullptr) return;
  Search(view, context, *table, at, hazards);
}

}  // namespace segue::sqlite
