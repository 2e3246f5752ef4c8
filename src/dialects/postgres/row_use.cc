#include "dialects/postgres/row_use.h"

#include <pg_query.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace segue::postgres {
namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

// Thrown for what this file cannot read; it never leaves it.
struct Unreadable {};

template <typename Result, void (*kFree)(Result)>
Json Parsed(Result result, char* Result::*text) {
  const struct Owner {
    Result held;
    ~Owner() { kFree(held); }
  } owner{result};
  if (result.error != nullptr || result.*text == nullptr) throw Unreadable{};
  Json json = Json::parse(result.*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw Unreadable{};
  return json;
}

Json ParsedFunction(const std::string& sql) {
  return Parsed<PgQueryPlpgsqlParseResult, pg_query_free_plpgsql_parse_result>(
      pg_query_parse_plpgsql(sql.c_str()),
      &PgQueryPlpgsqlParseResult::plpgsql_funcs);
}

Json ParsedSql(const std::string& sql) {
  return Parsed<PgQueryParseResult, pg_query_free_parse_result>(
      pg_query_parse(sql.c_str()), &PgQueryParseResult::parse_tree);
}

// PL/pgSQL has statements and bare expressions, and the tree does not say which
// of the two a text is.
Json ParsedQuery(const std::string& text) {
  try {
    return ParsedSql(text);
  } catch (const Unreadable&) {
    return ParsedSql("SELECT " + text);
  }
}

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

const Json* Member(const Json& node, const char* key) {
  if (!node.is_object()) return nullptr;
  const auto found = node.find(key);
  return found == node.end() ? nullptr : &*found;
}

const Json& At(const Json& node, const char* key) {
  const Json* found = Member(node, key);
  if (found == nullptr) throw Unreadable{};
  return *found;
}

std::string StringMember(const Json& node, const char* key) {
  const Json* found = Member(node, key);
  return found != nullptr && found->is_string() ? found->get<std::string>()
                                                : "";
}

// A node of a tree is an object whose only key is its type.
const Json* Node(const Json& node, const char* type) {
  return Member(node, type);
}

bool IsStar(const Json& field) { return Node(field, "A_Star") != nullptr; }

std::string NameIn(const Json& field) {
  const Json* text = Node(field, "String");
  return text == nullptr ? "" : StringMember(*text, "sval");
}

template <typename Visit>
void EachObject(const Json& node, const Visit& visit) {
  if (node.is_object()) visit(node);
  if (!node.is_structured()) return;
  for (const Json& part : node) EachObject(part, visit);
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

// What becomes of the columns that a SELECT gives.
enum class Output {
  kTaken,     // any number of them will do
  kExpanded,  // their number has to be what it is
};

// Reads the statements of one function.
class Reader {
 public:
  Reader(const std::string& table, const std::vector<std::string>& transitions)
      : table_(base::ToLower(table)), transitions_(transitions) {
    tables_.insert(table);
    tables_.insert(transitions.begin(), transitions.end());
  }

  // A variable may get the row after the statement that uses it, in a loop, so
  // that all is read again until no more variables hold the row.
  RowUse Run(const Json& function) {
    ReadDatums(function);
    for (std::size_t before = 0; before != holders_.size();) {
      before = holders_.size();
      Statements(At(function, "action"));
      EachObject(At(function, "datums"), [&](const Json& node) {
        if (const Json* value = Member(node, "default_val"))
          Default(node, *value);
      });
    }
    return std::move(use_);
  }

 private:
  // --- PL/pgSQL

  void ReadDatums(const Json& function) {
    const Json* datums = Member(function, "datums");
    const Json* action = Member(function, "action");
    if (datums == nullptr || action == nullptr) throw Unreadable{};
    for (const Json& datum : *datums) {
      std::string name;
      if (const Json* variable = Node(datum, "PLpgSQL_var")) {
        name = StringMember(*variable, "refname");
        const std::string type = TypeOf(*variable);
        if (TypeName(type) == table_) holders_.insert(name);
        if (base::Trim(type) == "record") records_.insert(name);
      } else if (const Json* record = Node(datum, "PLpgSQL_rec")) {
        name = StringMember(*record, "refname");
        if (name == "new" || name == "old") holders_.insert(name);
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
    return holders_.count(name) > 0;
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
    return Query(
        ParsedQuery(StringMember(inner == nullptr ? node : *inner, "query")));
  }

  void Assign(const Json& statement) {
    const std::string text = TextOf(At(statement, "expr"));
    const std::size_t at = ValueAt(text);
    const std::size_t target = text.find_last_not_of(":=", at - 1);
    Query(ParsedSql("SELECT " + text.substr(0, target + 1)));
    if (Query(ParsedSql("SELECT " + text.substr(at)))) {
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
      row = Mentions(ParsedQuery(text)) || row;
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
    if (records_.count(name) > 0) holders_.insert(name);
  }

  // --- SQL

  // True when some expression is the whole row.
  bool Mentions(const Json& tree) const {
    bool found = false;
    EachObject(tree, [&](const Json& node) {
      found = found || IsRow(node) || IsRowStar(node);
    });
    return found;
  }

  // Returns true when the statement gives the whole row, so that what takes its
  // result has it.
  bool Query(const Json& tree) {
    aliases_.clear();
    others_.clear();
    EachObject(tree, [&](const Json& node) {
      if (const Json* range = Node(node, "RangeVar")) FromTable(*range);
    });
    has_row_ = !aliases_.empty() || Mentions(tree);
    NameColumns(tree);
    const Json* statements = Member(tree, "stmts");
    if (statements == nullptr) throw Unreadable{};
    for (const Json& statement : *statements) {
      Walk(At(statement, "stmt"), Output::kTaken);
    }
    return has_row_;
  }

  void FromTable(const Json& range) {
    const std::string name = StringMember(range, "relname");
    const Json* alias = Member(range, "alias");
    const std::string shown =
        alias == nullptr ? name : StringMember(*alias, "aliasname");
    (tables_.count(name) > 0 ? aliases_ : others_).insert(shown);
  }

  // A column of a transition table need not have its table's name before it.
  void NameColumns(const Json& tree) {
    const bool transition = std::any_of(
        transitions_.begin(), transitions_.end(), [&](const auto& name) {
          return tree.dump().find("\"relname\":" + Json(name).dump()) !=
                 std::string::npos;
        });
    EachObject(tree, [&](const Json& node) {
      if (const Json* reference = Node(node, "ColumnRef")) {
        const Json& fields = At(*reference, "fields");
        if (transition) use_.columns.insert(NameIn(fields.back()));
        if (fields.size() > 1 && IsHolder(NameIn(fields[0]))) {
          use_.columns.insert(NameIn(fields[1]));
        }
      }
      const Json* part = Node(node, "A_Indirection");
      if (part == nullptr || !IsRow(At(*part, "arg"))) return;
      use_.columns.insert(NameIn(At(*part, "indirection").at(0)));
    });
    use_.columns.erase("");
  }

  // NEW, OLD, or a variable that holds the row.
  bool IsRow(const Json& node) const {
    const Json* reference = Node(node, "ColumnRef");
    if (reference == nullptr) return false;
    const Json& fields = At(*reference, "fields");
    return fields.size() == 1 && IsHolder(NameIn(fields[0]));
  }

  // The fields of x.* or (x).*; nullptr for anything else.
  static const Json* StarOf(const Json& node) {
    if (const Json* reference = Node(node, "ColumnRef")) {
      const Json& fields = At(*reference, "fields");
      return IsStar(fields.back()) ? &fields : nullptr;
    }
    const Json* part = Node(node, "A_Indirection");
    if (part == nullptr) return nullptr;
    const Json& steps = At(*part, "indirection");
    return IsStar(steps.back()) ? &steps : nullptr;
  }

  // NEW.* and the like.
  bool IsRowStar(const Json& node) const {
    const Json* fields = StarOf(node);
    if (fields == nullptr) return false;
    if (const Json* part = Node(node, "A_Indirection")) {
      return IsRow(At(*part, "arg"));
    }
    return fields->size() == 2 && IsHolder(NameIn(fields->at(0)));
  }

  // True for a star that may stand for the columns of the row: where the row
  // comes through a subquery, only the names of other tables are none of it.
  bool MayBeRow(const Json& node) const {
    const Json* fields = StarOf(node);
    if (fields == nullptr || !has_row_) return false;
    const bool qualified =
        Node(node, "ColumnRef") != nullptr && fields->size() == 2;
    return !qualified || others_.count(NameIn(fields->at(0))) == 0;
  }

  void Walk(const Json& node, Output output) {
    if (node.is_array()) {
      for (const Json& part : node) Walk(part, output);
      return;
    }
    if (!node.is_object()) return;
    for (const auto& [type, value] : node.items()) Part(type, value, output);
  }

  void Part(const std::string& type, const Json& value, Output output) {
    if (type == "InsertStmt" || type == "UpdateStmt" || type == "MergeStmt") {
      Walk(value, Output::kExpanded);
    } else if (type == "SelectStmt" || type == "larg" || type == "rarg") {
      Select(value, output);
    } else if (type == "SubLink") {
      Sublink(value);
    } else if (type == "A_Expr") {
      Compare(value, output);
    } else if (type == "RowExpr") {
      Row(value, output);
    } else if (type == "FuncCall" || type == "funccall") {
      Pass(value, output);
    } else if (type == "TypeCast") {
      Cast(value, output);
    } else if (type == "NullTest") {
      Test(value, output);
    } else if (type == "ResTarget" || type == "List") {
      Target(type, value, output);
    } else {
      Walk(value, output);
    }
  }

  void Select(const Json& select, Output output) {
    const bool set = StringMember(select, "op") != "SETOP_NONE";
    Walk(select, set ? Output::kExpanded : output);
  }

  // EXISTS does not look at the columns.
  void Sublink(const Json& link) {
    const bool exists = StringMember(link, "subLinkType") == "EXISTS_SUBLINK";
    if (const Json* test = Member(link, "testexpr")) {
      Walk(*test, Output::kExpanded);
      if (Mentions(*test)) use_.fixed_shape = true;
    }
    Walk(At(link, "subselect"), exists ? Output::kTaken : Output::kExpanded);
  }

  // An item of a list of values, or of the columns of a SELECT.
  void Target(const std::string& type, const Json& value, Output output) {
    const bool list = type == "List";
    const Json* items = Member(value, list ? "items" : "val");
    if (items == nullptr) return;
    const auto item = [&](const Json& one) {
      if (output == Output::kExpanded && MayBeRow(one)) use_.fixed_shape = true;
      Walk(one, output);
    };
    if (!list) return item(*items);
    for (const Json& one : *items) item(one);
  }

  // Two rows with the same columns go on having the same ones.
  void Compare(const Json& expression, Output output) {
    const Json* left = Member(expression, "lexpr");
    const Json* right = Member(expression, "rexpr");
    const bool both = left != nullptr && right != nullptr;
    if (both && (IsWhole(*left) || IsWhole(*right)) &&
        ShapeOf(*left) == ShapeOf(*right)) {
      return;
    }
    const bool compares = Compares(expression);
    for (const Json* side : {left, right}) {
      if (side == nullptr) continue;
      if (IsRow(*side) || IsRowStar(*side)) {
        (compares ? use_.fixed_shape : use_.passes_row) = true;
      }
      Walk(*side, output);
    }
  }

  // Other operators, such as #= of hstore, take a row of any shape.
  static bool Compares(const Json& expression) {
    static const Names kOperators = {
        "=", "<>", "<", ">", "<=", ">=", "*=", "*<>", "*<", "*>", "*<=", "*>="};
    return StringMember(expression, "kind") != "AEXPR_OP" ||
           kOperators.count(NameIn(At(expression, "name").back())) > 0;
  }

  bool IsWhole(const Json& node) const {
    if (IsRow(node) || IsRowStar(node)) return true;
    return Node(node, "RowExpr") != nullptr && Mentions(node);
  }

  // Returns a text that is equal for rows of as many columns.
  std::string ShapeOf(const Json& node) const {
    if (IsRow(node) || IsRowStar(node)) return "*";
    const Json* row = Node(node, "RowExpr");
    const Json* args = row == nullptr ? nullptr : Member(*row, "args");
    if (args == nullptr) return "?";
    std::string shape;
    for (const Json& one : *args) {
      shape += IsRowStar(one) ? "*" : StarOf(one) != nullptr ? "?" : "1";
    }
    return shape;
  }

  void Row(const Json& row, Output output) {
    const Json* args = Member(row, "args");
    if (args == nullptr) return;
    for (const Json& one : *args) {
      if (MayBeRow(one)) use_.fixed_shape = true;
      Walk(one, output);
    }
  }

  // A row is an argument of its own, also with a star behind it.
  void Pass(const Json& call, Output output) {
    const Json* args = Member(call, "args");
    if (args == nullptr) return;
    const std::string name = NameIn(At(call, "funcname").back());
    const bool gives_row = name == "jsonb_populate_record" ||
                           name == "json_populate_record" ||
                           name == "populate_record" || name == "count";
    for (const Json& one : *args) {
      const Json* row = Node(one, "RowExpr");
      if (IsRow(one) || IsRowStar(one) || (row != nullptr && Mentions(one))) {
        use_.passes_row = use_.passes_row || !gives_row;
      } else {
        Walk(one, output);
      }
    }
  }

  // Text and JSON take any number of columns, other types do not.
  void Cast(const Json& cast, Output output) {
    const Json& arg = At(cast, "arg");
    if (!Mentions(arg)) return Walk(arg, output);
    const Json& names = At(At(cast, "typeName"), "names");
    const std::string type = NameIn(names.back());
    const bool any = type == "text" || type == "varchar" || type == "json" ||
                     type == "jsonb";
    if (!IsRow(arg) && !IsRowStar(arg)) {
      // A text that was made of a row becomes a row again.
      const bool simple = Node(arg, "TypeCast") == nullptr;
      if (!simple && !any) use_.fixed_shape = true;
      return Walk(arg, output);
    }
    if (any) {
      use_.passes_row = true;
    } else {
      use_.fixed_shape = true;
    }
  }

  // NEW IS NOT NULL asks that no column is NULL.
  void Test(const Json& test, Output output) {
    const Json& arg = At(test, "arg");
    const bool row = IsRow(arg) || IsRowStar(arg);
    if (row && StringMember(test, "nulltesttype") == "IS_NOT_NULL") {
      use_.fixed_shape = true;
    }
    Walk(arg, output);
  }

  const std::string table_;
  const std::vector<std::string>& transitions_;
  Names tables_;                        // whose rows are the row
  std::vector<std::string> variables_;  // by their number
  Names records_;                       // variables that take any row
  Names holders_;                       // variables that hold the row
  Names aliases_;                       // of `tables_` in the statement at hand
  Names others_;                        // of other tables there
  bool has_row_ = false;  // the statement has something of the row's columns
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
