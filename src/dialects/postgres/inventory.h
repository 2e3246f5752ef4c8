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

// Lists the triggers of the user's on the table and on its partitions, too: the
// body of a trigger function does not follow when a column is renamed or goes.
// A column that is inherited by then would be neither renamed nor dropped.
void ListTriggers(const schema::TableName& table, const std::string& column,
                  PlannedAction& planned);

}  // namespace segue::postgres
