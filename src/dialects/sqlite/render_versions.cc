// Renders published versions: a view for each table, whose name tells the
// version. Each session of an application creates TEMP views with the tables'
// own names over them; see version_session.h.
#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/schema_edit.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/version_views.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kInstant[] = "milliseconds, any size";

// Tables, views and indexes share one namespace.
void RequireFreeName(const schema::Schema& schema, const std::string& name) {
  const auto is_it = [&](const std::string& taken) {
    return SameName(taken, name);
  };
  for (const schema::Table& table : schema.tables) {
    const bool taken = is_it(table.name.name) ||
                       std::any_of(table.indexes.begin(), table.indexes.end(),
                                   [&](const schema::Index& index) {
                                     return is_it(index.name);
                                   });
    if (!taken) continue;
    throw Error(ErrorKind::kRefused,
                "'" + name +
                    "' is to be the name of a view of the version, but "
                    "something is called so")
        .WithHint("rename it, or give the migration another 'version_schema'");
  }
}

std::string HasText(std::string_view text) {
  return "type = 'view' AND instr(sql, " + Literal(text) + ") > 0";
}

// Returns a condition over a row of sqlite_schema: it is a view of this
// version.
std::string IsViewOf(const std::string& version) {
  return HasText(PublishedMark(version));
}

std::string Names(const std::string& condition) {
  return "(SELECT name FROM sqlite_schema WHERE " + condition + ")";
}

// Whatever else reads a view would remain and fail on every use.
Statement RequireUnused(const std::string& version) {
  return {
      "SELECT segue_fail(p.type || ' ' || p.name || ' uses ' || v.name || "
      "', a view of version ' || " +
          Literal(version) +
          ") FROM sqlite_schema AS p JOIN sqlite_schema AS v ON "
          "instr(lower(p.sql), lower(v.name)) > 0 WHERE p.type IN "
          "('view', 'trigger') AND p.tbl_name NOT IN " +
          Names(HasText(kPublishedMark)) +
          " AND v.type = 'view' AND v.name IN " + Names(IsViewOf(version)),
      {}};
}

PlannedAction PublishAgain(const plan::PublishVersion& action,
                           const RenderContext& context) {
  const std::string& version = action.version_schema;
  PlannedAction planned =
      Change(context, "Make changed views of version '" + version + "' again",
             kInstant);
  for (const plan::VersionView& view : action.views) {
    planned.forward.push_back(
        {"DROP VIEW IF EXISTS " + Quote(PublishedName(version, view.name)),
         {}});
    base::Append(
        CreatePublishedView(version, view, TableOf(context, view.base())),
        planned.forward);
  }
  planned.reversible = false;
  return planned;
}

}  // namespace

PlannedAction RenderOne(const plan::PublishVersion& action,
                        const RenderContext& context) {
  if (action.again) return PublishAgain(action, context);
  const std::string& version = action.version_schema;
  PlannedAction planned =
      Change(context,
             "Publish version '" + version +
                 "': " + std::to_string(action.views.size()) + " views",
             kInstant);
  for (const plan::VersionView& view : action.views) {
    const std::string name = PublishedName(version, view.name);
    RequireFreeName(context.schema, name);
    base::Append(
        CreatePublishedView(version, view, TableOf(context, view.base())),
        planned.forward);
    planned.undo.push_back(DropUpdatableView(name));
  }
  planned.probe = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE " +
                  IsViewOf(version) + ")";
  planned.missing = MissingOf(planned.forward);
  return planned;
}

// The triggers of the view go with it.
PlannedAction RenderOne(const plan::RepointViews& action,
                        const RenderContext& context) {
  const std::string& version = action.version_schema;
  std::vector<std::string> names;
  std::vector<Statement> statements;
  for (const plan::RepointViews::View& view : action.views) {
    const std::string name = PublishedName(version, view.after.name);
    names.push_back("'" + view.after.name + "'");
    statements.push_back(DropUpdatableView(name));
    base::Append(CreatePublishedView(version, view.after,
                                     TableOf(context, view.after.base())),
                 statements);
  }
  PlannedAction planned =
      Change(context,
             std::string(names.size() == 1 ? "Let view " : "Let views ") +
                 base::Join(names, ", ") + " of version '" + version +
                 (names.size() == 1 ? "' show the new table"
                                    : "' show the new tables"),
             kInstant);
  planned.forward = std::move(statements);
  const plan::VersionView& first = action.views.front().after;
  planned.probe =
      "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = "
      "'view' AND name = " +
      Literal(PublishedName(version, first.name)) + " AND instr(sql, " +
      Literal(" FROM " + Quote(first.base().name)) + ") > 0)";
  planned.reversible = false;
  return planned;
}

namespace {

constexpr char kSealedTable[] = "segue_sealed_views";

std::string OfVersion(const std::string& version) {
  return " WHERE type IN ('view', 'trigger') AND tbl_name IN " +
         Names(IsViewOf(version));
}

}  // namespace

// The views and their triggers are kept elsewhere for the time. The rows of
// views and triggers in sqlite_schema have no other content than what is kept.
PlannedAction RenderOne(const plan::SealVersion& action,
                        const RenderContext& context) {
  const std::string& version = action.version_schema;
  const std::string table = kSealedTable;
  PlannedAction planned = Change(
      context, "Take the views of version '" + version + "' away", kInstant);
  planned.forward =
      EditSchema({"DELETE FROM sqlite_schema" + OfVersion(version), {}});
  const std::vector<Statement> before = {
      RequireUnused(version),
      {"CREATE TABLE IF NOT EXISTS " + table +
           "(version TEXT, type TEXT, name TEXT, tbl_name TEXT, sql TEXT)",
       {}},
      {"INSERT INTO " + table + " SELECT " + Literal(version) +
           ", type, name, tbl_name, sql FROM sqlite_schema" +
           OfVersion(version),
       {}}};
  planned.forward.insert(planned.forward.begin(), before.begin(), before.end());
  planned.undo = EditSchema(
      {"INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql) SELECT "
       "type, name, tbl_name, 0, sql FROM " +
           table + " WHERE version = " + Literal(version) +
           " ORDER BY type DESC",
       {}});
  planned.undo.push_back(
      {"DELETE FROM " + table + " WHERE version = " + Literal(version), {}});
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE " +
                  IsViewOf(version) + ")";
  return planned;
}

// The statements use the views that exist, because a plan does not know the
// views of an earlier plan. The rows of views and triggers in sqlite_schema
// have no other content.
PlannedAction RenderOne(const plan::RetireVersion& action,
                        const RenderContext& context) {
  const std::string& version = action.version_schema;
  PlannedAction planned =
      Change(context, "Remove version '" + version + "'", kInstant);
  planned.forward = EditSchema(
      {"DELETE FROM sqlite_schema WHERE type IN ('view', 'trigger') AND "
       "tbl_name IN " +
           Names(IsViewOf(version)),
       {}});
  planned.forward.insert(planned.forward.begin(), RequireUnused(version));
  if (action.sealed) {
    planned.forward.push_back({std::string("DELETE FROM ") + kSealedTable +
                                   " WHERE version = " + Literal(version),
                               {}});
  }
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE " +
                  IsViewOf(version) + ")";
  planned.reversible = false;
  return planned;
}

}  // namespace segue::sqlite
