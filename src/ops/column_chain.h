// Makes one change of two changes of the same column that one migration asks
// for. The expressions of each are in terms of the column as that change finds
// it: the later ones read what the earlier change gives.
#pragma once

#include <optional>

#include "ops/add_column.h"
#include "ops/alter_column.h"

namespace segue::ops {

// Returns the change of one existing column that the operation asks for: that
// of an alter_column, a rename_column, or a create_constraint over one column.
// nullopt for any other operation.
std::optional<AlterColumnSpec> AsAlteration(const Operation& operation);

// True when only the name, the default or the comment changes.
bool OnlyRelabels(const AlterColumnSpec& change);
// True when the change only adds constraints over the values that are there.
bool OnlyConstrains(const AlterColumnSpec& change);

// Returns the name of the column after the change.
const std::string& NameAfter(const AlterColumnSpec& change);

// Returns one change that does what `first` and then `second` do. `column` is
// the column in the database; nullptr when it is not known. Throws
// Error{kRefused} with its reason when no single change does that.
AlterColumnSpec Chain(AlterColumnSpec first, const AlterColumnSpec& second,
                      const schema::Column* column,
                      const db::Language& language);

// Returns an add_column that adds the column as `second` leaves it.
AddColumnSpec Chain(AddColumnSpec first, const AlterColumnSpec& second,
                    const db::Language& language);

// Throws Error{kRefused} when one of the constraints mentions the column in its
// text, which nobody can rewrite. `what` begins the message.
void RefuseMentions(const std::vector<schema::Constraint>& constraints,
                    const std::string& column, const std::string& what);

}  // namespace segue::ops
