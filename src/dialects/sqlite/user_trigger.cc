#include "dialects/sqlite/user_trigger.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace segue::sqlite {
namespace {

bool IsName(const Token& token) {
  return token.kind == Token::Kind::kWord ||
         token.kind == Token::Kind::kQuoted ||
         token.kind == Token::Kind::kString;
}

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
    return SameName(one, name);
  });
}

// Reads the tokens of a trigger from the left.
class Reader {
 public:
  explicit Reader(const std::vector<Token>& tokens) : tokens_(tokens) {}

  bool Skip(std::string_view word) {
    const bool there = at_ < tokens_.size() && tokens_[at_].Is(word);
    if (there) ++at_;
    return there;
  }

  // Reads a name that may have the name of the schema before it.
  std::string Name() {
    std::string name;
    do {
      if (at_ == tokens_.size()) return name;
      name = NameOf(tokens_[at_++]);
    } while (SkipSymbol('.'));
    return name;
  }

  bool SkipSymbol(char symbol) {
    const bool there = at_ < tokens_.size() && tokens_[at_].IsSymbol(symbol);
    if (there) ++at_;
    return there;
  }

  // Returns the tokens before BEGIN, which is no name where nothing qualifies
  // it.
  std::vector<Token> UntilBegin() {
    std::vector<Token> taken;
    while (at_ < tokens_.size()) {
      const bool qualified = at_ > 0 && tokens_[at_ - 1].IsSymbol('.');
      if (tokens_[at_].Is("BEGIN") && !qualified) break;
      taken.push_back(tokens_[at_++]);
    }
    ++at_;
    return taken;
  }

  // Returns the tokens before the next semicolon.
  std::vector<Token> Statement() {
    std::vector<Token> taken;
    while (at_ < tokens_.size() && !tokens_[at_].IsSymbol(';')) {
      taken.push_back(tokens_[at_++]);
    }
    ++at_;
    return taken;
  }

  bool done() const { return at_ >= tokens_.size(); }

 private:
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

// Reads the columns to which the SET at `at` gives values: the names before
// each "=" at the level of the SET.
void ReadSets(const std::vector<Token>& tokens, std::size_t at,
              Fragment* fragment) {
  bool left = true;
  for (++at; at < tokens.size(); ++at) {
    const Token& token = tokens[at];
    if (token.Is("WHERE") || token.Is("FROM")) return;
    if (token.IsSymbol('(') && !left) {
      at = SkipBrackets(tokens, at) - 1;
    } else if (token.IsSymbol('=')) {
      left = false;
    } else if (token.IsSymbol(',') && !left) {
      left = true;
    } else if (left && IsName(token)) {
      fragment->sets.push_back(NameOf(token));
    }
  }
}

// Finds what a statement writes. A body's statement is an INSERT, an UPDATE, a
// DELETE or a SELECT, perhaps after WITH.
void ReadTarget(Fragment* fragment) {
  const std::vector<Token>& tokens = fragment->tokens;
  std::size_t at = 0;
  while (at < tokens.size()) {
    const Token& token = tokens[at];
    if (token.IsSymbol('(')) {
      at = SkipBrackets(tokens, at);
      continue;
    }
    fragment->inserts |= token.Is("INSERT") || token.Is("REPLACE");
    fragment->deletes |= token.Is("DELETE") || token.Is("REPLACE");
    fragment->updates |= token.Is("UPDATE");
    const bool into = token.Is("INTO");
    const bool from = token.Is("FROM") && at > 0 && tokens[at - 1].Is("DELETE");
    const bool update = token.Is("UPDATE") && fragment->written.empty();
    if (token.Is("SET")) ReadSets(tokens, at, fragment);
    ++at;
    if (!into && !from && !update) continue;
    if (update && at + 1 < tokens.size() && tokens[at].Is("OR")) at += 2;
    while (at + 1 < tokens.size() && tokens[at + 1].IsSymbol('.')) at += 2;
    if (at < tokens.size()) fragment->written = NameOf(tokens[at]);
  }
}

Fragment ToFragment(std::vector<Token> tokens) {
  Fragment fragment;
  fragment.tokens = std::move(tokens);
  ReadTarget(&fragment);
  return fragment;
}

// A "*" that stands for columns: not a product, and not in count(*).
bool IsStar(const std::vector<Token>& tokens, std::size_t at) {
  if (!tokens[at].IsSymbol('*') || at == 0) return false;
  const Token& before = tokens[at - 1];
  return before.IsSymbol('.') || before.IsSymbol(',') || before.Is("SELECT") ||
         before.Is("DISTINCT") || before.Is("ALL");
}

// True for the names in the list of columns of an INSERT, and for those that
// SET gives a value: they are columns of the table that is written.
bool IsWritten(const std::vector<Token>& tokens, std::size_t at) {
  if (at + 1 < tokens.size() && tokens[at + 1].IsSymbol('=') && at > 0 &&
      (tokens[at - 1].Is("SET") || tokens[at - 1].IsSymbol(','))) {
    return true;
  }
  std::size_t open = at;
  while (open > 0 && !tokens[open].IsSymbol('(')) {
    const bool of_list = tokens[open].IsSymbol(',') || IsName(tokens[open]);
    if (!of_list) return false;
    --open;
  }
  for (int back = 1; back <= 5 && static_cast<std::size_t>(back) <= open;
       ++back) {
    const Token& token = tokens[open - static_cast<std::size_t>(back)];
    if (token.Is("INTO")) return true;
    if (!IsName(token) && !token.IsSymbol('.')) return false;
    if (token.Is("VALUES") || token.Is("CONFLICT") || token.Is("SELECT")) {
      return false;
    }
  }
  return false;
}

}  // namespace

bool Fragment::Has(std::string_view word) const {
  return std::any_of(tokens.begin(), tokens.end(),
                     [&](const Token& token) { return token.Is(word); });
}

bool Fragment::Names(std::string_view name) const {
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return IsName(token) && SameName(NameOf(token), name);
  });
}

UserTrigger::UserTrigger(const schema::Trigger& trigger)
    : definition(trigger.definition), name(trigger.name) {
  const std::vector<Token> tokens = Tokenize(definition);
  Reader reader(tokens);
  reader.Skip("CREATE");
  if (!reader.Skip("TEMP")) reader.Skip("TEMPORARY");
  reader.Skip("TRIGGER");
  if (reader.Skip("IF") && reader.Skip("NOT")) reader.Skip("EXISTS");
  reader.Name();
  // BEFORE is the default.
  before = !reader.Skip("AFTER") && !(instead_of = reader.Skip("INSTEAD"));
  if (before) reader.Skip("BEFORE");
  if (instead_of) reader.Skip("OF");
  if (reader.Skip("UPDATE")) {
    event = TriggerEvent::kUpdate;
    if (reader.Skip("OF")) {
      do {
        of.push_back(reader.Name());
      } while (reader.SkipSymbol(','));
    }
  } else if (reader.Skip("DELETE")) {
    event = TriggerEvent::kDelete;
  } else {
    reader.Skip("INSERT");
  }
  reader.Skip("ON");
  table = reader.Name();
  if (reader.Skip("FOR") && reader.Skip("EACH")) reader.Skip("ROW");
  const bool conditional = reader.Skip("WHEN");
  std::vector<Token> condition = reader.UntilBegin();
  if (conditional) when.tokens = std::move(condition);
  while (!reader.done()) {
    std::vector<Token> statement = reader.Statement();
    const bool end = statement.size() == 1 && statement[0].Is("END");
    if (!statement.empty() && !end) {
      body.push_back(ToFragment(std::move(statement)));
    }
  }
}

bool UserTrigger::Raises() const {
  return when.Has("RAISE") ||
         std::any_of(body.begin(), body.end(), [](const Fragment& fragment) {
           return fragment.Has("RAISE");
         });
}

bool MayRead(const Fragment& fragment, const std::string& own_table,
             const Reading& reading) {
  const std::vector<Token>& tokens = fragment.tokens;
  const bool own = SameName(own_table, reading.table);
  const bool others_written =
      !fragment.written.empty() && !SameName(fragment.written, reading.table);
  const bool in_scope = fragment.Names(reading.table);
  for (const Token& token : tokens) {
    if (!IsName(token)) continue;
    if (reading.carriers.count(base::ToLower(NameOf(token))) > 0) return true;
  }
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (in_scope && IsStar(tokens, at)) return true;
    if (!IsName(tokens[at]) || !IsIn(reading.columns, NameOf(tokens[at]))) {
      continue;
    }
    const bool qualified = at >= 2 && tokens[at - 1].IsSymbol('.');
    if (!qualified) {
      const bool text = tokens[at].kind == Token::Kind::kString;
      const bool call = at + 1 < tokens.size() && tokens[at + 1].IsSymbol('(');
      if (text || call || !in_scope) continue;
      if (others_written && IsWritten(tokens, at)) continue;
      return true;
    }
    const std::string row = NameOf(tokens[at - 2]);
    const bool of_row = SameName(row, "NEW") || SameName(row, "OLD");
    if (of_row ? own : in_scope) return true;
  }
  return false;
}

bool WritesItsRow(const Fragment& statement, const schema::Table& table) {
  const std::vector<Token>& tokens = statement.tokens;
  if (tokens.size() < 6) return false;
  const std::vector<std::string> key = table.WalkKey();
  const auto is_key = [&](const std::string& name) {
    return (key.size() == 1 && SameName(key[0], name)) ||
           IsIn({"rowid", "_rowid_", "oid"}, name);
  };
  const auto* last = &tokens[tokens.size() - 6];
  const bool row = last[3].Is("NEW") || last[3].Is("OLD");
  return last[0].Is("WHERE") && last[2].IsSymbol('=') && row &&
         last[4].IsSymbol('.') && is_key(NameOf(last[1])) &&
         SameName(NameOf(last[1]), NameOf(last[5]));
}

Triggers::Triggers(const schema::Schema& schema) {
  for (const schema::Table& table : schema.tables) {
    for (const schema::Trigger& trigger : table.triggers) {
      all_.emplace_back(trigger);
    }
  }
}

std::vector<const UserTrigger*> Triggers::On(const std::string& table) const {
  std::vector<const UserTrigger*> found;
  for (const UserTrigger& trigger : all_) {
    if (SameName(trigger.table, table)) found.push_back(&trigger);
  }
  return found;
}

std::vector<const UserTrigger*> Triggers::FiredBy(
    const Fragment& statement) const {
  std::vector<const UserTrigger*> fired;
  if (statement.written.empty()) return fired;
  const auto names_column = [&](const UserTrigger& trigger) {
    return trigger.of.empty() ||
           std::any_of(
               trigger.of.begin(), trigger.of.end(),
               [&](const auto& name) { return IsIn(statement.sets, name); });
  };
  for (const UserTrigger* trigger : On(statement.written)) {
    const bool insert =
        trigger->event == TriggerEvent::kInsert && statement.inserts;
    const bool remove =
        trigger->event == TriggerEvent::kDelete && statement.deletes;
    const bool update = trigger->event == TriggerEvent::kUpdate &&
                        statement.updates && names_column(*trigger);
    if (insert || remove || update) fired.push_back(trigger);
  }
  return fired;
}

std::vector<const UserTrigger*> Triggers::Reached(
    const UserTrigger& trigger) const {
  std::vector<const UserTrigger*> reached = {&trigger};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const Fragment& statement : reached[i]->body) {
      for (const UserTrigger* next : FiredBy(statement)) {
        const bool known =
            std::find(reached.begin(), reached.end(), next) != reached.end();
        if (!known) reached.push_back(next);
      }
    }
  }
  return reached;
}

std::set<std::string> CarriersOf(const schema::Schema& schema,
                                 const std::string& table) {
  std::set<std::string> carriers;
  for (bool more = true; more;) {
    more = false;
    for (const schema::Table& view : schema.tables) {
      if (view.kind != "view") continue;
      const std::string name = base::ToLower(view.name.name);
      if (carriers.count(name) > 0 || SameName(name, table)) continue;
      for (const Token& token : Tokenize(view.definition)) {
        if (!IsName(token)) continue;
        const std::string word = base::ToLower(NameOf(token));
        if (!SameName(word, table) && carriers.count(word) == 0) continue;
        carriers.insert(name);
        more = true;
        break;
      }
    }
  }
  return carriers;
}

}  // namespace segue::sqlite
