#include "dialects/postgres/constraint_trial.h"

#include <vector>

#include "base/text.h"
#include "db/trial_terms.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/row_range.h"
#include "dialects/postgres/spelling.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

using schema::ConstraintKind;

constexpr const char* kRow = "t";
// So many rows show the pattern.
constexpr const char* kMost = " LIMIT 100";

std::string ValueSql(const plan::ConstraintTrial::Value& value) {
  const plan::Expression& expression = value.value;
  if (const auto column = expression.PlainColumn()) {
    return std::string(kRow) + "." + Ident(*column);
  }
  return BoundSql(expression.sql, expression.bindings, kRow) +
         "::" + value.type;
}

std::vector<std::string> ValuesSql(const plan::ConstraintTrial& trial) {
  std::vector<std::string> values;
  for (const auto& value : trial.values) values.push_back(ValueSql(value));
  return values;
}

class Trial {
 public:
  Trial(const schema::TableName& table, const plan::ConstraintTrial& trial,
        const db::RenderContext& context)
      : table_(table),
        trial_(trial),
        context_(context),
        terms_(kSpelling, trial, ValuesSql(trial)),
        range_(table, trial.key, context.schema, kRow) {}

  std::optional<TrialSql> Make() const {
    const std::string reason = db::TrialReason(trial_);
    switch (trial_.constraint.kind) {
      case ConstraintKind::kCheck:
        return TrialSql{Keys(terms_.Holds(table_.name) + " IS FALSE"), reason};
      case ConstraintKind::kForeignKey:
        if (Parent() == nullptr) return std::nullopt;
        return TrialSql{Keys(HasNoParent(*Parent())), reason};
      case ConstraintKind::kUnique:
      case ConstraintKind::kPrimaryKey:
        // A range does not know the rows of the others.
        return TrialSql{range_.Whole(Repeated()), reason};
      case ConstraintKind::kExclude:
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  // A check holds for the rows of inheriting tables, too.
  std::string From() const {
    const schema::Constraint& constraint = trial_.constraint;
    const bool inherited =
        constraint.kind == ConstraintKind::kCheck && !constraint.no_inherit;
    return (inherited ? Name(table_) : RowsOfOwn(table_, context_.schema)) +
           " AS " + kRow;
  }

  WalkSql Keys(const std::string& condition) const {
    const std::string head = "SELECT " + range_.KeyAsText() + " FROM " + From();
    if (!range_.walkable()) {
      return range_.Whole(head + " WHERE (" + condition + ")" + kMost);
    }
    return range_.Walk(range_.Over(head, "(" + condition + ")", kMost), false);
  }

  // Returns the SELECT of the rows that share their values with another. A
  // window compares them as an index would; the name of an operator could find
  // another one.
  std::string Repeated() const {
    std::vector<std::string> key;
    for (const schema::Column& column : trial_.key) {
      key.push_back(std::string(kRow) + "." + Ident(column.physical()));
    }
    if (key.empty()) key.push_back(std::string(kRow) + ".ctid");
    return "SELECT " + range_.KeyAsText() + " FROM (SELECT " +
           base::Join(key, ", ") + ", count(*) OVER (PARTITION BY " +
           terms_.List() + ") AS segue_alike FROM " + From() + " WHERE " +
           terms_.Given() + ") AS " + kRow + " WHERE " + kRow +
           ".segue_alike > 1" + kMost;
  }

  // Returns the referenced table; nullptr when it, or a column of it, is not
  // there yet.
  const schema::Table* Parent() const {
    const schema::Reference& reference = trial_.constraint.reference;
    const schema::Table* parent = context_.schema.FindTable(reference.table);
    if (parent == nullptr) return nullptr;
    for (const std::string& column : reference.columns) {
      if (parent->FindColumn(column) == nullptr) return nullptr;
    }
    return parent;
  }

  std::string HasNoParent(const schema::Table& parent) const {
    const schema::Reference& reference = trial_.constraint.reference;
    const std::string missing = terms_.HasNoParent(
        parent,
        "SELECT FROM " +
            RowsOfOwn({table_.schema, reference.table}, context_.schema) +
            " AS p",
        "p");
    if (reference.match != "FULL" || terms_.values().size() == 1) {
      return missing;
    }
    const std::string list = terms_.List();
    return "(" + missing + ") OR (pg_catalog.num_nulls(" + list +
           ") > 0 AND pg_catalog.num_nonnulls(" + list + ") > 0)";
  }

  const schema::TableName& table_;
  const plan::ConstraintTrial& trial_;
  const db::RenderContext& context_;
  db::TrialTerms terms_;
  RowRange range_;
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

}  // namespace segue::postgres
