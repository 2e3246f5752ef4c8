// A view that shows columns of a table as a table of their own (plan::Part).
#pragma once

#include <string>
#include <vector>

#include "plan/view.h"
#include "schema/schema.h"

namespace segue::postgres {

// Returns how the view shows a column of its key: as a value that takes no
// UPDATE, and that the server still finds by the index of the table.
std::string PartKey(const std::string& version, const plan::VersionView& view,
                    const schema::Column& column, const std::string& value);

// Adds the function of PartKey, which comes before the view.
void AddPartKey(const std::string& version, const plan::VersionView& view,
                std::vector<std::string>& sql);
// Adds the triggers for INSERT and DELETE, which come after it. The server
// itself turns an UPDATE of the view into one of the table.
void AddPartTriggers(const std::string& version, const plan::VersionView& view,
                     std::vector<std::string>& sql);

// Drops the triggers; then, once the view does not show the key so any more,
// the functions.
std::vector<std::string> DropPartTriggers(const std::string& version,
                                          const plan::VersionView& view);
std::string DropPartFunctions(const std::string& version,
                              const plan::VersionView& view);
// Drops whatever of these a version has, once none of its views uses it.
std::string DropAllPartFunctions(const std::string& version);

}  // namespace segue::postgres
