// A database to migrate. Also a small table API for learning and for tests.
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
}  // namespace db

struct DatabaseOptions {
  std::string url;     // "sqlite:app.db", "postgres://..."
  std::string schema;  // empty: the database's default ("public")
  std::string role;    // empty: stay who the URL says
};

// One session to one schema of one database. Not thread-safe.
class Database {
 public:
  // Throws Error{kUsage} for a bad URL, Error{kConnectionLost} when the server
  // cannot be reached or does not let us in.
  static Database Open(const DatabaseOptions& options);
  // An empty SQLite database in memory.
  static Database OpenInMemory();

  Database(std::shared_ptr<const db::Dialect> dialect,
           const db::ConnectOptions& connect, std::string schema);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // --- tables, for learning and tests (R1.12) ---
  void CreateTable(const std::string& table,
                   const std::vector<ColumnSpec>& columns);
  // `values`: column -> text. Columns left out take their default or NULL;
  // otherwise Error{kConstraint} "Missing required column: x".
  void Insert(const std::string& table,
              const std::map<std::string, std::string>& values);
  // Several rows at once, all with the columns of the first.
  void InsertRows(const std::string& table,
                  const std::vector<std::map<std::string, std::string>>& rows);
  std::int64_t RowCount(const std::string& table);
  std::vector<std::string> ColumnNames(const std::string& table);
  // The result as text, row by row; NULL as "NULL".
  std::vector<std::vector<std::string>> Query(const std::string& sql);

  // --- for the engine and its faces ---
  const db::Dialect& dialect() const { return *dialect_; }
  db::Connection& connection() { return *connection_; }
  const db::ConnectOptions& connect_options() const { return *connect_; }
  const std::string& schema() const { return schema_; }
  // Another session to the same database. Throws kRefused in memory.
  std::unique_ptr<db::Connection> NewConnection(const std::string& purpose);
  // Replaces a lost session.
  void Reconnect();

 private:
  std::shared_ptr<const db::Dialect> dialect_;
  std::unique_ptr<db::ConnectOptions> connect_;
  std::string schema_;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace segue
