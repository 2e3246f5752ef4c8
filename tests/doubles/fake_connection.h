// A connection without a database, which answers and fails as a test says.
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

  // The answer to statements; without one they return no rows.
  Answer answer;
  // The error with which the next statement or commit fails, once.
  std::optional<Error> fail_next;
  std::optional<Error> fail_commit;
  bool lost = false;

  // The calls so far: statements, and "BEGIN", "COMMIT", "ROLLBACK".
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

  // Returns how often `what` is in the log.
  std::size_t Count(std::string_view what) const;

 private:
  void Fail(std::optional<Error>& error);
};

}  // namespace segue::test
