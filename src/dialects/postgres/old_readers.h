// Transactions that do not see the rows of a copy, because they have begun
// before it was filled.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

// The comment of a copy that is filled. The transaction that has written it is
// younger than every one that has filled rows.
inline constexpr const char* kCopiedMark = "segue: filled";

// Returns a statement that ends in lock_not_available while such a transaction
// is open. The copies that have no mark are left out.
std::string RefuseOldReadersSql(const std::vector<schema::TableName>& copies);

}  // namespace segue::postgres
