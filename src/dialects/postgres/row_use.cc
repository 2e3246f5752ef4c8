#include "dialects/postgres/row_use.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "dialects/postgres/parse_tree.h"
#include "dialects/postgres/row_query.h"

namespace segue::postgres {
namespace {

// Returns where the value of an assignment begins: behind the first := or =
// outside of quotes and brackets.
std::size_t ValueAt(const std::string& assignment) {
  int depth = 0;
  char quote = '\0';
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    const char c = assignment[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      --depth;
    } else if (c == '=' && depth == 0) {
      return i + 1;
    }
  }
  throw Unreadable{};
}

// Returns the last name of a declared type: u for public.u%rowtype.
std::string TypeName(std::string type) {
  type = base::ToLower(base::Trim(type));
  const std::size_t percent = type.find('%');
  if (percent != std::string::npos) type = base::Trim(type.substr(0, percent));
  const std::size_t dot = type.rfind('.');
  if (dot != std::string::npos) type = type.substr(dot + 1);
  type.erase(std::remove(type.begin(), type.end(), '"'), type.end());
  return type;
}

// Reads the statements of one function.
class Reader {
 public:
  Reader(const std::string& table, const std::vector<std::string>& transitions)
      : table_(base::ToLower(table)), names_{{table}, transitions, {}} {
    names_.tables.insert(transitions.begin(), transitions.end());
  }

  // A variable may get the row after the statement that uses it, in a loop, so
  // that all is read again until no more variables hold the row.
  RowUse Run(const Json& function) {
    ReadDatums(function);
    for (std::size_t before = 0; before != names_.holders.size();) {
      before = names_.holders.size();
      Statements(At(function, "action"));
      EachObject(At(function, "datums"), [&](const Json& node) {
        if (const Json* value = Member(node, "default_val"))
          Default(node, *value);
      });
    }
    return std::move(use_);
  }

 private:
  void ReadDatums(const Json& function) {
    const Json* datums = Member(function, "datums");
    const Json* action = Member(function, "action");
    if (datums == nullptr || action == nullptr) throw Unreadable{};
    for (const Json& datum : *datums) {
      std::string name;
      if (const Json* variable = Node(datum, "PLpgSQL_var")) {
        name = StringMember(*variable, "refname");
        const std::string type = TypeOf(*variable);
        if (TypeName(type) == table_) names_.holders.insert(name);
        if (base::Trim(type) == "record") records_.insert(name);
      } else if (const Json* record = Node(datum, "PLpgSQL_rec")) {
        name = StringMember(*record, "refname");
        if (name == "new" || name == "old") names_.holders.insert(name);
      } else if (const Json* field = Node(datum, "PLpgSQL_recfield")) {
        const std::size_t parent = field->value("recparentno", std::size_t{0});
        if (parent < variables_.size() && IsHolder(variables_[parent])) {
          use_.columns.insert(StringMember(*field, "fieldname"));
        }
      }
      variables_.push_back(name);
    }
  }

  static std::string TypeOf(const Json& variable) {
    const Json* type = Member(variable, "datatype");
    const Json* named = type == nullptr ? nullptr : Node(*type, "PLpgSQL_type");
    return named == nullptr ? "" : StringMember(*named, "typname");
  }

  bool IsHolder(const std::string& name) const {
    return names_.holders.count(name) > 0;
  }

  void Default(const Json& variable, const Json& value) {
    if (Expression(value)) Hold(StringMember(variable, "refname"));
  }

  void Statements(const Json& node) {
    if (node.is_array()) {
      for (const Json& part : node) Statements(part);
      return;
    }
    if (!node.is_object()) return;
    for (const auto& [type, statement] : node.items()) {
      Statement(type, statement);
    }
  }

  void Statement(const std::string& type, const Json& statement) {
    if (type == "PLpgSQL_expr") {
      Expression(statement);
    } else if (type == "PLpgSQL_stmt_assign") {
      Assign(statement);
    } else if (type == "PLpgSQL_stmt_return") {
      Return(statement);
    } else if (type == "PLpgSQL_stmt_execsql" || type == "PLpgSQL_stmt_fors") {
      Into(statement);
    } else if (type == "PLpgSQL_stmt_dynexecute" ||
               type == "PLpgSQL_stmt_dynfors" || type == "PLpgSQL_stmt_open") {
      Dynamic(type, statement);
    } else {
      Statements(statement);
    }
  }

  static std::string TextOf(const Json& holder) {
    const Json* expression = Node(holder, "PLpgSQL_expr");
    if (expression == nullptr) throw Unreadable{};
    return StringMember(*expression, "query");
  }

  // Returns true when the value has the whole row in it.
  bool Expression(const Json& node) {
    const Json* inner = Node(node, "PLpgSQL_expr");
    return ReadSql(
        ParsedQuery(StringMember(inner == nullptr ? node : *inner, "query")));
  }

  void Assign(const Json& statement) {
    const std::string text = TextOf(At(statement, "expr"));
    const std::size_t at = ValueAt(text);
    const std::size_t target = text.find_last_not_of(":=", at - 1);
    ReadSql(ParsedSql("SELECT " + text.substr(0, target + 1)));
    if (ReadSql(ParsedSql("SELECT " + text.substr(at)))) {
      HoldNumber(statement.value("varno", variables_.size()));
    }
  }

  // The server takes the row as it is.
  void Return(const Json& statement) {
    const Json* value = Member(statement, "expr");
    if (value == nullptr ||
        IsHolder(base::ToLower(base::Trim(TextOf(*value))))) {
      return;
    }
    Expression(*value);
  }

  void Into(const Json& statement) {
    bool gives_row = false;
    for (const auto& [key, part] : statement.items()) {
      if (key == "target" || key == "var") continue;
      if (Node(part, "PLpgSQL_expr") != nullptr) {
        gives_row = Expression(part) || gives_row;
      } else {
        Statements(part);
      }
    }
    if (!gives_row) return;
    EachObject(statement, [&](const Json& node) {
      const Json* row = Node(node, "PLpgSQL_row");
      if (row == nullptr || Member(*row, "fields") == nullptr) return;
      for (const Json& field : At(*row, "fields")) {
        HoldNumber(field.value("varno", variables_.size()));
      }
    });
  }

  // A string that takes something apart, and a row that is given to it, belong
  // together as far as anybody can see.
  void Dynamic(const std::string& type, const Json& statement) {
    const bool opens = type == "PLpgSQL_stmt_open";
    if (opens && Member(statement, "dynquery") == nullptr) {
      return Statements(statement);
    }
    use_.builds_sql = true;
    bool row = false;
    bool star = false;
    EachObject(statement, [&](const Json& node) {
      const Json* expression = Node(node, "PLpgSQL_expr");
      if (expression == nullptr) return;
      const std::string text = StringMember(*expression, "query");
      star = star || text.find('*') != std::string::npos;
      row = MentionsRow(ParsedQuery(text), names_) || row;
    });
    Statements(statement);
    if (row) use_.passes_row = true;
    if (row && star) use_.fixed_shape = true;
  }

  void HoldNumber(std::size_t number) {
    if (number < variables_.size()) Hold(variables_[number]);
  }
  // A variable of another table's type has the columns of that one.
  void Hold(const std::string& name) {
    if (records_.count(name) > 0) names_.holders.insert(name);
  }

  bool ReadSql(const Json& tree) { return ReadQuery(tree, names_, use_); }

  const std::string table_;
  RowNames names_;
  std::vector<std::string> variables_;  // by their number
  std::set<std::string> records_;       // variables that take any row
  RowUse use_;
};

}  // namespace

std::optional<RowUse> UseOfRow(const std::string& create_function,
                               const std::string& table,
                               const std::vector<std::string>& transitions) {
  // The tree does not tell the other names of NEW and OLD.
  if (base::ToLower(create_function).find("alias") != std::string::npos) {
    return std::nullopt;
  }
  try {
    const Json functions = ParsedFunction(create_function);
    if (!functions.is_array() || functions.size() != 1) return std::nullopt;
    const Json* function = Node(functions[0], "PLpgSQL_function");
    if (function == nullptr) return std::nullopt;
    return Reader(table, transitions).Run(*function);
  } catch (const Unreadable&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace segue::postgres
