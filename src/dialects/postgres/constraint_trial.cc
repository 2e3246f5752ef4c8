#include "dialects/postgres/constraint_trial.h"

#include <vector>

#include "base/text.h"
#include "dialects/postgres/row_range.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

constexpr const char* kRow = "t";
// Enough to see the pattern.
constexpr const char* kMost = " LIMIT 100";

// The expression's names are bound by a sub-select.
std::string ValueSql(const plan::ConstraintTrial::Value& value) {
  const plan::Expression& expression = value.value;
  if (const auto column = expression.PlainColumn()) {
    return std::string(kRow) + "." + Ident(*column);
  }
  std::vector<std::string> columns;
  for (const plan::Binding& binding : expression.bindings) {
    columns.push_back(std::string(kRow) + "." + Ident(binding.column) + " AS " +
                      Ident(binding.name));
  }
  const std::string text = "(" + expression.sql + "\n)";
  const std::string bound = columns.empty()
                                ? text
                                : "(SELECT " + text + " FROM (SELECT " +
                                      base::Join(columns, ", ") + ") AS r)";
  return bound + "::" + value.type;
}

class Trial {
 public:
  Trial(const schema::TableName& table, const plan::ConstraintTrial& trial,
        const db::RenderContext& context)
      : table_(table),
        trial_(trial),
        context_(context),
        range_(table, trial.key, context.schema, kRow) {}

  std::optional<TrialSql> Make() const {
    const Constraint& constraint = trial_.constraint;
    TrialSql sql{range_.Walk({}, false), ""};
    RangeSql& statement = sql.walk.statement;
    switch (constraint.kind) {
      case ConstraintKind::kCheck:
        statement = Keys(BreaksCheck());
        sql.reason = "breaks check '" + constraint.name + "'";
        return sql;
      case ConstraintKind::kForeignKey:
        if (!HasReferenced()) return std::nullopt;
        statement = Keys(HasNoParent());
        sql.reason = "foreign key '" + constraint.name + "' finds no row of '" +
                     constraint.reference.table + "'";
        return sql;
      case ConstraintKind::kUnique:
      case ConstraintKind::kPrimaryKey:
        // One look at the whole table: a range does not know the others.
        sql.walk.next_bound.all = "SELECT 1 WHERE $1::bigint IS NULL";
        statement.all = Duplicates();
        sql.reason = "its " + base::Join(Columns(), ", ") + " is not unique";
        return sql;
      case ConstraintKind::kExclude:
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  std::string From() const { return Name(table_) + " AS " + kRow; }

  RangeSql Keys(const std::string& condition) const {
    return range_.Over("SELECT " + range_.KeyAsText() + " FROM " + From(),
                       "(" + condition + ")", kMost);
  }

  std::vector<std::string> Columns() const {
    std::vector<std::string> names;
    for (const auto& value : trial_.values) names.push_back(value.column);
    return names;
  }

  std::vector<std::string> Values() const {
    std::vector<std::string> values;
    for (const auto& value : trial_.values) values.push_back(ValueSql(value));
    return values;
  }

  // The scope is called as the table is: a check may say table.column.
  std::string BreaksCheck() const {
    std::vector<std::string> columns;
    for (const auto& value : trial_.values) {
      columns.push_back(ValueSql(value) + " AS " + Ident(value.column));
    }
    const std::string check = "(" + trial_.constraint.check + "\n)";
    if (columns.empty()) return check + " IS FALSE";
    return "(SELECT " + check + " FROM (SELECT " + base::Join(columns, ", ") +
           ") AS " + Ident(table_.name) + ") IS FALSE";
  }

  bool HasReferenced() const {
    const schema::Reference& reference = trial_.constraint.reference;
    const schema::Table* parent = context_.schema.FindTable(reference.table);
    if (parent == nullptr) return false;
    for (const std::string& column : reference.columns) {
      if (parent->FindColumn(column) == nullptr) return false;
    }
    return true;
  }

  std::string HasNoParent() const {
    const schema::Reference& reference = trial_.constraint.reference;
    const std::vector<std::string> values = Values();
    std::vector<std::string> pairs;
    std::vector<std::string> given;
    for (std::size_t i = 0; i < values.size(); ++i) {
      pairs.push_back("p." + Ident(reference.columns[i]) + " = " + values[i]);
      given.push_back(values[i] + " IS NOT NULL");
    }
    const std::string list = base::Join(values, ", ");
    const std::string missing =
        base::Join(given, " AND ") + " AND NOT EXISTS (SELECT FROM " +
        Name({table_.schema, reference.table}) + " AS p WHERE " +
        base::Join(pairs, " AND ") + ")";
    if (reference.match != "FULL" || values.size() == 1) return missing;
    return "(" + missing + ") OR (pg_catalog.num_nulls(" + list +
           ") > 0 AND pg_catalog.num_nonnulls(" + list + ") > 0)";
  }

  std::string Duplicates() const {
    const std::vector<std::string> values = Values();
    const std::string list = base::Join(values, ", ");
    std::vector<std::string> given;
    for (const std::string& value : values) {
      given.push_back(value + " IS NOT NULL");
    }
    return "SELECT " + range_.KeyAsText() + " FROM " + From() + " WHERE (" +
           list + ") IN (SELECT " + list + " FROM " + From() + " WHERE " +
           base::Join(given, " AND ") + " GROUP BY " + list +
           " HAVING count(*) > 1)" + kMost;
  }

  const schema::TableName& table_;
  const plan::ConstraintTrial& trial_;
  const db::RenderContext& context_;
  RowRange range_;
};

}  // namespace

std::optional<TrialSql> ConstraintTrialSql(
    const schema::TableName& table,
    const std::optional<plan::ConstraintTrial>& trial,
    const db::RenderContext& context) {
  if (!trial) return std::nullopt;
  return Trial(table, *trial, context).Make();
}

}  // namespace segue::postgres
