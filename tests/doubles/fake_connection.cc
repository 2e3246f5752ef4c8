#include "tests/doubles/fake_connection.h"

#include <algorithm>
#include <utility>

namespace segue::test {

void FakeConnection::Fail(std::optional<Error>& error) {
  if (!error) return;
  const Error thrown = *std::exchange(error, std::nullopt);
  if (thrown.poisons_connection()) lost = true;
  throw thrown;
}

db::Result FakeConnection::Execute(std::string_view sql,
                                   const std::vector<db::Value>& parameters) {
  log.emplace_back(sql);
  Fail(fail_next);
  return answer ? answer(sql, parameters) : db::Result();
}

void FakeConnection::Begin(const db::TransactionOptions&) {
  log.emplace_back("BEGIN");
}

void FakeConnection::Commit() {
  log.emplace_back("COMMIT");
  Fail(fail_commit);
}

void FakeConnection::Rollback() noexcept { log.emplace_back("ROLLBACK"); }

std::size_t FakeConnection::Count(std::string_view what) const {
  return static_cast<std::size_t>(std::count(log.begin(), log.end(), what));
}

}  // namespace segue::test
