#include "dialects/sqlite/constraint_trial.h"

#include <vector>

#include "base/text.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"

namespace segue::sqlite {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

class Trial {
 public:
  Trial(const schema::TableName& table, const plan::ConstraintTrial& trial,
        const db::RenderContext& context)
      : table_(table.name),
        trial_(trial),
        schema_(context.schema),
        address_({table.name, trial.key},
                 context.schema.FindTable(table.name)) {
    for (const auto& value : trial.values) {
      columns_.push_back(value.column);
      values_.push_back(Bound(value.value, table_));
    }
  }

  std::optional<TrialSql> Make() const {
    const Constraint& constraint = trial_.constraint;
    TrialSql sql{address_.Walk({}, false), ""};
    RangeSql& statement = sql.walk.statement;
    // One statement looks at the whole table: there is one writer anyway.
    sql.walk.next_bound.all = "SELECT 1 WHERE $1 IS NULL";
    switch (constraint.kind) {
      case ConstraintKind::kCheck:
        statement.all = Keys(BreaksCheck());
        sql.reason = "breaks check '" + constraint.name + "'";
        return sql;
      case ConstraintKind::kForeignKey:
        if (schema_.FindTable(constraint.reference.table) == nullptr) {
          return std::nullopt;
        }
        statement.all = Keys(HasNoParent());
        sql.reason = "foreign key '" + constraint.name + "' finds no row of '" +
                     constraint.reference.table + "'";
        return sql;
      case ConstraintKind::kUnique:
        statement.all = Keys(IsDuplicate());
        sql.reason = "its " + base::Join(columns_, ", ") + " is not unique";
        return sql;
      case ConstraintKind::kPrimaryKey:
      case ConstraintKind::kExclude:
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  std::string Keys(const std::string& condition) const {
    return address_
        .Ranges("SELECT " + address_.WalkList() + " FROM " + Quote(table_),
                condition, " LIMIT 100")
        .all;
  }

  // The scope is called as the table is: a check may say table.column.
  std::string BreaksCheck() const {
    std::vector<std::string> scope;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      scope.push_back(values_[i] + " AS " + Quote(columns_[i]));
    }
    const std::string check = "(" + trial_.constraint.check + "\n)";
    if (scope.empty()) return "NOT " + check;
    return "NOT (SELECT " + check + " FROM (SELECT " + base::Join(scope, ", ") +
           ") AS " + Quote(table_) + ")";
  }

  std::string Given() const {
    return base::Join(values_, " IS NOT NULL AND ") + " IS NOT NULL";
  }

  // Where the reference names no columns, it is the primary key's.
  std::string HasNoParent() const {
    const schema::Reference& reference = trial_.constraint.reference;
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      pairs.push_back("segue_parent." + Quote(reference.columns.at(i)) + " = " +
                      values_[i]);
    }
    return Given() + " AND NOT EXISTS (SELECT 1 FROM " +
           Quote(reference.table) + " AS segue_parent WHERE " +
           base::Join(pairs, " AND ") + ")";
  }

  std::string IsDuplicate() const {
    const std::string list = base::Join(values_, ", ");
    return "(" + list + ") IN (SELECT " + list + " FROM " + Quote(table_) +
           " WHERE " + Given() + " GROUP BY " + list + " HAVING count(*) > 1)";
  }

  std::string table_;
  const plan::ConstraintTrial& trial_;
  const schema::Schema& schema_;
  RowAddress address_;
  std::vector<std::string> columns_;
  std::vector<std::string> values_;
};

}  // namespace

std::optional<TrialSql> ConstraintTrialSql(
    const schema::TableName& table,
    const std::optional<plan::ConstraintTrial>& trial,
    const db::RenderContext& context) {
  if (!trial) return std::nullopt;
  return Trial(table, *trial, context).Make();
}

}  // namespace segue::sqlite
