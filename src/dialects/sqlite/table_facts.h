// What is known of a table as a whole, by its texts in the schema.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::sqlite {

// True when the table numbers its rows with AUTOINCREMENT.
bool CountsUp(const schema::Table& table);

// Returns PlannedAction::inventory of a table that goes: its texts and those of
// its indexes and triggers.
std::string InventorySql(const std::string& table);

// Returns the same, and the views, triggers and foreign keys of others that
// name the table, which would be left without it.
std::string UsesInventorySql(const std::string& table);

}  // namespace segue::sqlite
