// Renders the copy of a table and its exchange.
#include "dialects/sqlite/render.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

[[noreturn]] void Refuse() {
  throw Error(ErrorKind::kRefused, "SQLite lets no copy take a table's place");
}

}  // namespace

PlannedAction RenderOne(const plan::CopyTable&, const RenderContext&) {
  Refuse();
}
PlannedAction RenderOne(const plan::MarkCopied&, const RenderContext&) {
  Refuse();
}
PlannedAction RenderOne(const plan::SwapTables&, const RenderContext&) {
  Refuse();
}
PlannedAction RenderOne(const plan::ProveForeignKeys&, const RenderContext&) {
  Refuse();
}

}  // namespace segue::sqlite
