// Constraints of tables that exist.
#include "dialects/sqlite/render.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

Error CannotConstrain(const schema::TableName& table) {
  return Error(ErrorKind::kRefused,
               "table '" + table.name +
                   "': SQLite cannot add or drop a constraint of an existing "
                   "table")
      .WithHint("a unique index or a new table can do it");
}

}  // namespace

PlannedAction Renderer::operator()(const plan::AddConstraint& action) const {
  throw CannotConstrain(action.table);
}

PlannedAction Renderer::operator()(
    const plan::ValidateConstraint& action) const {
  throw CannotConstrain(action.table);
}

PlannedAction Renderer::operator()(const plan::DropConstraint& action) const {
  throw CannotConstrain(action.table);
}

PlannedAction Renderer::operator()(const plan::RenameConstraint& action) const {
  throw CannotConstrain(action.table);
}

PlannedAction Renderer::operator()(
    const plan::SetReplicaIdentity& action) const {
  throw Error(ErrorKind::kRefused, "table '" + action.table.name +
                                       "': SQLite has no replica identity");
}

}  // namespace segue::sqlite
