#include "dialects/sqlite/bound.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/names.h"

namespace segue::sqlite {
namespace {

std::vector<plan::Binding> Used(const plan::Expression& expression) {
  std::vector<std::string> names;
  for (const plan::Binding& binding : expression.bindings) {
    names.push_back(binding.name);
  }
  names = schema::ReferencedColumns(expression.sql, names);
  std::vector<plan::Binding> used;
  for (const plan::Binding& binding : expression.bindings) {
    const bool met =
        std::find(names.begin(), names.end(), binding.name) != names.end();
    if (met) used.push_back(binding);
  }
  return used;
}

// Returns the default after the column's affinity, which a column of NEW does
// not lend to what it is compared with: 5 is '5' in a TEXT column, and '5' is 5
// in a numeric one.
std::string AsStored(const std::string& text, const schema::Column& column) {
  const auto when = [&](const std::string& condition, const char* type) {
    return "(CASE WHEN " + condition + " THEN CAST(" + text + " AS " + type +
           ") ELSE " + text + " END)";
  };
  switch (AffinityOf(column.type)) {
    case Affinity::kBlob:
      return text;
    case Affinity::kText:
      return when("typeof(" + text + ") IN ('integer', 'real')", "TEXT");
    default:
      // A text that is no number stays a text. The text of the number may have
      // further digits, as '5.0' has.
      return when("typeof(" + text + ") = 'text' AND (" + text +
                      " GLOB '[0-9]*' OR " + text +
                      " GLOB '-[0-9]*') AND NOT " + text + " GLOB '*[^0-9.-]*'",
                  "NUMERIC");
  }
}

}  // namespace

std::string Bound(const plan::Expression& expression,
                  const std::string& table) {
  const std::string row = Quote(table) + ".";
  if (const auto column = expression.PlainColumn()) return row + Quote(*column);
  // The line break ends a comment at the end of the expression.
  const bool comment = expression.sql.find("--") != std::string::npos;
  const std::string text = "(" + expression.sql + (comment ? "\n)" : ")");
  std::vector<std::string> scope;
  for (const plan::Binding& binding : Used(expression)) {
    scope.push_back(row + Quote(binding.column) + " AS " + Quote(binding.name));
  }
  if (scope.empty()) return text;
  return "(SELECT " + text + " FROM (SELECT " + base::Join(scope, ", ") +
         ") AS segue_row)";
}

std::vector<std::string> ColumnsRead(const plan::Expression& expression) {
  std::vector<std::string> columns;
  for (const plan::Binding& binding : Used(expression)) {
    columns.push_back(binding.column);
  }
  return columns;
}

std::string StoresSame(const schema::Column& column,
                       const std::string& expression) {
  const std::string name = Quote(column.name);
  // The unary plus removes the affinity of the expression, so that the affinity
  // of the column is applied to it, as it is when the value is stored.
  std::string same = name + " IS (+" + expression + ") COLLATE BINARY";
  // Without an affinity nothing is converted, so 1 differs from 1.0.
  if (AffinityOf(column.type) == Affinity::kBlob) {
    same += " AND typeof(" + name + ") = typeof(" + expression + ")";
  }
  return "(" + same + ")";
}

std::string IsDefault(const std::string& value, const schema::Column& column,
                      const std::string& default_sql) {
  const std::string stored = AsStored(DefaultText(default_sql), column);
  std::string same = value + " IS " + stored + " COLLATE BINARY";
  if (AffinityOf(column.type) == Affinity::kBlob) {
    same += " AND typeof(" + value + ") = typeof(" + stored + ")";
  }
  return "(" + same + ")";
}

std::string Changed(const std::string& column) {
  const std::string name = Quote(column);
  return "(NEW." + name + " IS NOT OLD." + name +
         " COLLATE BINARY OR typeof(NEW." + name + ") <> typeof(OLD." + name +
         "))";
}

}  // namespace segue::sqlite
