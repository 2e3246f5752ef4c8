// A database for tests of what runs a plan: it keeps segue's own tables, and
// only notes what all other statements say. A test can make any of them fail.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "db/language.h"
#include "segue/database.h"
#include "segue/error.h"

namespace segue::test {

// Makes one statement fail.
struct Fault {
  // This is a part of the statement's text, or "BEGIN", "COMMIT", "CONNECT".
  std::string where;
  Error error;
  int nth = 1;  // of those that have that part, counted from now on
  // The statement is executed all the same, as a commit whose answer is lost.
  bool takes_effect = false;
};

// Statements that name a table of segue's ledger run on SQLite, in memory; all
// sessions share it. Others answer what the test has set, else nothing. The
// clock of the database stands still unless the test advances it.
//
// The methods are thread-safe. A session holds the database from the begin of a
// transaction to its end, so that two sessions of one thread must not both have
// one open.
class ScriptedDatabase {
 public:
  // As an embedded database: transactions of the runner renew its lease.
  static db::Capabilities Embedded();
  // As a server: with session locks, a heartbeat and several writers.
  static db::Capabilities Server();

  explicit ScriptedDatabase(db::Capabilities capabilities = Embedded());
  ~ScriptedDatabase();

  // The session of whoever is tested.
  Database& database() { return *database_; }
  // This is what others do to the same database, in a session that never fails
  // and takes no part in the locking: for the thread of the test.
  db::Connection& others();

  void Fail(Fault fault);
  // What statements with this part answer; a later call for the same statement
  // outranks an earlier one.
  void Answer(const std::string& part, db::Result result);
  void Answer(const std::string& part, db::Value value);
  // Called before each statement, with its text, while nobody else may use the
  // database; also before "BEGIN", "COMMIT" and "CONNECT".
  void Watch(std::function<void(const std::string&)> watch);
  void Advance(std::chrono::seconds duration);
  // The lock of the one runner; empty: nobody has it.
  void SetLockHolder(const std::string& session);
  std::string lock_holder() const;

  // What was sent besides the ledger's own statements, in its order.
  std::vector<std::string> Tried() const;
  // The same as far as it was committed and did not fail.
  std::vector<std::string> Done() const;
  // How often a statement with this part was sent, the ledger's included.
  int Count(const std::string& part) const;
  int connects() const;
  int interrupts() const;
  // Returns the first value of what the ledger's tables answer to this.
  db::Value Ask(const std::string& sql);

  struct State;

 private:
  std::shared_ptr<State> state_;
  std::optional<Database> database_;
};

// One value, as a statement answers it.
db::Result OneValue(db::Value value);
// An INSERT, UPDATE or DELETE of so many rows.
db::Result Affected(std::int64_t rows);

}  // namespace segue::test
