#include <sqlite3.h>

#include "tests/support/client.h"

namespace segue::test {
namespace {

// This is longer than any test holds a lock, and shorter than a person's
// patience.
constexpr int kBusyMilliseconds = 10'000;

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Cell CellOf(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return {};
  const void* bytes = sqlite3_column_blob(statement, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  // A number has no blob form of its own, so its text is read first.
  if (sqlite3_column_type(statement, column) != SQLITE_BLOB) {
    bytes = sqlite3_column_text(statement, column);
    size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  }
  return std::string(static_cast<const char*>(bytes), size);
}

class SqliteClient : public Client {
 public:
  explicit SqliteClient(const std::string& path) {
    sqlite3* handle = nullptr;
    int code = sqlite3_open(path.c_str(), &handle);
    database_.reset(handle);
    if (code != SQLITE_OK) Throw("open " + path);
    sqlite3_busy_timeout(handle, kBusyMilliseconds);
    sqlite3_extended_result_codes(handle, 1);
    Query("PRAGMA foreign_keys = ON");
    // The tests kill programs and not machines, so no commit has to wait for
    // the disk.
    Query("PRAGMA synchronous = OFF");
  }

  Rows Query(const std::string& sql) override {
    Rows rows;
    const char* rest = sql.c_str();
    while (*rest != '\0') {
      sqlite3_stmt* handle = nullptr;
      if (sqlite3_prepare_v2(database_.get(), rest, -1, &handle, &rest) !=
          SQLITE_OK) {
        Throw(sql);
      }
      if (handle == nullptr) continue;  // only spaces or a comment
      Prepared statement(handle);
      if (sqlite3_column_count(handle) > 0) rows.clear();
      Step(handle, sql, rows);
    }
    return rows;
  }

 private:
  void Step(sqlite3_stmt* statement, const std::string& sql, Rows& rows) {
    for (;;) {
      int code = sqlite3_step(statement);
      if (code == SQLITE_DONE) return;
      if (code != SQLITE_ROW) Throw(sql);
      std::vector<Cell> row;
      for (int c = 0; c < sqlite3_column_count(statement); ++c) {
        row.push_back(CellOf(statement, c));
      }
      rows.push_back(std::move(row));
    }
  }

  [[noreturn]] void Throw(const std::string& sql) {
    throw ClientError(
        std::string(sqlite3_errmsg(database_.get())) + "\nin: " + sql,
        std::to_string(sqlite3_extended_errcode(database_.get())));
  }

  std::unique_ptr<sqlite3, CloseDatabase> database_;
};

}  // namespace

std::unique_ptr<Client> OpenSqliteClient(const std::string& path) {
  return std::make_unique<SqliteClient>(path);
}

}  // namespace segue::test
