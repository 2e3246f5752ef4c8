#include "schema/constraint_text.h"

namespace segue::schema {

const char* KindText(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::kPrimaryKey:
      return "primary key";
    case ConstraintKind::kUnique:
      return "unique constraint";
    case ConstraintKind::kForeignKey:
      return "foreign key";
    case ConstraintKind::kCheck:
      return "check";
    case ConstraintKind::kExclude:
      return "exclusion constraint";
  }
  return "constraint";
}

}  // namespace segue::schema
