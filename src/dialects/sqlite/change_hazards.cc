// What a change of columns and names would break: objects that SQLite does not
// accept, now or afterwards, and dependents that it does not know of.
#include <algorithm>
#include <optional>
#include <set>
#include <variant>

#include "base/text.h"
#include "dialects/sqlite/hazards.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

// SQLite reads a quoted "true" or "false" that a row qualifies as the constant.
bool IsTruthWord(const std::string& name) {
  return SameName(name, "true") || SameName(name, "false");
}

// True when the arguments of a virtual table have this name, bare or in any
// quotes: "content='doc'", "title".
bool Names(const schema::Table& table, const std::string& name) {
  for (const Token& token : Tokenize(table.definition)) {
    if (SameName(NameOf(token), name)) return true;
  }
  return false;
}

std::string Called(const std::string& column, const std::string& table) {
  return "column '" + column + "' of table '" + table + "'";
}

// A seal may have put the column aside under another name.
std::string NameUntilSeal(const plan::DropColumn& drop,
                          const std::vector<plan::Action>& actions) {
  for (const plan::Action& action : actions) {
    const auto* rename = std::get_if<plan::RenameColumn>(&action);
    if (rename == nullptr || rename->to != drop.column.name) continue;
    if (rename->table == drop.table) return rename->from;
  }
  return drop.column.name;
}

class Search {
 public:
  Search(const std::vector<plan::Action>& actions,
         const db::RenderContext& context, std::vector<Hazard>* hazards)
      : actions_(actions), schema_(context.schema), hazards_(hazards) {
    const std::optional<std::size_t> first = FirstAlter();
    if (first && HasTexts()) OfCopy(*first);
    Each([&](const auto& action) { Of(action); });
  }

 private:
  // Calls `visit` with each action, while `at_` is its place.
  template <typename Visit>
  void Each(const Visit& visit) {
    for (at_ = 0; at_ < actions_.size(); ++at_) {
      std::visit(visit, actions_[at_]);
    }
  }

  void Add(const char* id, const std::string& message, const std::string& why,
           const std::string& safe_way) {
    hazards_->push_back(
        {true, id, message + "; " + safe_way, why, safe_way, at_});
  }

  std::optional<std::size_t> FirstAlter() const {
    for (std::size_t at = 0; at < actions_.size(); ++at) {
      const plan::Action& action = actions_[at];
      const bool alters = std::holds_alternative<plan::AddColumn>(action) ||
                          std::holds_alternative<plan::DropColumn>(action) ||
                          std::holds_alternative<plan::RenameColumn>(action) ||
                          std::holds_alternative<plan::RenameTable>(action) ||
                          std::holds_alternative<plan::AlterColumn>(action);
      if (alters) return at;
    }
    return std::nullopt;
  }

  // A schema that was not read from a database has no texts.
  bool HasTexts() const {
    return std::none_of(schema_.tables.begin(), schema_.tables.end(),
                        [](const schema::Table& table) {
                          return table.kind == "table" &&
                                 table.definition.empty();
                        });
  }

  void OfCopy(std::size_t first) {
    MemoryCopy copy(schema_);
    const std::vector<Fault> before = copy.Faults();
    at_ = first;
    OfFaults(before, copy.AlterError());
    Each([&](const auto& action) { OfNames(action, copy); });
    Each([&](const auto& action) { AddTo(copy, action); });
    at_ = first;
    for (const Fault& fault : copy.Faults()) {
      if (std::find(before.begin(), before.end(), fault) != before.end()) {
        continue;
      }
      Add("object-breaks",
          fault.object + " would fail once the migration has added its " +
              "columns: " + fault.reason,
          "the application's statements that use it would fail",
          "let it name the columns that it reads and writes");
    }
    Each([&](const auto& action) { DropFrom(copy, action); });
  }

  // ALTER TABLE reads the whole schema, and segue's own session has to write
  // the tables that change.
  void OfFaults(const std::vector<Fault>& faults,
                const std::string& alter_error) {
    if (!alter_error.empty()) {
      // The copy has no views of published versions, which the contract takes
      // away.
      const bool of_version =
          alter_error.find("__") != std::string::npos &&
          alter_error.find("no such table: main.") != std::string::npos;
      return Add("object-unusable",
                 "ALTER TABLE fails on this database: " + alter_error +
                     (of_version ? ", or it is a view of a published version, "
                                   "which does not stay"
                                 : ""),
                 "ALTER TABLE reads every object of the database, so that each "
                 "step and the rollback would fail with it",
                 "mend or drop that object first");
    }
    for (const Fault& fault : faults) {
      if (!IsChanged(fault.table)) continue;
      Add("object-unusable",
          fault.object + " cannot be written by segue: " + fault.reason +
              UsersOf(fault),
          "a function that only an application registers is unknown to segue, "
          "whose own writes fail with it",
          "mend or drop first what uses it");
    }
  }

  bool IsChanged(const std::string& table) const {
    return std::any_of(
        actions_.begin(), actions_.end(), [&](const plan::Action& action) {
          const auto* add = std::get_if<plan::AddColumn>(&action);
          return add != nullptr && add->table.name == table;
        });
  }

  // Returns what of the table names the function that the reason ends in:
  // " (generated column 'g')"; or nothing.
  std::string UsersOf(const Fault& fault) const {
    const schema::Table* table = schema_.FindTable(fault.table);
    const std::vector<Token> tokens = Tokenize(fault.reason);
    std::string function;
    for (const Token& token : tokens) {
      if (token.kind == Token::Kind::kWord) function = NameOf(token);
    }
    std::vector<std::string> users;
    const auto look = [&](const std::string& kind, const std::string& name,
                          const std::string& sql) {
      if (schema::ReferencedColumns(sql, {function}).empty()) return;
      users.push_back(kind + " '" + name + "'");
    };
    for (const schema::Column& column : table->columns) {
      look("generated column", column.name, column.generated_sql);
    }
    for (const schema::Constraint& constraint : table->constraints) {
      look("check", constraint.name, constraint.check);
    }
    for (const schema::Index& index : table->indexes) {
      look("index", index.name, index.definition);
    }
    return users.empty() ? "" : " (" + base::Join(users, ", ") + ")";
  }

  // A view without names of its own shows a column under the column's name.
  template <typename Action>
  void OfNames(const Action& action, MemoryCopy& copy) {
    if constexpr (std::is_same_v<Action, plan::RenameColumn>) {
      const schema::Table* table = schema_.FindTable(action.table.name);
      if (table == nullptr || table->FindColumn(action.from) == nullptr) return;
      const auto before = copy.ViewColumns();
      const auto after = copy.ViewColumnsAfter(
          "ALTER TABLE " + Quote(table->name.name) + " RENAME COLUMN " +
          Quote(action.from) + " TO " + BareOrQuoted(action.to));
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == after[i]) continue;
        Add("view-shows-name",
            "view '" + copy.views()[i] + "' shows '" + action.from +
                "' under its own name, so that its column would be called '" +
                action.to + "' from one moment to the next",
            "SQLite writes the new name into the text of the view, and a "
            "statement that reads the view by the old name would fail",
            "give the view a list of columns, or write '" + action.from +
                " AS " + action.from + "' in it");
      }
    }
  }

  template <typename Action>
  void AddTo(MemoryCopy& copy, const Action& action) {
    if constexpr (std::is_same_v<Action, plan::AddColumn>) {
      const schema::Table* table = schema_.FindTable(action.table.name);
      if (table == nullptr) return;
      for (const schema::Column& column : table->columns) {
        if (!SameName(column.name, action.column.name)) continue;
        return Add("name-taken",
                   Called(action.column.name, table->name.name) +
                       " is to be added, but SQLite ignores the case of "
                       "letters in names, and there is '" +
                       column.name + "'",
                   "ALTER TABLE would fail with 'duplicate column name'",
                   "choose a name that differs in more than its case");
      }
      copy.ErrorOf("ALTER TABLE " + Quote(table->name.name) + " ADD COLUMN " +
                   Quote(action.column.name));
    }
  }

  template <typename Action>
  void DropFrom(MemoryCopy& copy, const Action& action) {
    if constexpr (std::is_same_v<Action, plan::DropColumn>) {
      const schema::Table* table = schema_.FindTable(action.table.name);
      if (action.of_ours || table == nullptr) return;
      const std::string name = NameUntilSeal(action, actions_);
      if (table->FindColumn(name) == nullptr) return;
      const std::vector<Fault> before = copy.Faults();
      const std::string error =
          copy.ErrorOf("ALTER TABLE " + Quote(table->name.name) +
                       " DROP COLUMN " + Quote(name));
      if (!error.empty()) return;  // what is in the way goes before it
      for (const Fault& fault : copy.Faults()) {
        if (std::find(before.begin(), before.end(), fault) != before.end()) {
          continue;
        }
        Add("object-breaks",
            fault.object + " would fail once " +
                Called(name, table->name.name) + " is dropped: " + fault.reason,
            "the application's statements that use it would fail",
            "let it name the columns that it reads and writes");
      }
    }
  }

  // SQLite keeps no list of the tables that a virtual table reads.
  void OfVirtual(const std::string& table, const std::string& column) {
    for (const schema::Table& other : schema_.tables) {
      if (other.kind != "virtual table" || !Names(other, table)) continue;
      if (!column.empty() && !Names(other, column)) continue;
      Add("virtual-table-reads",
          "virtual table '" + other.name.name + "' reads table '" + table +
              "'" + (column.empty() ? "" : " with its column '" + column + "'"),
          "SQLite does not write a new name into the arguments of a virtual "
          "table, so that each query of it would fail",
          "drop it first, and create it again afterwards");
    }
  }

  void OfTruthWords(const schema::Table& table) {
    for (const schema::Column& column : table.columns) OfName(column, table);
  }

  void OfName(const schema::Column& column, const schema::Table& table) {
    if (!IsTruthWord(column.name)) return;
    if (!told_.insert(table.name.name + "." + column.name).second) return;
    Add("column-named-as-constant",
        Called(column.name, table.name.name) + " has the name of a constant",
        "SQLite reads the name as the constant in a trigger and in a view, so "
        "that a wrong value would be shown or written",
        "give the column another name first");
  }

  // The columns that are added may be in both tables: the provenance of two
  // motions has one name.
  void OfNaturalJoin(const std::string& object, const std::string& text,
                     const std::string& table) {
    bool natural = false;
    bool named = false;
    for (const Token& token : Tokenize(text)) {
      natural = natural || token.Is("NATURAL");
      named = named || SameName(NameOf(token), table);
    }
    if (!natural || !named) return;
    Add("object-breaks",
        object + " joins table '" + table + "' by NATURAL JOIN",
        "such a join goes by every column that both tables have, and so by "
        "one that is added",
        "name the columns of the join with USING or ON");
  }

  void OfNaturalJoins(const std::string& table) {
    for (const schema::Table& other : schema_.tables) {
      if (other.kind == "view") {
        OfNaturalJoin("view '" + other.name.name + "'", other.definition,
                      table);
      }
      for (const schema::Trigger& trigger : other.triggers) {
        OfNaturalJoin("trigger '" + trigger.name + "'", trigger.definition,
                      table);
      }
    }
  }

  template <typename Action>
  void Of(const Action& /*action*/) {}

  void OfTable(const std::string& name) {
    const schema::Table* table = schema_.FindTable(name);
    if (table != nullptr) OfTruthWords(*table);
  }

  void Of(const plan::AddColumn& action) {
    OfTable(action.table.name);
    OfNaturalJoins(action.table.name);
    schema::Table table;
    table.name = action.table;
    OfName(action.column, table);
  }

  void Of(const plan::RenameColumn& action) {
    OfTable(action.table.name);
    schema::Table table;
    table.name = action.table;
    schema::Column column;
    column.name = action.to;
    OfName(column, table);
    const schema::Table* live = schema_.FindTable(action.table.name);
    if (live != nullptr && live->FindColumn(action.from) != nullptr) {
      OfVirtual(action.table.name, action.from);
    }
  }

  void Of(const plan::DropColumn& action) {
    if (!action.of_ours) OfVirtual(action.table.name, action.column.name);
  }

  void Of(const plan::RenameTable& action) { OfVirtual(action.from.name, ""); }

  void Of(const plan::DropTable& action) {
    OfVirtual(action.table.name.name, "");
  }

  void Of(const plan::PublishAlias& action) {
    OfTable(action.view.base().name);
  }

  void Of(const plan::PublishVersion& action) {
    for (const plan::VersionView& view : action.views) {
      schema::Table table;
      table.name.name = view.name;
      table.columns = view.columns;
      OfTruthWords(table);
    }
  }

  const std::vector<plan::Action>& actions_;
  const schema::Schema& schema_;
  std::vector<Hazard>* hazards_;
  std::size_t at_ = 0;
  std::set<std::string> told_;
};

}  // namespace

void FindChangeHazards(const std::vector<plan::Action>& actions,
                       const db::RenderContext& context,
                       std::vector<Hazard>* hazards) {
  Search(actions, context, hazards);
}

}  // namespace segue::sqlite
