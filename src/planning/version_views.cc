#include "planning/version_views.h"

#include <algorithm>

namespace segue::ops {
namespace {

// Returns the default that a writer of the base table gets for the column
// today.
std::optional<std::string> BaseDefault(const schema::Table* base,
                                       const schema::Column& column) {
  if (base == nullptr) return std::nullopt;
  const schema::Column* found = base->FindColumn(column.physical());
  return found != nullptr ? found->default_sql : std::nullopt;
}

// SET c = DEFAULT through a view takes the default of the view alone, so the
// view has that of each column. The table numbers an identity column itself.
bool NeedsViewDefault(const schema::Table* base, const schema::Column& column) {
  if (!column.generated_sql.empty()) return false;
  if (column.identity != schema::Identity::kNone) return false;
  return column.default_sql || BaseDefault(base, column);
}

bool Shows(const plan::VersionView& view, const std::string& stored) {
  return std::any_of(view.columns.begin(), view.columns.end(),
                     [&](const schema::Column& column) {
                       return column.physical() == stored;
                     });
}

// The key identifies a row: a key whose columns are never NULL if there is one,
// otherwise the declared key.
void SetKey(const schema::Table& stored, plan::VersionView* view) {
  view->key = stored.WalkKey();
  if (!view->key.empty()) return;
  for (const schema::Constraint& constraint : stored.constraints) {
    if (constraint.kind != schema::ConstraintKind::kPrimaryKey) continue;
    view->key = constraint.columns;
    view->key_may_be_null = true;
  }
}

void AddMarks(const std::vector<const plan::ColumnMotion*>& motions,
              plan::VersionView* view) {
  for (const plan::ColumnMotion* motion : motions) {
    if (!(motion->table == view->base()) || !motion->new_column) continue;
    view->marks.push_back({motion->name, motion->provenance});
  }
}

// The trigger would take a value that the new version leaves out for one of the
// old version's, and derive it.
bool IsRequired(const std::vector<const plan::ColumnMotion*>& motions,
                const schema::Table& table, const schema::Column& column) {
  return !column.LeftOut() &&
         std::any_of(motions.begin(), motions.end(),
                     [&](const plan::ColumnMotion* motion) {
                       return motion->table == table.name &&
                              motion->new_column && motion->new_not_null &&
                              motion->new_column->physical() ==
                                  column.physical();
                     });
}

plan::VersionView ViewOf(
    const schema::Table* base, const schema::Table& table,
    const std::vector<const plan::ColumnMotion*>& motions) {
  plan::VersionView view;
  view.source = plan::Projection{table.name};
  view.name = table.shown();
  view.grants = table.grants;
  for (schema::Column column : table.columns) {
    if (NeedsViewDefault(base, column)) {
      // A default that the new version does not have any more must not come
      // from the base table, which keeps it for the old version.
      if (!column.default_sql) column.default_sql = "NULL";
      view.view_defaults.push_back(column.name);
    }
    if (IsRequired(motions, table, column)) {
      view.required.push_back(column.name);
    }
    view.columns.push_back(std::move(column));
  }
  if (base != nullptr) {
    for (const schema::Column& column : base->columns) {
      if (!Shows(view, column.name)) view.hidden.push_back(column.name);
    }
  }
  SetKey(base == nullptr ? table : *base, &view);
  AddMarks(motions, &view);
  return view;
}

}  // namespace

std::vector<plan::VersionView> VersionViews(
    const schema::Schema& before, const schema::Schema& after,
    const std::vector<const plan::ColumnMotion*>& motions) {
  std::vector<plan::VersionView> views;
  for (const schema::Table& table : after.tables) {
    if (table.kind != "table" && table.kind != "partitioned table") continue;
    // A table that the migration creates is its own base table.
    const schema::Table* base = before.FindTable(table.name.name);
    views.push_back(ViewOf(base != nullptr ? base : &table, table, motions));
  }
  return views;
}

}  // namespace segue::ops
