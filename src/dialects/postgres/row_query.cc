#include "dialects/postgres/row_query.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace segue::postgres {
namespace {

using Names = std::set<std::string>;

// What becomes of the columns that a SELECT gives.
enum class Output {
  kTaken,     // any number of them will do
  kExpanded,  // their number has to be what it is
};

class RowQuery {
 public:
  RowQuery(const RowNames& names, RowUse& use) : names_(names), use_(use) {}

  // True when some expression is the whole row.
  bool Mentions(const Json& tree) const {
    bool found = false;
    EachObject(tree, [&](const Json& node) {
      found = found || IsRow(node) || IsRowStar(node);
    });
    return found;
  }

  bool Read(const Json& tree) {
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

 private:
  bool IsHolder(const std::string& name) const {
    return names_.holders.count(name) > 0;
  }

  void FromTable(const Json& range) {
    const std::string name = StringMember(range, "relname");
    const Json* alias = Member(range, "alias");
    const std::string shown =
        alias == nullptr ? name : StringMember(*alias, "aliasname");
    (names_.tables.count(name) > 0 ? aliases_ : others_).insert(shown);
  }

  // A column of a transition table need not have its table's name before it.
  void NameColumns(const Json& tree) {
    const bool transition = std::any_of(
        names_.transitions.begin(), names_.transitions.end(),
        [&](const auto& name) {
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

  const RowNames& names_;
  RowUse& use_;
  Names aliases_;         // of the row's tables in the statement
  Names others_;          // of other tables there
  bool has_row_ = false;  // the statement has something of the row's columns
};

}  // namespace

bool ReadQuery(const Json& tree, const RowNames& names, RowUse& use) {
  return RowQuery(names, use).Read(tree);
}

bool MentionsRow(const Json& tree, const RowNames& names) {
  RowUse unused;
  return RowQuery(names, unused).Mentions(tree);
}

}  // namespace segue::postgres
