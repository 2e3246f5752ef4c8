// Who uses what within one migration. Several operations of a file may work on
// one table, but two motions that meet in a column or an index would undo each
// other's triggers or drop each other's copies: that is refused here, before
// anything is planned on top of it. So is work on a table that an earlier
// operation creates, drops or renames, where it would not find it as it needs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::ops {

enum class Use {
  kReads,    // an expression reads it, an index over it is copied
  kIndexes,  // an index is built over it
  kDrops,    // it goes at the contract; until then it stays as it is
  kChanges,  // it is added, renamed or replaced
  kCopies,   // it is a copy that goes at the contract
};

// What an operation does to a table as a whole.
enum class TableFate { kCreated, kDropped, kRenamed };

class Claims {
 public:
  // The next operation begins; what one operation takes never conflicts with
  // what the same one takes again.
  void Begin(const std::string& operation);

  // Throw Error{kRefused} when an earlier operation's use does not go with
  // this one.
  void TakeColumn(const std::string& table, const std::string& column, Use use);
  void TakeIndex(const std::string& table, const std::string& index, Use use);
  // For a change of it: two operations never work on one constraint.
  void TakeConstraint(const std::string& table, const std::string& constraint);

  // Columns that an earlier operation or this one has taken.
  std::vector<std::string> Columns(const std::string& table) const;

  // `now` as it was when it was first passed here: the table in the database,
  // whatever the operations since have made of its shape. The reference stays
  // valid as long as this object.
  const schema::Table& Live(const schema::Table& now);

  // Counts the motions of a table, from 1.
  int NextMotion(const std::string& table) { return ++motions_[table]; }

  // --- whole tables, by the name they have in the database ---

  // The operation at work decides the table's fate. `to`: its new name.
  void DecideFate(const schema::TableName& table, TableFate fate,
                  const std::string& to = "");
  bool HasFate(const std::string& table, TableFate fate) const;
  std::vector<schema::TableName> Dropped() const;
  // Throws Error{kRefused} when `shown`, the name that a file uses, is one
  // that an earlier operation drops or renames away.
  void RequireReachable(const std::string& operation,
                        const std::string& shown) const;
  // The operation works on the table. Throws Error{kRefused} when it cannot
  // on one that this migration creates, or, in place, renames.
  void WorkOn(const std::string& operation, const std::string& table,
              bool in_place);
  // Those that have worked on it before the one that begins now.
  std::vector<std::string> Workers(const std::string& table) const;

 private:
  struct Claim {
    std::string table;
    std::string kind;  // "column", "index", "constraint"
    std::string name;
    Use use = Use::kReads;
    std::string operation;
    int number = 0;  // of the operation
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

// Whether the operation leaves the columns that a view over the table shows in
// their place, so that it goes with a rename of the table in place.
bool GoesWithAlias(const std::string& operation);

}  // namespace segue::ops
