// The database that is migrated, and a small table API for examples and tests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "segue/migration.h"

namespace segue {

namespace db {
class Connection;
class Dialect;
struct ConnectOptions;
struct Url;
}  // namespace db

struct DatabaseOptions {
  std::string url;     // "sqlite:app.db", "postgres://..."
  std::string schema;  // empty: the database's default ("public")
  std::string role;    // empty: stay who the URL says
  // The way to the same database past a pooler, for what needs a session of its
  // own; empty: none, or `url` leads through no pooler.
  std::string direct_url = {};
};

// One session to one schema of one database. An object is not thread-safe, and
// must outlive every Migrator and Instances that was made with it. The
// destructor closes the session. Every method may throw Error{kConnectionLost}
// when the session is gone; Reconnect then makes a new one.
class Database {
 public:
  // Opens a session. Throws Error{kUsage} for a bad URL, and
  // Error{kConnectionLost} when the server cannot be reached or refuses the
  // login. No message shows the password of the URL.
  static Database Open(const DatabaseOptions& options);
  // Opens an empty SQLite database in memory. It disappears with this object.
  static Database OpenInMemory();

  // Opens a session through `dialect`, which the object shares with other
  // sessions. Throws as Open does.
  Database(std::shared_ptr<const db::Dialect> dialect,
           const db::ConnectOptions& connect, std::string schema);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // --- tables, for examples and tests ---
  // The methods throw the error of the database: Error{kNotFound} when the
  // table is not there, Error{kConstraint} when a rule of the table forbids the
  // change.

  // Creates a table without a primary key.
  void CreateTable(const std::string& table,
                   const std::vector<ColumnSpec>& columns);
  // Inserts one row; `values` gives the text of each column. A column that is
  // left out takes its default or NULL; if it has no default and takes no NULL,
  // the method throws Error{kConstraint} "Missing required column: x".
  void Insert(const std::string& table,
              const std::map<std::string, std::string>& values);
  // Inserts several rows, which must all have the columns of the first row.
  // Many rows take several statements; those before one that fails stay
  // inserted.
  void InsertRows(const std::string& table,
                  const std::vector<std::map<std::string, std::string>>& rows);
  // Counts the rows by reading all of them.
  std::int64_t RowCount(const std::string& table);
  // Returns the names of the columns in the order of the table.
  std::vector<std::string> ColumnNames(const std::string& table);
  // Runs one statement and returns its result as text, row by row; NULL becomes
  // "NULL".
  std::vector<std::vector<std::string>> Query(const std::string& sql);

  // --- for the engine and the command line ---
  // The references stay valid as long as this object; Reconnect replaces the
  // connection.
  const db::Dialect& dialect() const { return *dialect_; }
  db::Connection& connection() { return *connection_; }
  const db::ConnectOptions& connect_options() const { return *connect_; }
  // The URL that was given, which is that of applications, too.
  const db::Url& url() const { return *url_; }
  const std::string& schema() const { return schema_; }
  // Opens another session to the same database, which belongs to the caller.
  // `purpose` becomes a part of its application name ("worker"). Throws
  // Error{kRefused} for a database in memory, which has only one session, and
  // Error{kConnectionLost} as Open does.
  std::unique_ptr<db::Connection> NewConnection(const std::string& purpose);
  // Replaces a lost session by a new one. Throws as NewConnection does; the
  // object then keeps the lost session.
  void Reconnect();
  // Sets the URL that DatabaseOptions calls `direct_url`.
  void SetDirectUrl(const db::Url& url);
  // Goes over to the direct URL if a pooler shares our session with others.
  // Throws Error{kRefused} when there is no such URL, when it leads through a
  // pooler, too, or leads to another database.
  void LeavePooler();

 private:
  void RequireSame(db::Connection& direct);

  std::shared_ptr<const db::Dialect> dialect_;
  std::unique_ptr<db::ConnectOptions> connect_;
  std::unique_ptr<db::Url> url_;
  std::unique_ptr<db::Url> direct_url_;  // null: none
  std::string schema_;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace segue
