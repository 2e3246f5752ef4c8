// Constraints as messages speak of them.
#pragma once

#include "schema/schema.h"

namespace segue::schema {

// "check", "foreign key", ...
const char* KindText(ConstraintKind kind);

}  // namespace segue::schema
