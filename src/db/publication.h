// What a migration changes of tables that may be published, and of whom
// subscribers have to be told.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"

namespace segue::db {

// A table, and what a migration changes of it.
struct ChangedTable {
  std::string name;
  bool moved = false;     // its rows are written
  bool reshaped = false;  // it gets or loses columns, or another name
  bool created = false;
  bool dropped = false;
  bool copied = false;  // another table takes the place of what it loses
  // The existing columns that are renamed or dropped.
  std::vector<std::string> columns = {};
};

// What is published, as PublishedSql tells.
struct Published {
  // A table; its columns, when the publications have a list of them, and
  // otherwise none.
  struct Table {
    std::string name;
    bool updates = true;  // all publications have the updates of its rows
    std::vector<std::string> columns = {};
  };
  std::vector<Table> tables;
  bool new_tables = false;  // tables that the migration makes, too
  bool ledger = false;
};

// The actions of a plan in their order. Those of the contract are in groups
// that take effect together.
struct PlannedChanges {
  struct Group {
    std::vector<plan::Action> actions;
    bool seal = false;  // it can be taken back
  };
  std::vector<plan::Action> before;  // until both versions are live
  std::vector<Group> contract;
};

}  // namespace segue::db
