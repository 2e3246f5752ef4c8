#include "dialects/sqlite/connection.h"

#include <sqlite3.h>

#include <filesystem>
#include <thread>

#include "base/log.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/functions.h"
#include "dialects/sqlite/statement.h"

namespace segue::sqlite {
namespace {

constexpr char kMemory[] = ":memory:";

// This budget applies outside our own transactions, to single reads such as
// those of status.
constexpr std::chrono::milliseconds kDefaultBudget{2'000};

// SQLite's own busy handler backs off to 100 ms and then starves beside busy
// clients. A short, even pause finds the gap between two of their commits.
constexpr std::chrono::milliseconds kBusyPause{2};

std::string ModeOf(const db::Url& url) {
  const auto mode = url.parameters.find("mode");
  return mode == url.parameters.end() ? "rw" : mode->second;
}

int OpenFlags(const std::string& mode) {
  if (mode == "ro") return SQLITE_OPEN_READONLY;
  if (mode == "rw") return SQLITE_OPEN_READWRITE;
  if (mode == "rwc") return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  throw Error(ErrorKind::kUsage,
              "sqlite: mode is '" + mode + "', not ro, rw or rwc");
}

Error CannotOpen(const std::string& path, const std::string& reason) {
  return {ErrorKind::kConnectionLost, "cannot open " + path + ": " + reason};
}

// Without this check a mistyped path would become an empty database, which
// answers "no such table".
void RequireFile(const std::string& path, const std::string& mode) {
  if (path.empty()) {
    throw Error(ErrorKind::kUsage, "the sqlite URL names no file")
        .WithHint("sqlite:app.db, or sqlite::memory:");
  }
  if (path == kMemory || mode == "rwc") return;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    throw CannotOpen(path, "no such file")
        .WithHint("add ?mode=rwc to the URL to create it");
  }
  if (std::filesystem::is_directory(path, ignored)) {
    throw CannotOpen(path, "it is a folder");
  }
}

// A transaction of ours has the write lock from its begin. With a rollback
// journal only a reader keeps it from writing to the file, at the commit or
// when its changes are more than the cache holds.
Error HeldByReader(std::string_view sql) {
  return Error(ErrorKind::kLockTimeout,
               "database is locked: a reader holds the file, and in this "
               "journal mode it keeps every commit out (PRAGMA journal_mode = "
               "WAL would not)")
      .WithCode(std::to_string(SQLITE_BUSY))
      .WithSql(std::string(sql))
      .WithHint("end the reader's transaction, or wait for it");
}

bool OnlyBlanksFollow(sqlite3* database, std::string_view rest) {
  while (!rest.empty()) {
    if (!PreparedStatement(database, rest, &rest).empty()) return false;
  }
  return true;
}

}  // namespace

void SqliteConnection::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

SqliteConnection::SqliteConnection(const db::Url& url)
    : path_(url.database), lock_budget_(kDefaultBudget) {
  const std::string mode = ModeOf(url);
  const int flags = OpenFlags(mode);
  RequireFile(path_, mode);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &database, flags, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) {
    throw CannotOpen(path_, database == nullptr ? sqlite3_errstr(code)
                                                : sqlite3_errmsg(database))
        .WithCode(std::to_string(code));
  }
  Prepare();
}

SqliteConnection::~SqliteConnection() { Rollback(); }

void SqliteConnection::Prepare() {
  sqlite3_extended_result_codes(database_.get(), 1);
  sqlite3_busy_handler(database_.get(), &SqliteConnection::OnBusy, this);
  RegisterFunctions(database_.get());
  ExecuteScript("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = OFF;");
  try {
    // This statement reads the file for the first time.
    Execute("SELECT count(*) FROM sqlite_schema");
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    throw Error(
        ErrorKind::kCorrupt,
        path_ + " cannot be read as an SQLite database: " + error.what())
        .WithCode(error.native_code());
  }
}

int SqliteConnection::OnBusy(void* self, int count) {
  auto& connection = *static_cast<SqliteConnection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (count == 0) connection.waiting_since_ = now;
  const bool spent = now - connection.waiting_since_ >= connection.lock_budget_;
  if (spent || connection.interrupted_) return 0;
  std::this_thread::sleep_for(kBusyPause);
  return 1;
}

void SqliteConnection::RequireAlive() const {
  if (alive_) return;
  throw Error(ErrorKind::kConnectionLost,
              "the session to " + path_ + " was lost by an earlier error");
}

void SqliteConnection::Fail(int code, std::string_view sql) {
  // An interrupted busy handler gives up, which looks like "busy".
  const int meant =
      interrupted_ && (code & 0xff) == SQLITE_BUSY ? SQLITE_INTERRUPT : code;
  const std::string message = sqlite3_errmsg(database_.get());
  if (meant == SQLITE_BUSY && IsHeldByReader(sql)) throw HeldByReader(sql);
  alive_ = KindOf(meant, message) != ErrorKind::kConnectionLost;
  ThrowError(database_.get(), meant, sql);
}

bool SqliteConnection::IsHeldByReader(std::string_view sql) const {
  const bool begins = sql.starts_with("BEGIN");
  return !begins &&
         sqlite3_txn_state(database_.get(), "main") == SQLITE_TXN_WRITE;
}

db::Result SqliteConnection::Execute(std::string_view sql,
                                     const std::vector<db::Value>& parameters) {
  RequireAlive();
  interrupted_ = false;
  std::string_view rest;
  PreparedStatement statement(database_.get(), sql, &rest);
  if (statement.empty()) return {};
  if (!OnlyBlanksFollow(database_.get(), rest)) {
    throw Error(ErrorKind::kInternal, "more than one statement at once")
        .WithSql(std::string(sql));
  }
  statement.Bind(parameters);
  db::Result result;
  const int code = statement.Run(&result);
  if (code != SQLITE_OK) Fail(code, sql);
  return result;
}

void SqliteConnection::ExecuteScript(std::string_view sql) {
  RequireAlive();
  interrupted_ = false;
  while (!sql.empty()) {
    PreparedStatement statement(database_.get(), sql, &sql);
    if (statement.empty()) continue;
    db::Result ignored;
    const int code = statement.Run(&ignored);
    if (code != SQLITE_OK) Fail(code, sql);
  }
}

void SqliteConnection::Compile(std::string_view sql) {
  RequireAlive();
  interrupted_ = false;
  std::string_view rest;
  const PreparedStatement statement(database_.get(), sql, &rest);
}

void SqliteConnection::Begin(const db::TransactionOptions& options) {
  lock_budget_ = options.lock_budget;
  const bool reads = options.purpose == db::Purpose::kRead;
  try {
    // IMMEDIATE takes the write lock at once. A transaction that reads first
    // and writes later cannot wait for that lock: it fails.
    Execute(reads ? "BEGIN" : "BEGIN IMMEDIATE");
    if (options.purpose == db::Purpose::kBackfill) MarkBackfill();
  } catch (...) {
    Rollback();
    throw;
  }
}

void SqliteConnection::MarkBackfill() {
  const db::Result there = Execute(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND "
      "name = 'segue_busy'");
  if (there.rows.empty()) return;  // then there are no triggers either
  const db::Result marked = Execute(
      "INSERT INTO segue_busy SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM "
      "segue_busy)");
  if (marked.affected == 0) {
    throw Error(ErrorKind::kRefused,
                "table segue_busy has a row that is not segue's, so that the "
                "triggers of the migration do nothing")
        .WithHint(
            "find out who wrote it, run DELETE FROM segue_busy, then "
            "'segue verify --repair'");
  }
  marked_ = true;
}

void SqliteConnection::Commit() {
  if (marked_) Execute("DELETE FROM segue_busy");
  Execute("COMMIT");
  marked_ = false;
  lock_budget_ = kDefaultBudget;
}

void SqliteConnection::Rollback() noexcept {
  marked_ = false;
  lock_budget_ = kDefaultBudget;
  try {
    // SQLite itself ends a transaction after some errors.
    if (!alive_ || sqlite3_get_autocommit(database_.get()) != 0) return;
    // A failed edit of a text, or a failed exchange of two tables, may have
    // left these on.
    ExecuteScript(
        "ROLLBACK; PRAGMA writable_schema = RESET; "
        "PRAGMA legacy_alter_table = OFF");
  } catch (const std::exception& error) {
    base::Log(base::LogLevel::kWarning,
              std::string("cannot roll back: ") + error.what());
  }
}

void SqliteConnection::Interrupt() noexcept {
  interrupted_ = true;
  sqlite3_interrupt(database_.get());
}

std::string SqliteConnection::SessionId() { return path_; }

}  // namespace segue::sqlite
