#include "planning/obstacles.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "planning/constraint_move.h"
#include "planning/index_move.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

constexpr const char* kOfKey = "it is part of the primary key";

bool Mentions(const std::string& sql, const std::string& column) {
  return !schema::ReferencedColumns(sql, {column}).empty();
}

// These are looked after when the losses of the column are.
bool IsViewOrRule(const schema::Dependent& dependent) {
  return dependent.kind == "view" || dependent.kind == "materialized view" ||
         dependent.kind == "rule";
}

// Collects the obstacles of one column.
class Search {
 public:
  Search(const schema::Table& table, const schema::Column& column, Fate fate,
         const db::Capabilities& capabilities)
      : table_(table),
        column_(column.physical()),
        replaced_(fate == Fate::kReplaced),
        // Where constraints cannot be added or dropped apart from the table,
        // they are not dropped with a column either.
        fixed_constraints_(!capabilities.constraints_go_with_column),
        rebinds_views_(capabilities.rebinds_views) {
    OfColumn(column);
    for (const Constraint& constraint : table.constraints) Of(constraint);
    if (InPrimaryKey(table, column_)) Add(kOfKey);
    for (const schema::Index& index : table.indexes) Of(index);
    OfOthers();
  }

  std::vector<std::string> reasons() && { return std::move(reasons_); }

 private:
  void Add(std::string reason) { reasons_.push_back(std::move(reason)); }

  void OfColumn(const schema::Column& column) {
    if (!table_.of_type.empty()) {
      Add(fmt::format("type '{}' decides which columns the table has",
                      table_.of_type));
    }
    if (base::Contains(table_.partition_key, column_)) {
      Add("it is part of the partition key");
    }
    if (!replaced_) return;
    if (column.identity != schema::Identity::kNone) {
      Add("it is an identity column");
    }
    if (!column.generated_sql.empty()) Add("it is a generated column");
    if (TakesFromSequence(column)) {
      Add("its default takes values from a sequence, which may go with it");
    }
  }

  bool Concerns(const Constraint& constraint) const {
    if (base::Contains(constraint.columns, column_)) return true;
    if (constraint.kind == ConstraintKind::kCheck) {
      return Mentions(
          constraint.check.empty() ? constraint.definition : constraint.check,
          column_);
    }
    // In a table that references itself, the column may also be the referenced
    // one.
    return constraint.kind == ConstraintKind::kForeignKey &&
           Mentions(constraint.definition, table_.name.name) &&
           Mentions(constraint.definition, column_);
  }

  void Of(const Constraint& constraint) {
    const bool mentioned = Concerns(constraint);
    if (!mentioned || constraint.kind == ConstraintKind::kPrimaryKey) return;
    // These are dropped with the column, or just before it.
    if (!replaced_ && !fixed_constraints_) return;
    if (!replaced_ && IsForeignKeyOf(constraint, column_)) return;
    if (replaced_ && CanMove(table_, constraint, column_)) return;
    if (constraint.kind == ConstraintKind::kUnique && !fixed_constraints_) {
      return;  // rebuilt over the new column
    }
    Add(fmt::format("{} '{}' uses it", schema::KindText(constraint.kind),
                    constraint.name));
  }

  void Of(const schema::Index& index) {
    if (!replaced_ || index.primary) return;
    const bool in_sql = MentionsInSql(index, column_);
    if (!in_sql && !UsesPlainly(index, column_)) return;
    if (in_sql && BacksExclusion(table_, index)) {
      Add(fmt::format("exclusion constraint '{}' mentions it",
                      index.constraint));
    } else if (index.deferrable) {
      Add(fmt::format("unique constraint '{}' is deferrable",
                      index.constraint));
    } else if (table_.kind == "partitioned table") {
      Add(
          fmt::format("index '{}' of the partitioned table cannot be built "
                      "without blocking writes",
                      index.name));
    }
  }

  void OfOthers() {
    for (const schema::Column& other : table_.columns) {
      if (other.name != column_ && Mentions(other.generated_sql, column_)) {
        Add(fmt::format("generated column '{}' is computed from it",
                        other.name));
      }
    }
    for (const schema::Dependent& dependent : table_.dependents) {
      // The columns after a dropped one move up in a row.
      const bool whole = dependent.kind == "trigger function of whole rows";
      if (dependent.column != column_ && !(whole && !replaced_)) continue;
      if (replaced_ && rebinds_views_ && IsViewOrRule(dependent)) continue;
      Add(fmt::format("{} '{}' depends on it", dependent.kind,
                      dependent.ToString()));
    }
    for (const schema::Trigger& trigger : table_.triggers) {
      if (base::Contains(trigger.arguments, column_)) {
        Add(fmt::format("trigger {} has its name as an argument",
                        trigger.ToString()));
      } else if (!trigger.columns_known &&
                 Mentions(trigger.definition, column_)) {
        Add(fmt::format("trigger {} mentions it", trigger.ToString()));
      }
    }
  }

  const schema::Table& table_;
  std::string column_;
  bool replaced_;
  bool fixed_constraints_;
  bool rebinds_views_;
  std::vector<std::string> reasons_;
};

}  // namespace

// The key is found by the constraint or by the index, because not every
// database lists both.
bool InPrimaryKey(const schema::Table& table, const std::string& column) {
  const auto key = [&](const Constraint& constraint) {
    return constraint.kind == ConstraintKind::kPrimaryKey &&
           base::Contains(constraint.columns, column);
  };
  const auto key_index = [&](const schema::Index& index) {
    return index.primary && UsesPlainly(index, column);
  };
  return std::any_of(table.constraints.begin(), table.constraints.end(), key) ||
         std::any_of(table.indexes.begin(), table.indexes.end(), key_index);
}

bool TakesFromSequence(const schema::Column& column) {
  return base::ToLower(column.default_sql.value_or("")).find("nextval(") !=
         std::string::npos;
}

bool IsForeignKeyOf(const Constraint& constraint, const std::string& column) {
  return constraint.kind == ConstraintKind::kForeignKey &&
         base::Contains(constraint.columns, column);
}

std::vector<std::string> Obstacles(const schema::Table& table,
                                   const schema::Column& column, Fate fate,
                                   const db::Capabilities& capabilities) {
  return Search(table, column, fate, capabilities).reasons();
}

void RefuseObstacles(const TableWork& work, const schema::Column& column,
                     Fate fate) {
  const std::vector<std::string> reasons =
      Obstacles(work.live(), column, fate, work.capabilities());
  if (reasons.empty()) return;
  const char* hint =
      "drop or change what depends on it first; a view can be made again "
      "without the column by 'sql' in a migration before this one";
  if (fate == Fate::kReplaced) {
    hint = base::Contains(reasons, kOfKey)
               ? "a column of a primary key, and what refers to it, can change "
                 "its type alone, by change_primary_key"
               : "a column with these cannot be replaced yet";
  }
  throw work.Refused(column.name, base::Join(reasons, "; ")).WithHint(hint);
}

void RefuseUnwritable(const TableWork& work, const schema::Column& column,
                      const std::string& hint) {
  std::string reason;
  if (column.identity != schema::Identity::kNone) {
    reason = "it is an identity column";
  } else if (!column.generated_sql.empty()) {
    reason = "it is a generated column";
  } else if (base::Contains(work.live().partition_key, column.physical())) {
    reason = "it is part of the partition key";
  }
  if (reason.empty()) return;
  throw work
      .Refused(column.name, reason + ", which a trigger cannot keep in step")
      .WithHint(hint);
}

}  // namespace segue::ops
