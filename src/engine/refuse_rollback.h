// What keeps a rollback from beginning.
#pragma once

#include "engine/context.h"

namespace segue::engine {

// Throws before a rollback that could not be finished or would lose what the
// new version has written: kRefused over what cannot be undone, over values
// that may be out of step and over what others have made on segue's columns,
// and kMismatch over rows that the old shape has no room for.
void RefuseRollback(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
