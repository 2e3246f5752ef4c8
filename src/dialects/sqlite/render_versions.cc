// Published versions: views over the base tables.
#include "dialects/sqlite/render.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

Error CannotPublish() {
  return {ErrorKind::kRefused, "SQLite cannot publish versions yet"};
}

}  // namespace

PlannedAction Renderer::operator()(const plan::PublishVersion&) const {
  throw CannotPublish();
}

PlannedAction Renderer::operator()(const plan::RetireVersion&) const {
  throw CannotPublish();
}

}  // namespace segue::sqlite
