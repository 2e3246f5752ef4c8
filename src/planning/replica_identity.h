// What tells the rows of a published table apart must not go: without it the
// server takes no UPDATE and no DELETE of the table.
#pragma once

#include <string>

#include "planning/table_work.h"

namespace segue::ops {

// Throws Error{kRefused} when the table, or a part of it, is published with its
// updates or deletes. `object` goes, and with it `identity`, by which rows are
// told apart: "replica identity by index 'users_email'".
void RefuseLostIdentity(const TableWork& work, const std::string& object,
                        const std::string& identity);

}  // namespace segue::ops
