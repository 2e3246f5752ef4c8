// Reads on a standby: proves that the server is a standby of the database,
// waits until it has replayed enough, and opens sessions there.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/dialect.h"
#include "db/replication.h"
#include "ledger/lease.h"
#include "ledger/ledger.h"
#include "segue/database.h"
#include "segue/error.h"

namespace segue::engine {

// Returns why the server `name`, with these facts, cannot answer for the
// primary; nullopt when the facts do not exclude it.
std::optional<Error> Objection(const std::string& name,
                               const db::ServerFacts& facts,
                               const db::ServerFacts& primary);

class Standby {
 public:
  // The functions that run during a wait.
  struct Waiting {
    std::function<void()> check;  // throws to give up
    std::function<void(const std::string& what)> tell = {};  // may be empty
  };

  // Connects once, so that problems are found early. Throws Error{kUsage} for a
  // bad URL, Error{kRefused} for a server that is no standby of this database,
  // and Error{kConnectionLost}. Both references must outlive the standby.
  Standby(Database& primary, const Ledger& ledger, const std::string& url,
          std::chrono::milliseconds patience);

  // Makes sessions that are opened from now on see everything that the primary
  // has committed by now. The caller must hold the lease.
  void Follow(db::Connection& primary);

  // Throws Error{kRefused} when the server of the session has stopped to follow
  // another one. Comes after Follow.
  void RequireFollowing(db::Connection& session) const;

  // Returns, in words, the transactions that have been holding on to `table`
  // for a while. The replay of a change of the table may cancel them.
  std::vector<std::string> LongQueries(const schema::TableName& table) const;

  // Opens a session and proves that its server is a standby of the database. It
  // may be behind.
  std::unique_ptr<db::Connection> Open() const;

  // Opens a session. Each session is proven anew, because a URL may lead to
  // another server each time. Waits until the server has replayed enough, and
  // throws Error{kRefused} when it does not. Thread-safe, but not at the same
  // time as Follow.
  std::unique_ptr<db::Connection> Connect(const Waiting& waiting) const;

  const std::string& name() const { return name_; }  // without password

 private:
  void WaitForReplay(db::Connection& session, const Waiting& waiting) const;
  void RequireLease(db::Connection& session) const;

  const Ledger& ledger_;
  const db::Dialect& dialect_;
  const db::Replication& replication_;
  const db::ConnectOptions connect_;
  const std::string name_;
  const std::chrono::milliseconds patience_;
  const db::ServerFacts primary_;
  std::string position_;          // of the primary's log
  std::optional<Holder> holder_;  // of the primary's lease
};

// A session on the standby that reconnects when it is lost. Its errors never
// say that a connection must be replaced, because the caller would replace the
// primary's connection.
class StandbyConnection : public db::Connection {
 public:
  // `standby` must outlive the connection. Begin connects when there is no
  // session.
  StandbyConnection(const Standby& standby, Standby::Waiting waiting);

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override;
  void ExecuteScript(std::string_view sql) override;
  void Begin(const db::TransactionOptions& options) override;
  void Commit() override;
  void Rollback() noexcept override;
  void Interrupt() noexcept override;
  std::string SessionId() override;
  bool alive() const override { return session_ != nullptr; }
  bool pooled() const override {
    return session_ != nullptr && session_->pooled();
  }
  std::string Set(const std::string& setting,
                  const std::string& value) override;

  // Why there is no session now; nullopt when there is one or none was needed
  // yet.
  const std::optional<Error>& lost() const { return lost_; }

 private:
  db::Connection& Session();
  template <typename Work>
  auto Surviving(const Work& work);

  const Standby& standby_;
  const Standby::Waiting waiting_;
  std::unique_ptr<db::Connection> session_;
  std::optional<Error> lost_;
};

}  // namespace segue::engine
