#include "planning/index_move.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/names.h"
#include "planning/constraint_checks.h"
#include "planning/expression.h"
#include "planning/seal.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

bool Mentions(const std::string& sql, const std::string& column) {
  return !schema::ReferencedColumns(sql, {column}).empty();
}

// Returns why the index is not copied; empty when it is.
std::string WhyNotCopied(const schema::Table& table, const schema::Index& index,
                         const std::string& column, Use use) {
  if (!index.valid) return "it is invalid";
  if (use == Use::kReads && MentionsInSql(index, column)) {
    return "an expression or the predicate of it mentions the column";
  }
  if (BacksExclusion(table, index)) return "it backs an exclusion constraint";
  if (table.kind == "partitioned table") {
    return "an index of a partitioned table cannot be built without blocking "
           "writes";
  }
  return "";
}

// The columns as the SQL of an index names them, the old one bound to `to`.
std::vector<schema::Column> Renamed(const schema::Table& table,
                                    const ColumnSwap& swap,
                                    const std::string& to) {
  std::vector<schema::Column> columns = table.columns;
  for (schema::Column& column : columns) {
    column.name = column.physical();
    column.stored_as.clear();
    if (column.name != swap.old.physical()) continue;
    column.stored_as = to;
    column.type = swap.target.type;
  }
  return columns;
}

// Returns the SQL with the names of the columns as they will be. The database
// takes it as a check, and a check changes its text when a column is renamed.
class Binder {
 public:
  Binder(const TableWork& work, const ColumnSwap& swap, const std::string& to)
      : work_(work), old_(swap.old), columns_(Renamed(work.live(), swap, to)) {}

  std::string Condition(const schema::Index& index, const std::string& sql) {
    schema::Constraint check;
    check.check = sql;
    const db::Answer& answer = AnswerOnCheck(work_, check, columns_);
    if (answer.error.empty()) return answer.bound;
    throw Refused(index, answer.error);
  }

  std::string Expression(const schema::Index& index, const std::string& sql) {
    const std::string test = " IS NOT NULL";
    std::string bound = Condition(index, "(" + sql + "\n)" + test);
    if (bound.starts_with("(") && bound.ends_with(test + ")")) {
      bound = bound.substr(1, bound.size() - 2);
    }
    if (!bound.ends_with(test)) {
      throw Refused(index, "the database prints it as " + bound);
    }
    bound.resize(bound.size() - test.size());
    return bound;
  }

 private:
  Error Refused(const schema::Index& index, const std::string& reason) {
    return work_.Refused(
        old_.name, fmt::format("an expression or the predicate of index '{}' "
                               "is not accepted over the new column: {}",
                               index.name, reason));
  }

  const TableWork& work_;
  const schema::Column& old_;
  std::vector<schema::Column> columns_;
};

schema::Index Bound(schema::Index index, Binder binder) {
  for (schema::IndexColumn& part : index.columns) {
    if (part.expression.empty()) continue;
    part.expression = binder.Expression(index, part.expression);
  }
  if (!index.predicate.empty()) {
    index.predicate = binder.Condition(index, index.predicate);
  }
  return index;
}

// The names of the new columns: until the contract, and after it.
using NameOf = const std::string& (*)(const ColumnSwap& swap);
const std::string& NameUntil(const ColumnSwap& swap) { return swap.physical; }
const std::string& NameAfter(const ColumnSwap& swap) {
  return swap.target.name;
}

// Returns the index over the columns that are called so.
schema::Index Over(const TableWork& work, schema::Index index,
                   const std::vector<ColumnSwap>& swaps, NameOf name) {
  for (const ColumnSwap& swap : swaps) {
    const std::string& column = swap.old.physical();
    const std::string& to = name(swap);
    const bool bind = to != column && MentionsInSql(index, column);
    index = WithColumn(std::move(index), column, to);
    if (bind) index = Bound(std::move(index), {work, swap, to});
  }
  return index;
}

// The database binds one column at a time in SQL.
void RefuseBoundTogether(const TableWork& work, const schema::Index& index,
                         const std::vector<ColumnSwap>& swaps) {
  if (swaps.size() < 2) return;
  for (const ColumnSwap& swap : swaps) {
    if (!MentionsInSql(index, swap.old.physical())) continue;
    throw work.Refused(
        swap.old.name,
        fmt::format("an expression or the predicate of index '{}' mentions it, "
                    "and the index is over another column that changes, too",
                    index.name));
  }
}

schema::Index Copy(schema::Index copy, std::size_t limit) {
  // A deferrable constraint allows for a moment what an index refuses. The
  // index of the column itself looks after it.
  if (copy.deferrable) copy.unique = false;
  copy.name = plan::IndexCopy(copy.name, limit);
  copy.primary = false;
  copy.deferrable = false;
  copy.definition.clear();
  copy.constraint.clear();
  return copy;
}

}  // namespace

bool UsesPlainly(const schema::Index& index, const std::string& column) {
  const auto is_column = [&](const schema::IndexColumn& part) {
    return part.name == column;
  };
  return std::any_of(index.columns.begin(), index.columns.end(), is_column) ||
         std::find(index.include.begin(), index.include.end(), column) !=
             index.include.end();
}

bool MentionsInSql(const schema::Index& index, const std::string& column) {
  const auto in_expression = [&](const schema::IndexColumn& part) {
    return Mentions(part.expression, column);
  };
  return Mentions(index.predicate, column) ||
         std::any_of(index.columns.begin(), index.columns.end(), in_expression);
}

schema::Index WithColumn(schema::Index index, const std::string& from,
                         const std::string& to) {
  for (schema::IndexColumn& part : index.columns) {
    if (part.name == from) part.name = to;
  }
  std::replace(index.include.begin(), index.include.end(), from, to);
  return index;
}

bool BacksExclusion(const schema::Table& table, const schema::Index& index) {
  const schema::Constraint* backed = table.FindConstraint(index.constraint);
  return backed != nullptr && backed->kind == schema::ConstraintKind::kExclude;
}

std::vector<ColumnSwap> Concerned(const schema::Index& index,
                                  const std::vector<ColumnSwap>& swaps) {
  std::vector<ColumnSwap> concerned;
  for (const ColumnSwap& swap : swaps) {
    const std::string& column = swap.old.physical();
    if (UsesPlainly(index, column) || MentionsInSql(index, column)) {
      concerned.push_back(swap);
    }
  }
  return concerned;
}

std::vector<IndexMove> PlanIndexMoves(TableWork& work,
                                      const std::vector<ColumnSwap>& swaps,
                                      Use use, const std::string& leaving) {
  std::vector<IndexMove> moves;
  const std::size_t limit = work.capabilities().max_identifier;
  for (const schema::Index& index : work.live().indexes) {
    const bool leaves = !leaving.empty() &&
                        (index.constraint == leaving || index.name == leaving);
    if (leaves) continue;
    const std::vector<ColumnSwap> concerned = Concerned(index, swaps);
    if (concerned.empty()) continue;
    work.TakeIndex(index.name, use);
    const std::string reason =
        WhyNotCopied(work.live(), index, concerned[0].old.physical(), use);
    if (reason.empty()) {
      RefuseBoundTogether(work, index, concerned);
      moves.push_back({index,
                       Copy(Over(work, index, concerned, NameUntil), limit),
                       Copy(Over(work, index, concerned, NameAfter), limit)});
      continue;
    }
    work.Note(Phase::kMigrating,
              fmt::format("index '{}' has no copy over '{}' while both "
                          "versions live: {}",
                          index.name, concerned[0].physical, reason));
  }
  return moves;
}

void NameIndexes(TableWork& work, const std::vector<IndexMove>& moves,
                 const std::vector<ColumnSwap>& swaps, Place place) {
  const schema::Table& table = work.live();
  for (const IndexMove& move : moves) {
    const schema::Constraint* old =
        table.FindConstraint(move.original.constraint);
    if (old == nullptr) {
      work.Add(place,
               plan::RenameIndex{table.name, move.named, move.original.name});
      continue;
    }
    schema::Constraint constraint = *old;
    for (std::string& column : constraint.columns) {
      for (const ColumnSwap& swap : swaps) {
        if (column != swap.old.name) continue;
        column = swap.target.name;
        break;
      }
    }
    constraint.using_index = move.copy.name;
    constraint.definition.clear();
    work.Add(place, plan::AddConstraint{table.name, constraint});
    if (place == kSeal) BuildAgain(work, move.copy);
  }
}

}  // namespace segue::ops
