// CREATE, DROP and RENAME TABLE.
#include "dialects/sqlite/render.h"
#include "segue/error.h"

namespace segue::sqlite {

PlannedAction Renderer::operator()(const plan::CreateTable&) const {
  throw Error(ErrorKind::kInternal, "CREATE TABLE is not rendered yet");
}

PlannedAction Renderer::operator()(const plan::DropTable&) const {
  throw Error(ErrorKind::kInternal, "DROP TABLE is not rendered yet");
}

PlannedAction Renderer::operator()(const plan::RenameTable&) const {
  throw Error(ErrorKind::kInternal, "RENAME TABLE is not rendered yet");
}

}  // namespace segue::sqlite
