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
// monostate is SQL NULL. PostgreSQL answers everything as text (std::string)
// except booleans and integers of up to 8 bytes (std::int64_t).
using Value =
    std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

bool IsNull(const Value& value);
// Text for people and for comparisons; "NULL" for null.
std::string ToText(const Value& value);
// Throws Error{kInternal} when the value is no integer (or integer text).
std::int64_t ToInt(const Value& value);
// JSON text that ValueFromJson gives back exactly (cursors in the ledger).
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
  // What the server said besides, where it says anything: "rewriting table".
  std::vector<std::string> notices;
};

// What a transaction is for; each dialect pins the settings that go with it.
enum class Purpose {
  kLedger,    // reads and writes segue's own tables
  kSchema,    // DDL under a lock budget
  kBackfill,  // moves rows: marked, so that the dual-write triggers stay quiet
  kRead,      // reads the user's rows in one snapshot
};

struct TransactionOptions {
  Purpose purpose = Purpose::kLedger;
  std::chrono::milliseconds lock_budget{500};
  // kRead: longest time of a statement that a server runs; zero: no limit.
  std::chrono::milliseconds statement_budget{0};
  // kBackfill: whether its commit waits until it is on disk, where a server can
  // leave that out.
  bool flush = false;
};

// One session. Not thread-safe, except Interrupt. Throws segue::Error only.
// After an error that poisons the connection every call throws kConnectionLost.
class Connection {
 public:
  virtual ~Connection() = default;

  // Runs one statement. Parameters are written $1, $2, ... on every database.
  // What is sent to every kind of database uses them in this order and once
  // each (see Sql), because some only know a place without a number; the SQL of
  // a dialect's own may do as its database can.
  virtual Result Execute(std::string_view sql,
                         const std::vector<Value>& parameters = {}) = 0;
  // Runs several statements, as they stand in a file.
  virtual void ExecuteScript(std::string_view sql) = 0;

  // Prefer the Transaction class.
  virtual void Begin(const TransactionOptions& options) = 0;
  // Throws kInDoubt when the answer was lost.
  virtual void Commit() = 0;
  // Commits with this as the last statement, in one round trip where that can
  // be. False when it matches no row (see Result::affected): then everything is
  // rolled back.
  virtual bool CommitWith(std::string_view sql,
                          const std::vector<Value>& parameters);
  // Never throws.
  virtual void Rollback() noexcept = 0;

  // Makes the statement in flight fail soon. Thread-safe.
  virtual void Interrupt() noexcept = 0;
  // How the server names this session (PostgreSQL: backend pid); for messages
  // and takeover.
  virtual std::string SessionId() = 0;
  // False once the connection is known to be gone.
  virtual bool alive() const = 0;
};

// Rolls back unless committed.
class Transaction {
 public:
  Transaction(Connection& connection, const TransactionOptions& options);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void Commit();
  // As Connection::CommitWith.
  bool CommitWith(std::string_view sql, const std::vector<Value>& parameters);

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace segue::db
