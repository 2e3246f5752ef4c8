#include "planning/seal_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "base/text.h"
#include "plan/names.h"
#include "planning/total_expression.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

Error Refused(const std::string& what, const std::string& reason) {
  return Error(ErrorKind::kRefused,
               fmt::format("undo_window: {}: {}", what, reason))
      .WithHint("use undo_window: 0, with which complete is final");
}

using Places = std::set<std::pair<std::string, std::string>>;

// The columns that get another name with the seal, each with its table.
Places RenamedColumns(const PlanContext& context) {
  Places renamed;
  for (const DraftStep& step : context.steps) {
    if (step.place != kSeal) continue;
    for (const plan::Action& action : step.actions) {
      const auto* rename = std::get_if<plan::RenameColumn>(&action);
      if (rename == nullptr) continue;
      renamed.emplace(rename->table.name, rename->from);
    }
  }
  return renamed;
}

// True for a motion whose triggers the seal replaces.
bool IsSealed(const plan::ColumnMotion& motion) {
  return !motion.put_aside.empty();
}

// The functions of the triggers and the walks name the columns by the names
// that these have until then.
void RefuseRenamed(const plan::ColumnMotion& motion, const Places& renamed) {
  std::set<std::string> own;
  if (IsSealed(motion) && motion.old_column) {
    own.insert(motion.old_column->physical());
    if (motion.new_column) own.insert(motion.new_column->physical());
  }
  for (const std::string& column : motion.Columns()) {
    if (own.count(column) > 0) continue;
    if (renamed.count({motion.table.name, column}) == 0) continue;
    throw Refused("table '" + motion.table.name + "'",
                  fmt::format("an expression reads column '{}', which gets "
                              "another name with the seal",
                              column));
  }
  for (const schema::Column& key : motion.key) {
    // The copy has the same values, and the column itself gets the new name.
    const bool follows = motion.keeps_old_column &&
                         key.physical() == motion.old_column->physical();
    if (follows || !motion.sealed_key.empty()) continue;
    if (renamed.count({motion.table.name, key.physical()}) == 0) continue;
    throw Refused("table '" + motion.table.name + "'",
                  fmt::format("its rows are walked by column '{}', which gets "
                              "another name with the seal",
                              key.physical()));
  }
}

// An undo adds the foreign key again, and asks before whether it holds.
void RefuseRenamedParents(const PlanContext& context) {
  const Places renamed = RenamedColumns(context);
  for (const DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* drop = std::get_if<plan::DropConstraint>(&action);
      if (drop == nullptr || !drop->back || drop->back->parent_first) continue;
      const schema::Reference& parent = drop->constraint.reference;
      for (const std::string& column : parent.columns) {
        if (renamed.count({parent.table, column}) == 0) continue;
        throw Refused("foreign key '" + drop->constraint.name + "'",
                      fmt::format("it refers to column '{}' of '{}', which "
                                  "gets another name with the seal",
                                  column, parent.table));
      }
    }
  }
}

bool IsStrict(const PlanContext& context, const plan::ColumnMotion& motion) {
  const schema::Table* table = context.schema.FindTable(motion.table.name);
  return table == nullptr || table->IsStrict();
}

// Where a trigger cannot go on after an error, a write of the new version would
// be refused for the old shape's sake.
void RefuseRaising(const PlanContext& context,
                   const plan::ColumnMotion& motion) {
  if (context.capabilities().marks_transform_errors || !IsSealed(motion) ||
      motion.down.empty()) {
    return;
  }
  const schema::Column& old = *motion.old_column;
  const auto plain = motion.down.PlainColumn();
  bool same_type = false;
  for (const plan::Binding& binding : motion.down.bindings) {
    same_type = same_type ||
                (plain && binding.column == *plain && binding.type == old.type);
  }
  const bool total =
      IsStrict(context, motion) ? same_type : IsTotal(motion.down.sql);
  if (total) return;
  throw Refused(
      "column '" + old.name + "' of table '" + motion.table.name + "'",
      "'down' may fail on a row, and a trigger of " +
          context.capabilities().name +
          " cannot go on after an error, so that the new version's write "
          "would be refused after the seal (" +
          motion.down.sql + ")");
}

void RefuseMotions(const PlanContext& context) {
  const Places renamed = RenamedColumns(context);
  for (const plan::Motion& one : context.motions.all()) {
    const auto* motion = std::get_if<plan::ColumnMotion>(&one);
    if (motion == nullptr) {
      // The table follows the copy from the seal on.
      if (!std::get<plan::TableMotion>(one).put_aside.empty()) continue;
      throw Refused("table '" + plan::TableOf(one).name + "'",
                    "a copy of it takes its place, which nothing takes back");
    }
    RefuseRenamed(*motion, renamed);
    RefuseRaising(context, *motion);
  }
}

// An undo, and what is asked before it, would look for the table by its old
// name.
void RefuseRenamedTables(const PlanContext& context) {
  for (const DraftStep& step : context.steps) {
    if (step.place != kSeal) continue;
    for (const plan::Action& action : step.actions) {
      const auto* rename = std::get_if<plan::RenameTable>(&action);
      if (rename == nullptr) continue;
      for (const DraftStep& other : context.steps) {
        if (&other == &step || other.place != kSeal) continue;
        const bool of_table = std::any_of(
            other.actions.begin(), other.actions.end(),
            [&](const plan::Action& one) {
              return std::visit(
                  [&](const auto& value) {
                    if constexpr (requires { value.table.schema; }) {
                      return value.table == rename->from;
                    } else if constexpr (requires { value.motion; }) {
                      return plan::TableOf(context.motions.At(value.motion)) ==
                             rename->from;
                    } else {
                      return false;
                    }
                  },
                  one);
            });
        if (!of_table) continue;
        throw Refused(
            "'" + step.description + "'",
            fmt::format("'{}' is undone after the table has its old name "
                        "again, and asked about before: split it into two "
                        "migrations",
                        other.description));
      }
    }
  }
}

// Says why an action that waits for the drop would let the old shape refuse
// what the new version writes until then.
std::string WhyNotDropped(const plan::Action& action) {
  const auto* index = std::get_if<plan::DropIndex>(&action);
  const bool of_users = index != nullptr && index->index.unique &&
                        !index->index.name.starts_with(plan::kOurs);
  if (of_users) {
    return "unique index '" + index->index.name +
           "' goes with the drop only, and refuses rows until then";
  }
  const auto* alter = std::get_if<plan::AlterColumn>(&action);
  if (alter != nullptr && alter->before.type != alter->after.type) {
    return "the type changes with the drop only, and refuses values until then";
  }
  return "";
}

// Says why the action cannot be part of a contract that is sealed first; empty
// when it can.
std::string WhyNot(const plan::Action& action, const Place& place) {
  if (const auto* sql = std::get_if<plan::RawSql>(&action)) {
    return sql->undo.empty() ? "nobody knows what SQL does to the old shape, "
                               "and what would take it back"
                             : "";
  }
  if (std::holds_alternative<plan::RebindViews>(action) ||
      std::holds_alternative<plan::CopyViews>(action)) {
    return "views that are bound to another column are not bound back";
  }
  if (const auto* publish = std::get_if<plan::PublishVersion>(&action)) {
    return publish->again ? "views that are made again are not made back" : "";
  }
  if (place == kDrop) return WhyNotDropped(action);
  const auto* index = std::get_if<plan::DropIndex>(&action);
  if (index != nullptr && !index->back) {
    return "index '" + index->index.name + "' would be built under a lock";
  }
  if (const auto* alter = std::get_if<plan::AlterColumn>(&action)) {
    const bool relaxes = !alter->before.nullable && alter->after.nullable;
    if (alter->before.type != alter->after.type) {
      return "the type does not change back";
    }
    if (relaxes && alter->proven_by.empty()) {
      return "rows with NULL could keep NOT NULL from coming back";
    }
  }
  return "";
}

}  // namespace

void RefuseUnsealable(const PlanContext& context) {
  for (const DraftStep& step : context.steps) {
    if (step.place.phase != Phase::kContracting) continue;
    for (const plan::Action& action : step.actions) {
      if (const auto* view = std::get_if<plan::ReshapeView>(&action)) {
        throw Refused("version '" + view->version_schema + "'",
                      "its view of '" + view->table.name +
                          "' would not follow a seal and its undo");
      }
      const std::string reason = WhyNot(action, step.place);
      if (reason.empty()) continue;
      throw Refused("'" + step.description + "'", reason)
          .WithSource(step.source);
    }
  }
  RefuseMotions(context);
  RefuseRenamedParents(context);
  RefuseRenamedTables(context);
}

}  // namespace segue::ops
