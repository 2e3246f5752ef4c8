// A connection without a database: answers what a test says, and fails when a
// test says so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"
#include "segue/error.h"

namespace segue::test {

class FakeConnection : public db::Connection {
 public:
  using Answer = std::function<db::Result(
      std::string_view sql, const std::vector<db::Value>& parameters)>;

  // What statements answer; no rows when empty.
  Answer answer;
  // The next statement, or the next commit, fails with it; once.
  std::optional<Error> fail_next;
  std::optional<Error> fail_commit;
  bool lost = false;

  // What was done: statements, and "BEGIN", "COMMIT", "ROLLBACK".
  std::vector<std::string> log;

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override;
  void ExecuteScript(std::string_view sql) override { Execute(sql, {}); }
  void Begin(const db::TransactionOptions&) override;
  void Commit() override;
  void Rollback() noexcept override;
  void Interrupt() noexcept override {}
  std::string SessionId() override { return "1"; }
  bool alive() const override { return !lost; }

  // How often `what` is in the log.
  std::size_t Count(std::string_view what) const;

 private:
  void Fail(std::optional<Error>& error);
};

}  // namespace segue::test
