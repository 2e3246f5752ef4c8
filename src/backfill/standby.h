// Reading on a standby what is judged of its primary: the proof that it is one,
// that it has come far enough, and sessions there.
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

// Why the server `name`, of which `facts` are known, cannot answer for the
// primary; nullopt: as far as these say, it can.
std::optional<Error> Objection(const std::string& name,
                               const db::ServerFacts& facts,
                               const db::ServerFacts& primary);

class Standby {
 public:
  // What goes on while one waits.
  struct Waiting {
    std::function<void()> check;  // throws to give up
    std::function<void(const std::string& what)> tell = {};  // may be empty
  };

  // Connects once, to say early what is wrong: throws Error{kUsage} for a bad
  // URL, Error{kRefused} for a server that is no standby of the database's,
  // Error{kConnectionLost}. Both references must outlive it.
  Standby(Database& primary, const Ledger& ledger, const std::string& url,
          std::chrono::milliseconds patience);

  // Sessions made from now on see all that is committed on the primary by now.
  // The caller holds the lease.
  void Follow(db::Connection& primary);

  // Thread-safe, but not beside Follow. Each session is proven anew, because a
  // URL may lead to another server each time. Waits until the server has come
  // as far as it must; throws Error{kRefused} when it does not.
  std::unique_ptr<db::Connection> Connect(const Waiting& waiting) const;

  const std::string& name() const { return name_; }  // without password

 private:
  std::unique_ptr<db::Connection> Open() const;
  void WaitForReplay(db::Connection& session, const Waiting& waiting) const;
  void RequireLease(db::Connection& session) const;

  const Ledger& ledger_;
  const db::Dialect& dialect_;
  const db::Replication& replication_;
  const db::ConnectOptions connect_;
  const std::string name_;
  const std::chrono::milliseconds patience_;
  const db::ServerFacts primary_;
  std::string position_;          // in the log
  std::optional<Holder> holder_;  // of the lease
};

// A session there that makes itself anew when it is lost. Its errors never say
// that a connection must be thrown away, since that would be the primary's.
class StandbyConnection : public db::Connection {
 public:
  // `standby` must outlive it. Begin connects when there is no session.
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

  // Why there is none now; nullopt: there is, or was never asked for.
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
