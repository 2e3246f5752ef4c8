#include "planning/key_obstacles.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "planning/obstacles.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Column;
using schema::Constraint;
using schema::ConstraintKind;

Error Refused(const KeyChangeSpec& spec, const std::string& reason) {
  return {ErrorKind::kRefused,
          fmt::format("{} '{}' of table '{}': {}", spec.operation, spec.column,
                      spec.table, reason)};
}

// What the change looks after itself is no obstacle.
schema::Table WithoutTies(schema::Table table, const Ties& ties) {
  const auto tied = [&](const std::string& owner, const std::string& name) {
    return std::any_of(ties.foreign_keys.begin(), ties.foreign_keys.end(),
                       [&](const TiedKey& key) {
                         return key.table == owner &&
                                key.constraint.name == name;
                       });
  };
  auto& constraints = table.constraints;
  constraints.erase(std::remove_if(constraints.begin(), constraints.end(),
                                   [&](const Constraint& one) {
                                     return one.kind ==
                                                ConstraintKind::kPrimaryKey ||
                                            tied(table.name.name, one.name);
                                   }),
                    constraints.end());
  auto& indexes = table.indexes;
  indexes.erase(std::remove_if(indexes.begin(), indexes.end(),
                               [](const schema::Index& one) {
                                 return one.primary && !one.deferrable;
                               }),
                indexes.end());
  auto& dependents = table.dependents;
  dependents.erase(std::remove_if(dependents.begin(), dependents.end(),
                                  [&](const schema::Dependent& one) {
                                    return one.kind == "foreign key" &&
                                           (one.schema.empty() ||
                                            one.schema == table.name.schema) &&
                                           tied(one.table, one.name);
                                  }),
                   dependents.end());
  return table;
}

void RefuseForeignKey(const PlanContext& context, const KeyChangeSpec& spec,
                      const TiedKey& key) {
  const Constraint& constraint = key.constraint;
  const schema::Table& table = schema::RequireTable(context.schema, key.table);
  std::string reason;
  if (table.kind != "table") {
    reason = fmt::format("'{}' is a {}", table.shown(), table.kind);
  } else if (!constraint.validated || !constraint.enforced) {
    reason = "it is NOT VALID or NOT ENFORCED, so that rows may break it";
  } else if (constraint.reference.on_delete == "SET DEFAULT" ||
             constraint.reference.on_update == "SET DEFAULT") {
    reason = "it sets a default, which the new column has not yet";
  }
  if (reason.empty()) return;
  throw Refused(spec,
                fmt::format("foreign key '{}' of '{}' would need a copy: {}",
                            constraint.name, key.table, reason))
      .WithHint("drop or change it first");
}

}  // namespace

void RefuseUnable(const PlanContext& context, const KeyChangeSpec& spec) {
  if (!context.followed.empty()) {
    throw Refused(spec,
                  fmt::format("version '{}' is published, whose views would "
                              "not follow a key in place",
                              context.followed[0].version_schema))
        .WithHint("use access: versioned, or retire the version first");
  }
  if (context.capabilities().moves_keys) return;
  throw Refused(spec, fmt::format("{} cannot give a table another primary key",
                                  context.capabilities().name))
      .WithHint("an INTEGER PRIMARY KEY of SQLite has 64 bits already");
}

void RefuseForeignKeys(const PlanContext& context, const KeyChangeSpec& spec,
                       const Ties& ties) {
  for (const TiedKey& key : ties.foreign_keys)
    RefuseForeignKey(context, spec, key);
}

void RefuseBesidesTies(const TableWork& work, const Column& old,
                       const Ties& ties) {
  const schema::Table& live = work.live();
  if (live.kind != "table") {
    throw work.Refused(
        old.name, fmt::format("the table is a {}, whose key cannot be built "
                              "without blocking writes",
                              live.kind));
  }
  // A generated identity counts as numbered, which is looked after.
  Column plain = old;
  plain.identity = schema::Identity::kNone;
  if (IsNumbered(old)) plain.default_sql.reset();
  const std::vector<std::string> reasons = Obstacles(
      WithoutTies(live, ties), plain, Fate::kReplaced, work.capabilities());
  if (reasons.empty()) return;
  throw work.Refused(old.name, base::Join(reasons, "; "))
      .WithHint("a column with these cannot be replaced yet");
}

// Each of two copies of a check would be over one new column and one old one.
void RefuseSharedChecks(const TableWork& work,
                        const std::vector<ColumnSwap>& swaps) {
  for (const Constraint& check : work.live().constraints) {
    if (check.kind != ConstraintKind::kCheck) continue;
    std::vector<std::string> moved;
    for (const ColumnSwap& swap : swaps) {
      moved.push_back(swap.old.physical());
    }
    if (schema::ReferencedColumns(check.check, moved).size() < 2) continue;
    throw work.Refused(check.name,
                       "the check reads several of the columns that change");
  }
}

void RefuseUncopied(const TableWork& work, const std::vector<ColumnSwap>& swaps,
                    const std::vector<IndexMove>& moves) {
  for (const schema::Index& index : work.live().indexes) {
    const bool moved =
        std::any_of(moves.begin(), moves.end(), [&](const IndexMove& move) {
          return move.original.name == index.name;
        });
    if (moved || !index.unique) continue;
    for (const ColumnSwap& swap : swaps) {
      if (!UsesPlainly(index, swap.old.physical())) continue;
      throw work.Refused(swap.old.name,
                         fmt::format("unique index '{}' has no copy over the "
                                     "new column",
                                     index.name));
    }
  }
}

// A copy of a materialized view reads one new column, and would hold on to the
// others that go.
void RefuseSharedCopies(const KeyChangeSpec& spec,
                        const std::vector<plan::Action>& actions) {
  std::vector<std::string> seen;
  for (const plan::Action& action : actions) {
    const auto* copy = std::get_if<plan::CopyViews>(&action);
    if (copy == nullptr || copy->fill) continue;
    for (const std::string& view : copy->what) {
      if (std::find(seen.begin(), seen.end(), view) != seen.end()) {
        throw Refused(spec,
                      fmt::format("{} reads several of the columns that "
                                  "change, and is filled again for one at a "
                                  "time",
                                  view))
            .WithHint("drop it first, and make it again afterwards");
      }
      seen.push_back(view);
    }
  }
}

}  // namespace segue::ops
