#include "dialects/sqlite/constraint_trial.h"

#include <vector>

#include "db/trial_terms.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"
#include "dialects/sqlite/spelling.h"

namespace segue::sqlite {
namespace {

using schema::ConstraintKind;

std::vector<std::string> ValuesSql(const std::string& table,
                                   const plan::ConstraintTrial& trial) {
  std::vector<std::string> values;
  for (const auto& value : trial.values) {
    values.push_back(Bound(value.value, table));
  }
  return values;
}

class Trial {
 public:
  Trial(const schema::TableName& table, const plan::ConstraintTrial& trial,
        const db::RenderContext& context)
      : table_(table.name),
        trial_(trial),
        schema_(context.schema),
        terms_(kSpelling, trial, ValuesSql(table.name, trial)),
        address_({table.name, trial.key},
                 context.schema.FindTable(table.name)) {}

  std::optional<TrialSql> Make() const {
    const schema::Reference& reference = trial_.constraint.reference;
    TrialSql sql{address_.Walk({}, false), db::TrialReason(trial_)};
    RangeSql& statement = sql.walk.statement;
    // One statement reads the whole table, because there is only one writer
    // anyway.
    sql.walk.next_bound.all = "SELECT 1 WHERE $1 IS NULL";
    switch (trial_.constraint.kind) {
      case ConstraintKind::kCheck:
        statement.all = Keys("NOT " + terms_.Holds(table_));
        return sql;
      case ConstraintKind::kForeignKey:
        if (schema_.FindTable(reference.table) == nullptr) return std::nullopt;
        statement.all = Keys(terms_.HasNoParent(
            *schema_.FindTable(reference.table),
            "SELECT 1 FROM " + Quote(reference.table) + " AS segue_parent",
            "segue_parent"));
        return sql;
      case ConstraintKind::kUnique:
        statement.all = Keys(IsRepeated());
        return sql;
      case ConstraintKind::kPrimaryKey:
      case ConstraintKind::kExclude:
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  // Returns the condition that another row has the same values.
  std::string IsRepeated() const {
    const std::string list = terms_.List();
    return "(" + list + ") IN (SELECT " + list + " FROM " + Quote(table_) +
           " WHERE " + terms_.Given() + " GROUP BY " + list +
           " HAVING count(*) > 1)";
  }

  std::string Keys(const std::string& condition) const {
    return address_
        .Ranges("SELECT " + address_.WalkList() + " FROM " + Quote(table_),
                condition, " LIMIT 100")
        .all;
  }

  std::string table_;
  const plan::ConstraintTrial& trial_;
  const schema::Schema& schema_;
  db::TrialTerms terms_;
  RowAddress address_;
};

}  // namespace

std::optional<TrialSql> ConstraintTrialSql(
    const schema::TableName& table,
    const std::optional<plan::ConstraintTrial>& trial,
    const db::RenderContext& context) {
  if (!trial || !db::CanBeTried(table, *trial, context.schema)) {
    return std::nullopt;
  }
  return Trial(table, *trial, context).Make();
}

}  // namespace segue::sqlite
