// A session that counts its statements and fails where it is told to.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::test {

// Forwards everything to the session it owns. Once dropped, that session is
// closed for good and every call throws kConnectionLost.
class FaultyConnection : public db::Connection {
 public:
  explicit FaultyConnection(std::unique_ptr<db::Connection> inner);

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override;
  void ExecuteScript(std::string_view sql) override;
  void Begin(const db::TransactionOptions& options) override;
  void Commit() override;
  bool CommitWith(std::string_view sql,
                  const std::vector<db::Value>& parameters) override;
  void Rollback() noexcept override;
  void Interrupt() noexcept override;
  std::string SessionId() override;
  bool alive() const override;
  bool pooled() const override;
  void LimitWaits() override;
  std::string Set(const std::string& setting,
                  const std::string& value) override;

 private:
  // Runs `commit` as one, which loses its answer where the fault says so.
  template <typename Work>
  bool Committing(const Work& commit);
  db::Connection& Inner();
  void Drop();
  // Counts a statement; may not come back.
  template <typename Work>
  auto Answered(const Work& work);
  void Enter(std::string_view sql);

  std::mutex mutex_;  // Interrupt comes from other threads
  std::unique_ptr<db::Connection> inner_;
  std::string session_id_;
};

}  // namespace segue::test
