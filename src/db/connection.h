// The seam to a database session.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace segue::db {

using Blob = std::vector<std::uint8_t>;
// One SQL value; monostate is NULL. PostgreSQL returns booleans and integers of
// up to 8 bytes as std::int64_t and everything else as text (std::string).
using Value =
    std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

bool IsNull(const Value& value);
// Returns text for people and for comparisons; NULL becomes "NULL".
std::string ToText(const Value& value);
// Returns an integer, also from its text. Throws Error{kInternal} for any other
// value.
std::int64_t ToInt(const Value& value);
// Returns JSON text from which ValuesFromJson gives back the same values. The
// ledger keeps cursors in this form. ValuesFromJson throws Error{kCorrupt} for
// any other text.
std::string ValuesToJson(const std::vector<Value>& values);
std::vector<Value> ValuesFromJson(std::string_view json);

using Row = std::vector<Value>;

struct Result {
  std::vector<std::string> columns;
  std::vector<Row> rows;
  // Rows that an INSERT, UPDATE or DELETE matched. An UPDATE that gives a row
  // the values that it has already counts it too, because a claim or a lease
  // that is renewed may come to the same values within a second.
  std::int64_t affected = 0;
  // The server's additional messages, if there are any, such as "rewriting
  // table".
  std::vector<std::string> notices;
};

// The purpose of a transaction. Each dialect pins the settings that belong to
// it.
enum class Purpose {
  kLedger,    // reads and writes segue's own tables
  kSchema,    // executes DDL under a lock budget
  kBackfill,  // moves rows; marked, so that the dual-write triggers do nothing
  kRead,      // reads the user's rows in one snapshot
};

struct TransactionOptions {
  Purpose purpose = Purpose::kLedger;
  std::chrono::milliseconds lock_budget{500};
  // For kRead and kSchema: the longest time of a statement on a server; zero:
  // no limit.
  std::chrono::milliseconds statement_budget{0};
  // For kBackfill: the commit waits until it is on the local disk, if the
  // server can leave that out otherwise.
  bool flush = false;
  // For kLedger: the commit also waits for standbys that have to confirm it,
  // because somebody is told what it says, or relies on it after a failover.
  bool confirmed = false;
};

// One session. It is not thread-safe, except for Interrupt. Methods throw
// segue::Error only. After an error that poisons the connection, every call
// throws kConnectionLost. The destructor closes the session, which rolls back
// an open transaction.
class Connection {
 public:
  virtual ~Connection() = default;

  // Runs one statement. Parameters are written $1, $2, ... on every database. A
  // statement that is sent to several kinds of databases must use them in this
  // order and once each (see Sql), because some drivers only know positions;
  // the SQL of a dialect may use whatever its database accepts.
  virtual Result Execute(std::string_view sql,
                         const std::vector<Value>& parameters = {}) = 0;
  // Runs several statements, separated by semicolons as in a file.
  virtual void ExecuteScript(std::string_view sql) = 0;

  // Begins a transaction. The class Transaction below rolls back by itself and
  // is therefore preferable.
  virtual void Begin(const TransactionOptions& options) = 0;
  // Throws kInDoubt when the answer of the server was lost, so that the commit
  // may or may not have happened.
  virtual void Commit() = 0;
  // Commits with `sql` as the last statement, in one round trip where that is
  // possible. Returns false when the statement matches no row (see
  // Result::affected), and then everything is rolled back.
  virtual bool CommitWith(std::string_view sql,
                          const std::vector<Value>& parameters);
  // Rolls back; an error only shows in alive().
  virtual void Rollback() noexcept = 0;

  // Makes the statement in flight fail soon with kCancelled. Thread-safe.
  virtual void Interrupt() noexcept = 0;
  // Returns the server's name of this session (PostgreSQL: the backend pid),
  // for messages and for a takeover.
  virtual std::string SessionId() = 0;
  // False once the connection is known to be gone.
  virtual bool alive() const = 0;

  // True when a pooler may give each transaction another session of the server,
  // which others use before and after it. Nothing is left in those sessions.
  virtual bool pooled() const { return false; }
  // In a transaction of kSchema, once a statement has taken locks: whatever
  // waits from here on gives up before a session of an application, which waits
  // behind us since the transaction began, would look for a deadlock and fail.
  // Does nothing where a database has one lock.
  virtual void LimitWaits() {}
  // Sets a setting of the server for all that follows on this connection, and
  // returns its former value. A database without settings ignores it.
  virtual std::string Set(const std::string& setting,
                          const std::string& value) {
    static_cast<void>(setting);
    static_cast<void>(value);
    return {};
  }
};

// A transaction that its destructor rolls back unless it was committed. The
// connection must outlive it.
class Transaction {
 public:
  Transaction(Connection& connection, const TransactionOptions& options);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void Commit();
  // Commits as Connection::CommitWith does.
  bool CommitWith(std::string_view sql, const std::vector<Value>& parameters);

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace segue::db
