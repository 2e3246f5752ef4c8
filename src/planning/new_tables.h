// Tables that a migration makes of another one, which is itself until the
// contract: what all such operations ask for.
#pragma once

#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

// Returns the key column of a table as another table has it, which gets the
// values and makes no new ones.
schema::Column KeyColumn(schema::Column column);
// Returns the primary key "TABLE_pkey" of a table that comes.
schema::Constraint PrimaryKeyOf(const schema::TableName& table,
                                std::vector<std::string> columns,
                                std::size_t limit);

// Of messages: "split_table 'users' to 'profiles'".
struct NewTables {
  std::string operation;  // its name
  std::string subject;    // "'users' to 'profiles'"

  // Returns Error{kRefused} "split_table 'users' to 'profiles': reason".
  Error Refused(const std::string& reason) const;

  // Throws Error{kRefused} when a relation has the name, or none can have it.
  void RequireFree(const PlanContext& context,
                   const schema::TableName& name) const;

  // Throws Error{kRefused} when another operation of the migration works on one
  // of the tables: it would know neither that they come with the contract, nor
  // what goes then. `own` has the descriptions of the steps of this operation.
  void RefuseOthers(const PlanContext& context,
                    const std::vector<std::string>& tables,
                    const std::vector<std::string>& own) const;
};

}  // namespace segue::ops
