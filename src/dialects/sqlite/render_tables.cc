// CREATE, DROP and RENAME TABLE.
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

PlannedAction Renderer::operator()(const plan::CreateTable& action) const {
  const std::string& name = action.table.name.name;
  PlannedAction planned = Change("Create table '" + name + "'", kInstant);
  planned.forward = {{CreateTableSql(action.table), {}}};
  // Someone who has removed the table already must not block a rollback.
  planned.undo = {{"DROP TABLE IF EXISTS " + Quote(name), {}}};
  planned.probe = "SELECT " + HasTable(name);
  return planned;
}

PlannedAction Renderer::operator()(const plan::DropTable& action) const {
  const std::string& name = action.table.name.name;
  PlannedAction planned =
      Change("Drop table '" + name + "'",
             "as long as freeing its pages takes: seconds for a gigabyte");
  planned.forward = {{"DROP TABLE " + Quote(name), {}}};
  planned.reversible = false;
  planned.probe = "SELECT NOT " + HasTable(name);
  return planned;
}

// SQLite writes the new name into every text that mentions the table: foreign
// keys, triggers and views.
PlannedAction Renderer::operator()(const plan::RenameTable& action) const {
  const std::string& from = action.from.name;
  PlannedAction planned =
      Change("Rename table '" + from + "' to '" + action.to + "'", kInstant);
  const auto rename = [](const std::string& a, const std::string& b) {
    return "ALTER TABLE " + Quote(a) + " RENAME TO " + Quote(b);
  };
  planned.forward = {{rename(from, action.to), {}}};
  planned.undo = {{rename(action.to, from), {}}};
  planned.probe =
      "SELECT " + HasTable(action.to) + " AND NOT " + HasTable(from);
  return planned;
}

PlannedAction Renderer::operator()(const plan::PublishAlias& action) const {
  const plan::VersionView& alias = action.view;
  PlannedAction planned =
      Change("Create view '" + alias.name + "' of " + alias.Subject() +
                 (alias.projects() ? ", with triggers that write the table"
                                   : ", which takes no writes"),
             kInstant);
  planned.forward =
      CreateUpdatableView(alias.name, alias, TableOf(alias.base()));
  planned.undo = {{"DROP VIEW IF EXISTS " + Quote(alias.name), {}}};
  planned.probe = "SELECT " + HasView(alias.name);
  return planned;
}

PlannedAction Renderer::operator()(const plan::RetireAlias& action) const {
  const plan::VersionView& alias = action.view;
  PlannedAction planned = Change("Drop view '" + alias.name + "'", kInstant);
  planned.forward = {DropUpdatableView(alias.name)};
  planned.undo = CreateUpdatableView(alias.name, alias, TableOf(alias.base()));
  planned.probe = "SELECT NOT " + HasView(alias.name);
  return planned;
}

}  // namespace segue::sqlite
