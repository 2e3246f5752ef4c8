// Writes of an application that leave every row as it was. They must not fail
// while both versions are live, and what a migration gives is the same with and
// without them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/client.h"

namespace segue::test {

struct IdleWrites {
  std::vector<std::string> updates;  // each sets every column to itself
  // By table: one row is deleted and inserted again; several statements.
  std::map<std::string, std::string> moves;
};

// Returns the writes of the tables of a schema that succeed there, with bare
// names. Left out are partitions, and tables with triggers and rules of their
// own, which may change the rows. Must be called within a transaction.
IdleWrites IdleWritesOf(Client& client, const std::string& schema);

// Runs each write in a transaction of its own, with bare names in `path`.
// Returns what failed, with the reason.
std::vector<std::string> FailuresOf(Client& client,
                                    const std::vector<std::string>& writes,
                                    const std::string& path);

}  // namespace segue::test
