// Names of constraints for messages.
#pragma once

#include "schema/schema.h"

namespace segue::schema {

// Returns "check", "foreign key", ...
const char* KindText(ConstraintKind kind);

}  // namespace segue::schema
