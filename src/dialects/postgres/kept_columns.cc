#include "dialects/postgres/kept_columns.h"

#include <nlohmann/json.hpp>

#include "dialects/postgres/parse_tree.h"

namespace segue::postgres {
namespace {

// Returns the only element of a list that has no other.
const Json* Only(const Json* list) {
  const bool one = list != nullptr && list->is_array() && list->size() == 1;
  return one ? &(*list)[0] : nullptr;
}

bool IsColumn(const Json& expression, const std::string& column) {
  const Json* reference = Node(expression, "ColumnRef");
  if (reference == nullptr) return false;
  const Json* field = Only(Member(*reference, "fields"));
  return field != nullptr && NameIn(*field) == column;
}

bool Keeps(const Json& expression, const std::string& column);

// CASE with one WHEN, which asks whether the column is NULL.
bool CaseKeeps(const Json& one, const std::string& column) {
  if (Member(one, "arg") != nullptr) return false;
  const Json* branch = Only(Member(one, "args"));
  const Json* when = branch == nullptr ? nullptr : Node(*branch, "CaseWhen");
  const Json* otherwise = Member(one, "defresult");
  if (when == nullptr) return false;
  const Json* test = Node(At(*when, "expr"), "NullTest");
  if (test == nullptr || !IsColumn(At(*test, "arg"), column)) return false;
  if (StringMember(*test, "nulltesttype") == "IS_NOT_NULL") {
    return Keeps(At(*when, "result"), column);
  }
  return StringMember(*test, "nulltesttype") == "IS_NULL" &&
         otherwise != nullptr && Keeps(*otherwise, column);
}

// A SELECT that has nothing but the one value that it gives.
const Json* ValueOf(const Json& select) {
  for (const char* key :
       {"fromClause", "whereClause", "groupClause", "havingClause",
        "withClause", "limitCount", "limitOffset", "larg", "valuesLists"}) {
    if (Member(select, key) != nullptr) return nullptr;
  }
  const Json* target = Only(Member(select, "targetList"));
  const Json* value = target == nullptr ? nullptr : Node(*target, "ResTarget");
  return value == nullptr ? nullptr : Member(*value, "val");
}

bool Keeps(const Json& expression, const std::string& column) {
  if (IsColumn(expression, column)) return true;
  if (const Json* coalesce = Node(expression, "CoalesceExpr")) {
    return Keeps(At(*coalesce, "args").at(0), column);
  }
  if (const Json* one = Node(expression, "CaseExpr")) {
    return CaseKeeps(*one, column);
  }
  if (const Json* query = Node(expression, "SubLink")) {
    const Json* select = Node(At(*query, "subselect"), "SelectStmt");
    const Json* value = select == nullptr ? nullptr : ValueOf(*select);
    return StringMember(*query, "subLinkType") == "EXPR_SUBLINK" &&
           value != nullptr && Keeps(*value, column);
  }
  return false;
}

}  // namespace

std::vector<std::string> KeptColumns(const std::string& sql,
                                     const std::vector<plan::Binding>& names) {
  std::vector<std::string> kept;
  try {
    const Json tree = ParsedSql("SELECT (" + sql + "\n)");
    const Json* statement = Only(&At(tree, "stmts"));
    if (statement == nullptr) return {};
    const Json* select = Node(At(*statement, "stmt"), "SelectStmt");
    const Json* value = select == nullptr ? nullptr : ValueOf(*select);
    if (value == nullptr) return {};
    for (const plan::Binding& name : names) {
      if (Keeps(*value, name.name)) kept.push_back(name.name);
    }
  } catch (const Unreadable&) {
    return {};
  }
  return kept;
}

}  // namespace segue::postgres
