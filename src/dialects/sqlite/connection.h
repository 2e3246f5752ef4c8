// A session to one SQLite file, or to a database in memory.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"
#include "db/dialect.h"

struct sqlite3;

namespace segue::sqlite {

// The session leaves the journal mode of the file as it is. It does not enforce
// foreign keys (SQLite's default), because segue moves values and never keys.
class SqliteConnection : public db::Connection {
 public:
  // Opens the file, which must exist unless the URL has mode=rwc. mode=ro opens
  // it read-only. Throws kConnectionLost when it cannot be opened, and kCorrupt
  // when it is no database.
  explicit SqliteConnection(const db::Url& url);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters = {}) override;
  void ExecuteScript(std::string_view sql) override;
  // Compiles one statement, with the triggers that it fires, and does not run
  // it. It may have parameters.
  void Compile(std::string_view sql);
  void Begin(const db::TransactionOptions& options) override;
  void Commit() override;
  void Rollback() noexcept override;
  void Interrupt() noexcept override;
  std::string SessionId() override;
  bool alive() const override { return alive_; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };

  // SQLite calls this while another session holds the lock; 0 gives up.
  static int OnBusy(void* self, int count);

  void RequireAlive() const;
  void Prepare();
  void MarkBackfill();
  // Throws the error of the last call, after noting whether the session is
  // lost.
  // True when only a reader can be in the way of this statement.
  bool IsHeldByReader(std::string_view sql) const;
  [[noreturn]] void Fail(int code, std::string_view sql);

  std::string path_;
  std::unique_ptr<sqlite3, Closer> database_;
  std::chrono::milliseconds lock_budget_;
  std::chrono::steady_clock::time_point waiting_since_;
  std::atomic<bool> interrupted_{false};
  bool alive_ = true;
  bool marked_ = false;  // the row of this session is in segue_busy
};

}  // namespace segue::sqlite
