#include "planning/version_views.h"

#include <algorithm>

#include "base/text.h"
#include "plan/names.h"
#include "planning/key_change.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

bool IsTable(const schema::Table& table) {
  return table.kind == "table" || table.kind == "partitioned table";
}

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

// The children of a table are shown as their parent will be.
bool ShowsAsItIs(const plan::VersionView& view, const schema::Table& base) {
  return view.name == base.name.name && view.hidden.empty() &&
         view.required.empty() && view.marks.empty() &&
         std::all_of(view.columns.begin(), view.columns.end(),
                     [&](const schema::Column& column) {
                       return column.physical() == column.name &&
                              column.default_sql == BaseDefault(&base, column);
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
    if (!(motion->table == view->base()) || motion->provenance.empty()) {
      continue;
    }
    view->marks.push_back({motion->name, motion->provenance});
  }
}

// The trigger would take a value that the new version leaves out for one of the
// old version's, and derive it.
bool IsRequired(const std::vector<const plan::ColumnMotion*>& motions,
                const schema::Table& table, const schema::Column& column) {
  return !column.LeftOut() &&
         std::any_of(
             motions.begin(), motions.end(),
             [&](const plan::ColumnMotion* motion) {
               return motion->table == table.name && motion->new_column &&
                      motion->new_not_null && !motion->only_null &&
                      motion->new_column->physical() == column.physical();
             });
}

// A key that the database numbers gets its number by the old column, from which
// the trigger takes it; a second one would be lost, and found by lastval().
bool IsNumberedByOld(const std::vector<const plan::ColumnMotion*>& motions,
                     const schema::Table& table, const schema::Column& column) {
  return IsNumbered(column) &&
         std::any_of(motions.begin(), motions.end(),
                     [&](const plan::ColumnMotion* motion) {
                       return motion->table == table.name &&
                              motion->new_decides && motion->new_column &&
                              motion->new_column->physical() ==
                                  column.physical();
                     });
}

std::string NameOf(const schema::Table& table, schema::ConstraintKind kind) {
  for (const schema::Constraint& constraint : table.constraints) {
    if (constraint.kind == kind) return constraint.name;
  }
  return "";
}

plan::ViewSource SourceOf(const schema::Table& table) {
  if (table.part_of.name.empty()) return plan::Projection{table.name};
  if (!table.part_where.empty()) {
    return plan::Projection{table.part_of, table.part_where};
  }
  return plan::Part{table.part_of,
                    NameOf(table, schema::ConstraintKind::kPrimaryKey),
                    NameOf(table, schema::ConstraintKind::kForeignKey)};
}

plan::VersionView ViewOf(
    const schema::Table* base, const schema::Table& table,
    const std::vector<const plan::ColumnMotion*>& motions) {
  plan::VersionView view;
  view.source = SourceOf(table);
  view.name = table.shown();
  view.grants = table.grants;
  for (schema::Column column : table.columns) {
    if (IsNumberedByOld(motions, table, column)) {
      view.columns.push_back(std::move(column));
      continue;
    }
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

// The contract gives a column, and a table, the name under which the version
// shows it.
const schema::Table* TableNow(const schema::Schema& now,
                              const plan::VersionView& view) {
  const schema::Table* table = now.FindTable(view.base().name);
  if (table == nullptr || !IsTable(*table)) table = now.FindTable(view.name);
  return table != nullptr && IsTable(*table) ? table : nullptr;
}

void KeepColumns(const schema::Table& table, plan::VersionView& view) {
  for (schema::Column& column : view.columns) {
    if (table.FindColumn(column.physical()) != nullptr) continue;
    if (table.FindColumn(column.name) != nullptr) column.stored_as.clear();
  }
  std::erase_if(view.columns, [&](const schema::Column& column) {
    return table.FindColumn(column.physical()) == nullptr;
  });
  std::erase_if(view.hidden, [&](const std::string& name) {
    return table.FindColumn(name) == nullptr || Shows(view, name);
  });
  std::erase_if(view.marks, [&](const plan::VersionView::Mark& mark) {
    return table.FindColumn(mark.column) == nullptr;
  });
  const bool has_key = std::all_of(view.key.begin(), view.key.end(),
                                   [&](const std::string& name) {
                                     return table.FindColumn(name) != nullptr;
                                   });
  if (!has_key) SetKey(table, &view);
}

void AddColumns(const schema::Table& table, plan::VersionView& view) {
  for (const schema::Column& column : table.columns) {
    if (Shows(view, column.name) || base::Contains(view.hidden, column.name)) {
      continue;
    }
    if (column.name.starts_with(plan::kOurs)) continue;
    if (schema::FindColumn(view.columns, column.name) != nullptr) {
      throw Error(ErrorKind::kRefused,
                  "SQL of the migration has added column '" + column.name +
                      "' to table '" + table.name.name +
                      "', and the version shows another column under that "
                      "name");
    }
    if (NeedsViewDefault(&table, column)) {
      view.view_defaults.push_back(column.name);
    }
    view.columns.push_back(column);
  }
}

}  // namespace

plan::VersionView ViewOfNew(const schema::Table& table) {
  return ViewOf(&table, table, {});
}

plan::VersionShape ShapeOf(const schema::Schema& before,
                           std::vector<plan::VersionView> views) {
  plan::VersionShape shape{std::move(views), {}};
  for (const schema::Table& table : before.tables) {
    const bool shown = std::any_of(shape.views.begin(), shape.views.end(),
                                   [&](const plan::VersionView& view) {
                                     return view.base().name == table.name.name;
                                   });
    if (!shown) shape.hidden_tables.push_back(table.name.name);
  }
  return shape;
}

plan::VersionShape FollowSchema(plan::VersionShape shape,
                                const schema::Schema& now) {
  std::vector<std::string> known = shape.hidden_tables;
  std::vector<plan::VersionView> views;
  for (plan::VersionView& view : shape.views) {
    const schema::Table* table = TableNow(now, view);
    if (table == nullptr) continue;
    const auto* rows = std::get_if<plan::Projection>(&view.source);
    const bool stays = rows != nullptr && rows->base == table->name;
    view.source =
        plan::Projection{table->name, stays ? rows->where : std::string()};
    KeepColumns(*table, view);
    AddColumns(*table, view);
    known.push_back(table->name.name);
    views.push_back(std::move(view));
  }
  for (const schema::Table& table : now.tables) {
    const bool ours = table.name.name.starts_with(plan::kOurs);
    if (ours || !IsTable(table) || base::Contains(known, table.name.name))
      continue;
    views.push_back(ViewOf(&table, table, {}));
  }
  shape.views = std::move(views);
  return shape;
}

std::vector<plan::VersionView> ChangedViews(const plan::VersionShape& before,
                                            const plan::VersionShape& now) {
  std::vector<plan::VersionView> changed;
  for (const plan::VersionView& view : now.views) {
    const bool same = std::any_of(before.views.begin(), before.views.end(),
                                  [&](const plan::VersionView& one) {
                                    return one.name == view.name &&
                                           schema::NamesOf(one.columns) ==
                                               schema::NamesOf(view.columns);
                                  });
    if (!same) changed.push_back(view);
  }
  return changed;
}

std::vector<plan::VersionView> VersionViews(
    const schema::Schema& before, const schema::Schema& after,
    const std::vector<const plan::ColumnMotion*>& motions,
    const Claims& claims) {
  std::vector<plan::VersionView> views;
  for (const schema::Table& table : after.tables) {
    if (!IsTable(table)) continue;
    // A table that the migration creates is its own base table.
    const schema::Table* base = before.FindTable(table.name.name);
    plan::VersionView view =
        ViewOf(base != nullptr ? base : &table, table, motions);
    view.untouched = base != nullptr &&
                     claims.Workers(base->name.name).empty() &&
                     ShowsAsItIs(view, *base);
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace segue::ops
