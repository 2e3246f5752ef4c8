// What each operation of a migration uses. Several operations of a file may
// work on one table, but two motions that meet in a column or an index would
// undo each other's triggers or drop each other's copies. Claims refuse that
// before anything is planned on top of it. They also refuse work on a table
// that an earlier operation creates, drops or renames, when the later operation
// would not find the table as it needs it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::ops {

enum class Use {
  kReads,       // an expression reads it, or an index over it is copied
  kIndexes,     // an index is built over it
  kConstrains,  // a constraint over it is added or dropped
  kRelabels,    // only its name, default or comment changes, at the contract
  kDrops,       // it is dropped at the contract and unchanged until then
  kAdds,        // it is added, and nothing fills it
  kChanges,     // it is added and filled, or replaced
  kCopies,      // it is a copy that is dropped at the contract
};

// The fate of a table as a whole, as an operation decides it.
enum class TableFate { kCreated, kDropped, kRenamed, kRebuilt };

class Claims {
 public:
  // Begins the next operation. Uses of one operation never conflict with each
  // other.
  void Begin(const std::string& operation);

  // These throw Error{kRefused} when the use conflicts with an earlier
  // operation's use.
  void TakeColumn(const std::string& table, const std::string& column, Use use);
  void TakeIndex(const std::string& table, const std::string& index, Use use);
  // Claims a constraint that is changed: two operations never change the same
  // one.
  void TakeConstraint(const std::string& table, const std::string& constraint);

  // True when an operation uses the column in this way.
  bool IsTaken(const std::string& table, const std::string& column,
               Use use) const;

  // Returns the columns that earlier operations and this one have claimed.
  std::vector<std::string> Columns(const std::string& table) const;

  // Returns `now` as it was when it was first passed here: the table in the
  // database, whatever the operations have made of its shape since. The
  // reference stays valid as long as this object.
  const schema::Table& Live(const schema::Table& now);

  // Returns the number of the table's next motion, counted from 1.
  int NextMotion(const std::string& table) { return ++motions_[table]; }

  // --- whole tables, by their names in the database ---

  // Records that the current operation decides the table's fate. `to` is its
  // new name.
  void DecideFate(const schema::TableName& table, TableFate fate,
                  const std::string& to = "");
  bool HasFate(const std::string& table, TableFate fate) const;
  std::vector<schema::TableName> Dropped() const;
  // Throws Error{kRefused} when an earlier operation drops the table `shown`,
  // which is a name in the file, or renames it to another name.
  void RequireReachable(const std::string& operation,
                        const std::string& shown) const;
  // Records that the operation works on the table. Throws Error{kRefused} when
  // it cannot work on a table that this migration creates, or, in place,
  // renames.
  void WorkOn(const std::string& operation, const std::string& table,
              bool in_place);
  // Returns the operations that have worked on the table before the current
  // one.
  std::vector<std::string> Workers(const std::string& table) const;

 private:
  struct Claim {
    std::string table;
    std::string kind;  // "column", "index", "constraint"
    std::string name;
    Use use = Use::kReads;
    std::string operation;
    int number = 0;  // number of the operation
  };
  struct Decision {
    schema::TableName table;
    TableFate fate;
    std::string to;
  };

  void Take(Claim claim);

  std::string operation_;
  int number_ = 0;
  std::vector<Claim> claims_;
  std::map<std::string, schema::Table> live_;
  std::map<std::string, int> motions_;
  std::map<std::string, Decision> fates_;
  std::map<std::string, std::vector<std::string>> workers_;
};

// True when the operation leaves the columns in place that a view over the
// table shows, so that it is compatible with a rename of the table in place.
bool GoesWithAlias(const std::string& operation);

}  // namespace segue::ops
