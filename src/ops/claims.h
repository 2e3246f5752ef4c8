// Who uses what within one migration. Several operations of a file may work on
// one table, but two motions that meet in a column or an index would undo each
// other's triggers or drop each other's copies: that is refused here, before
// anything is planned on top of it.
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

 private:
  struct Claim {
    std::string table;
    std::string kind;  // "column", "index", "constraint"
    std::string name;
    Use use = Use::kReads;
    std::string operation;
    int number = 0;  // of the operation
  };

  void Take(Claim claim);

  std::string operation_;
  int number_ = 0;
  std::vector<Claim> claims_;
  std::map<std::string, schema::Table> live_;
  std::map<std::string, int> motions_;
};

}  // namespace segue::ops
