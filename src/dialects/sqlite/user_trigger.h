// The parts of a user's trigger, read from its text, and what its statements
// read and write. Where the text leaves a doubt, the answer is the one that
// makes a plan be refused.
#pragma once

#include <list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sqlite/tokens.h"
#include "schema/schema.h"

namespace segue::sqlite {

enum class TriggerEvent { kInsert, kUpdate, kDelete };

// One statement of a trigger's body, or its WHEN condition.
struct Fragment {
  std::vector<Token> tokens;

  bool Has(std::string_view word) const;
  // True when a token is this name, in whatever quotes.
  bool Names(std::string_view name) const;
  // The table that it writes; empty: it writes none.
  std::string written;
  bool inserts = false;
  bool updates = false;  // also as an upsert
  bool deletes = false;  // also as a REPLACE
  // The columns that its SET gives a value.
  std::vector<std::string> sets;
};

struct UserTrigger {
  // The tokens are parts of this text.
  std::string definition;
  std::string name;
  std::string table;
  TriggerEvent event = TriggerEvent::kInsert;
  bool before = false;
  bool instead_of = false;
  // The columns of UPDATE OF; empty: it fires for every column.
  std::vector<std::string> of;
  Fragment when;  // without tokens: always
  std::vector<Fragment> body;

  // `definition` must be a CREATE TRIGGER that SQLite has accepted.
  explicit UserTrigger(const schema::Trigger& trigger);
  UserTrigger(const UserTrigger&) = delete;
  UserTrigger& operator=(const UserTrigger&) = delete;

  bool Raises() const;
};

// True when `fragment`, of a trigger on `own_table`, may read one of `columns`
// of `table`. `carriers` are the views that show rows of `table`; a fragment
// that names one of them may read any column.
struct Reading {
  std::string table;
  std::vector<std::string> columns;
  std::set<std::string> carriers;  // in lower case
};
bool MayRead(const Fragment& fragment, const std::string& own_table,
             const Reading& reading);

// True for a statement that ends in "WHERE id = NEW.id", by the key or the
// rowid of `table`, and so writes only the row that has fired the trigger.
bool WritesItsRow(const Fragment& statement, const schema::Table& table);

// All triggers of a schema, read once.
class Triggers {
 public:
  explicit Triggers(const schema::Schema& schema);

  std::vector<const UserTrigger*> On(const std::string& table) const;
  // Returns the triggers that the statement may fire.
  std::vector<const UserTrigger*> FiredBy(const Fragment& statement) const;
  // Returns the trigger and those that it may fire, directly or not.
  std::vector<const UserTrigger*> Reached(const UserTrigger& trigger) const;

 private:
  std::list<UserTrigger> all_;
};

// Returns, in lower case, the views that show rows of `table`, also by way of
// other views.
std::set<std::string> CarriersOf(const schema::Schema& schema,
                                 const std::string& table);

}  // namespace segue::sqlite
