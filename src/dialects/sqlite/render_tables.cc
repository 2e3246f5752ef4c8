// Renders CREATE, DROP and RENAME TABLE.
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/table_text.h"
#include "dialects/sqlite/version_views.h"

namespace segue::sqlite {
namespace {

constexpr char kInstant[] = "milliseconds, any size";

std::string Has(const char* type, const std::string& name) {
  return std::string("EXISTS (SELECT 1 FROM sqlite_schema WHERE type = '") +
         type + "' AND lower(name) = lower(" + Literal(name) + "))";
}

std::string HasTable(const std::string& name) { return Has("table", name); }
std::string HasView(const std::string& name) { return Has("view", name); }

}  // namespace

PlannedAction RenderOne(const plan::CreateTable& action,
                        const RenderContext& context) {
  const std::string& name = action.table.name.name;
  PlannedAction planned =
      Change(context, "Create table '" + name + "'", kInstant);
  planned.forward = {{CreateTableSql(action.table), {}}};
  // A rollback must not fail because somebody has removed the table already.
  planned.undo = {{"DROP TABLE IF EXISTS " + Quote(name), {}}};
  planned.probe = "SELECT " + HasTable(name);
  planned.missing = GoneUnless(planned.probe, "table '" + name + "'");
  return planned;
}

PlannedAction RenderOne(const plan::DropTable& action,
                        const RenderContext& context) {
  const std::string& name = action.table.name.name;
  PlannedAction planned =
      Change(context, "Drop table '" + name + "'",
             "as long as freeing its pages takes: seconds for a gigabyte");
  planned.forward = {{"DROP TABLE " + Quote(name), {}}};
  planned.reversible = false;
  planned.probe = "SELECT NOT " + HasTable(name);
  return planned;
}

// SQLite writes the new name into every text that mentions the table: foreign
// keys, triggers and views.
PlannedAction RenderOne(const plan::RenameTable& action,
                        const RenderContext& context) {
  const std::string& from = action.from.name;
  PlannedAction planned = Change(
      context, "Rename table '" + from + "' to '" + action.to + "'", kInstant);
  const auto rename = [](const std::string& a, const std::string& b) {
    return "ALTER TABLE " + Quote(a) + " RENAME TO " + Quote(b);
  };
  planned.forward = {{rename(from, action.to), {}}};
  planned.undo = {{rename(action.to, from), {}}};
  planned.probe =
      "SELECT " + HasTable(action.to) + " AND NOT " + HasTable(from);
  return planned;
}

PlannedAction RenderOne(const plan::PublishAlias& action,
                        const RenderContext& context) {
  const plan::VersionView& alias = action.view;
  PlannedAction planned =
      Change(context,
             "Create view '" + alias.name + "' of " + alias.Subject() +
                 (alias.projects() ? ", with triggers that write the table"
                                   : ", which takes no writes"),
             kInstant);
  planned.forward =
      CreateUpdatableView(alias.name, alias, TableOf(context, alias.base()));
  planned.undo = {{"DROP VIEW IF EXISTS " + Quote(alias.name), {}}};
  planned.probe = "SELECT " + HasView(alias.name);
  planned.missing = MissingOf(planned.forward);
  return planned;
}

PlannedAction RenderOne(const plan::RetireAlias& action,
                        const RenderContext& context) {
  const plan::VersionView& alias = action.view;
  PlannedAction planned =
      Change(context, "Drop view '" + alias.name + "'", kInstant);
  planned.forward = {DropUpdatableView(alias.name)};
  planned.undo =
      CreateUpdatableView(alias.name, alias, TableOf(context, alias.base()));
  planned.probe = "SELECT NOT " + HasView(alias.name);
  return planned;
}

}  // namespace segue::sqlite
