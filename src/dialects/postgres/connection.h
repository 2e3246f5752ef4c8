// A session to PostgreSQL through libpq.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"
#include "db/dialect.h"
#include "dialects/postgres/settings.h"

struct pg_cancel;
struct pg_conn;
struct pg_result;

namespace segue::postgres {

// Who is on the other end of a connection.
struct Peer {
  std::string session;  // the number of the server's process
  bool pooled = false;  // it may be another one for each transaction
  bool on_standby = false;
  bool finds_deadlocks_first = true;
};

// The locks that a transaction may wait for.
struct LockWaits {
  std::chrono::steady_clock::time_point begun;    // the transaction
  std::chrono::steady_clock::time_point limited;  // when its waits were last
  std::chrono::milliseconds budget{0};            // of the first one
  // The time in which all of them end once there is a lock; nullopt: the server
  // was not asked yet.
  std::optional<std::chrono::milliseconds> patience;
};

class PostgresConnection final : public db::Connection {
 public:
  // Takes over an open libpq connection and pins its settings: for the session
  // or, if that is shared with others, in each transaction. There statements
  // outside of transactions get one of their own.
  PostgresConnection(pg_conn* connection, Peer peer, const std::string& name,
                     const std::string& role);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters = {}) override;
  void ExecuteScript(std::string_view sql) override;
  void Begin(const db::TransactionOptions& options) override;
  void Commit() override;
  bool CommitWith(std::string_view sql,
                  const std::vector<db::Value>& parameters) override;
  void Rollback() noexcept override;
  void Interrupt() noexcept override;
  std::string SessionId() override;
  bool alive() const override { return alive_; }
  bool pooled() const override { return peer_.pooled; }
  void LimitWaits() override;
  std::string Set(const std::string& setting,
                  const std::string& value) override;

 private:
  // The notice receiver of libpq; `self` is the connection.
  static void Receive(void* self, const pg_result* notice);

  using ResultPtr = std::unique_ptr<pg_result, void (*)(pg_result*)>;

  void PinSettings(const std::string& name, const std::string& role);
  // True for a statement that would run outside of a transaction in a session
  // that we share.
  bool NeedsTransaction() const;
  void ThrowIfDead() const;
  ResultPtr Run(const std::string& sql);
  ResultPtr Run(const std::string& sql,
                const std::vector<db::Value>& parameters);
  using Parameters = std::vector<const char*>;  // null: NULL
  bool WorthPreparing(const std::string& sql);
  // `then` is text that is sent together with the statement, such as ";
  // COMMIT". The result is that of `then`, or the first one that failed.
  ResultPtr RunPrepared(const std::string& sql, const Parameters& parameters,
                        const std::string& then = "");
  void ForgetPreparations(const ResultPtr& failed, std::string_view sql);
  void CheckCommit(const ResultPtr& result);
  std::string ExecuteSql(const std::string& name,
                         const Parameters& parameters) const;
  // Throws unless the result is a success.
  void Check(const ResultPtr& result, std::string_view sql);
  [[noreturn]] void EndCopy(bool in, std::string_view sql);

  pg_conn* connection_;
  pg_cancel* cancel_;  // made once: Interrupt runs on another thread
  const Peer peer_;
  std::string pinned_;  // what each transaction sets in a shared session
  std::map<std::string, std::string> set_;  // by Set, in a shared session
  bool alive_ = true;
  std::string begin_;  // goes before the next statement; empty: nothing does
  LockWaits waits_;
  bool prepares_;
  std::map<std::string, int> runs_;  // how often unprepared statements ran
  std::map<std::string, std::string> prepared_;  // statements to their names
  std::vector<std::string> notices_;             // of the statement in flight
};

// Connects as db::Dialect::Connect promises.
std::unique_ptr<db::Connection> Connect(const db::ConnectOptions& options);

}  // namespace segue::postgres
