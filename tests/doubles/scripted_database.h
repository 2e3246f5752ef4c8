// A database for tests of the parts that run a plan. It keeps segue's own
// tables, and only records all other statements, of which a test can make any
// fail.
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

// One statement that fails.
struct Fault {
  // A part of the statement's text, or "BEGIN", "COMMIT", "CONNECT".
  std::string where;
  Error error;
  int nth = 1;  // of those that have that part, counted from now on
  // The statement is executed all the same, like a commit whose answer is lost.
  bool takes_effect = false;
};

// What a function that watches refers to must outlive this: sessions and leases
// that a test leaves behind go on sending statements until they are gone.
using Watching = std::shared_ptr<void>;

// Statements that name a table of segue's ledger run on SQLite in memory, which
// all sessions share. Other statements return what the test has set, or
// nothing. The clock of the database stands still unless the test advances it.
//
// The methods are thread-safe. A session holds the database from the begin of a
// transaction to its end, so two sessions of one thread must not have open
// transactions at the same time.
class ScriptedDatabase {
 public:
  // Returns the capabilities of an embedded database, where transactions of the
  // runner renew its lease.
  static db::Capabilities Embedded();
  // Returns the capabilities of a server with session locks, a heartbeat and
  // several writers.
  static db::Capabilities Server();

  explicit ScriptedDatabase(db::Capabilities capabilities = Embedded());
  ~ScriptedDatabase();

  // The session of the part that is tested.
  Database& database() { return *database_; }
  // A session of others on the same database, which never fails. It sees and
  // joins a transaction that is open on its thread.
  db::Connection& others();

  void Fail(Fault fault);
  // Sets the result of statements that have this part. A later call for the
  // same statement outranks an earlier one.
  void Answer(const std::string& part, db::Result result);
  void Answer(const std::string& part, db::Value value);
  // Calls the function before each statement with its text, also before
  // "BEGIN", "COMMIT" and "CONNECT", in place of an earlier one, until the
  // result is destroyed. Nobody else uses the database meanwhile.
  [[nodiscard]] Watching Watch(std::function<void(const std::string&)> watch);
  void Advance(std::chrono::seconds duration);
  // Sets the session that holds the lock of the runner; empty: none.
  void SetLockHolder(const std::string& session);
  std::string lock_holder() const;

  // Returns, in order, the statements that were sent, without those to the
  // ledger.
  std::vector<std::string> Tried() const;
  // Returns those of them that did not fail and were committed.
  std::vector<std::string> Done() const;
  // Returns how many statements with this part were sent, including those to
  // the ledger.
  int Count(const std::string& part) const;
  int connects() const;
  int interrupts() const;
  // Returns the first value of the ledger's answer to this query.
  db::Value Ask(const std::string& sql);

  struct State;

 private:
  std::shared_ptr<State> state_;
  std::unique_ptr<db::Connection> others_;
  std::optional<Database> database_;
};

// Returns a result with one value.
db::Result OneValue(db::Value value);
// Returns the result of an INSERT, UPDATE or DELETE of this many rows.
db::Result Affected(std::int64_t rows);

}  // namespace segue::test
