// CREATE, DROP and RENAME TABLE.
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {

PlannedAction RenderOne(const plan::CreateTable&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "CREATE TABLE is not rendered yet");
}

PlannedAction RenderOne(const plan::DropTable&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "DROP TABLE is not rendered yet");
}

PlannedAction RenderOne(const plan::RenameTable&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "RENAME TABLE is not rendered yet");
}

}  // namespace segue::postgres
