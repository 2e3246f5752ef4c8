// What hangs on a column or a table that a contract takes away.
#pragma once

#include <string>

#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::postgres {

// Sets PlannedAction::inventory for a column. segue's own objects are left out.
// PlannedAction::heir, which is set before, has its default listed, too.
void ListColumn(const schema::TableName& table, const std::string& column,
                PlannedAction& planned);

}  // namespace segue::postgres
