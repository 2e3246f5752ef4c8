// Moves what a plan is made of into another schema: the same actions over
// tables of the same names there.
#pragma once

#include <string>

#include "plan/action.h"
#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::plan {

// Each function replaces the schema `from` by `to` wherever a table is named;
// names of other schemas stay. The texts that a server has printed (of indexes
// and triggers) name a schema too, so the text of an index is left out, and its
// structured fields count. A version is published under a name that begins with
// `to`.
struct Rebase {
  std::string from;
  std::string to;

  schema::Schema Of(schema::Schema schema) const;
  Action Of(Action action) const;
  Motions Of(const Motions& motions) const;
};

// Returns the tables that an action changes or reads by their names, which the
// caller looks up in its schema. An action of segue's own schema has none, and
// neither have the published views, which show every table.
std::vector<std::string> TablesNamedBy(const Action& action,
                                       const Motions& motions);

}  // namespace segue::plan
