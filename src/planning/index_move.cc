#include "planning/index_move.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/names.h"

namespace segue::ops {
namespace {

bool Mentions(const std::string& sql, const std::string& column) {
  return !schema::ReferencedColumns(sql, {column}).empty();
}

// Returns why the index is not copied; empty when it is.
std::string WhyNotCopied(const schema::Table& table, const schema::Index& index,
                         const std::string& column) {
  if (!index.valid) return "it is invalid";
  if (MentionsInSql(index, column)) {
    return "an expression or the predicate of it mentions the column";
  }
  const auto backs_exclusion = [&](const schema::Constraint& constraint) {
    return constraint.kind == schema::ConstraintKind::kExclude &&
           constraint.name == index.constraint;
  };
  if (std::any_of(table.constraints.begin(), table.constraints.end(),
                  backs_exclusion)) {
    return "it backs an exclusion constraint";
  }
  if (table.kind == "partitioned table") {
    return "an index of a partitioned table cannot be built without blocking "
           "writes";
  }
  return "";
}

schema::Index Copy(const schema::Index& index, const std::string& column,
                   const std::string& new_column, std::size_t limit) {
  schema::Index copy = WithColumn(index, column, new_column);
  copy.name = plan::IndexCopy(index.name, limit);
  copy.primary = false;
  // A deferrable constraint allows for a moment what an index refuses. The
  // index of the column itself looks after it.
  if (index.deferrable) copy.unique = false;
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

std::vector<IndexMove> PlanIndexMoves(TableWork& work,
                                      const std::string& column,
                                      const std::string& new_column, Use use,
                                      const std::string& leaving) {
  std::vector<IndexMove> moves;
  const std::size_t limit = work.capabilities().max_identifier;
  for (const schema::Index& index : work.live().indexes) {
    const bool leaves = !leaving.empty() &&
                        (index.constraint == leaving || index.name == leaving);
    if (leaves) continue;
    const bool plain = UsesPlainly(index, column);
    if (!plain && !MentionsInSql(index, column)) continue;
    work.TakeIndex(index.name, use);
    const std::string reason = WhyNotCopied(work.live(), index, column);
    if (reason.empty()) {
      moves.push_back({index, Copy(index, column, new_column, limit)});
      continue;
    }
    work.Note(Phase::kMigrating,
              fmt::format("index '{}' has no copy over '{}' while both "
                          "versions live: {}",
                          index.name, new_column, reason));
  }
  return moves;
}

void NameIndexes(TableWork& work, const std::vector<IndexMove>& moves,
                 const ColumnSwap& swap) {
  const schema::Table& table = work.live();
  for (const IndexMove& move : moves) {
    const schema::Constraint* old =
        table.FindConstraint(move.original.constraint);
    if (old == nullptr) {
      const schema::Index now =
          WithColumn(move.copy, swap.physical, swap.target.name);
      work.Add(kDrop, plan::RenameIndex{table.name, now, move.original.name});
      continue;
    }
    schema::Constraint constraint = *old;
    for (std::string& column : constraint.columns) {
      if (column == swap.old.name) column = swap.target.name;
    }
    constraint.using_index = move.copy.name;
    constraint.definition.clear();
    work.Add(kDrop, plan::AddConstraint{table.name, constraint});
  }
}

}  // namespace segue::ops
