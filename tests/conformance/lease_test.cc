// The lease of a runner whose session is lost.
#include "ledger/lease.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class LeaseTest : public DialectTest {
 protected:
  // Four heartbeats a second.
  static engine::Ledger LedgerOf(Database& database) {
    return {database.dialect(), database.schema(), "test",
            std::chrono::seconds(1)};
  }
  std::int64_t TokenOf(Database& database, const engine::Ledger& ledger) {
    return engine::Lease::Last(database.connection(), ledger)->token;
  }
  // Transactions that have written so far.
  std::int64_t Writes() {
    return std::stoll(*db().app().One("SELECT pg_current_xact_id()"));
  }
};

constexpr std::chrono::milliseconds kTwoHeartbeats{600};

// The heartbeat has a thread of its own, and goes on meanwhile.
TEST_P(LeaseTest, ComesBackUnderItsToken) {
  Database database = db().Open();
  const engine::Ledger ledger = LedgerOf(database);
  ledger.Install(database.connection());
  engine::Lease lease(database, ledger);
  const std::int64_t token = TokenOf(database, ledger);
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(kTwoHeartbeats);
    lease.Reconnect();
    EXPECT_EQ(token, TokenOf(database, ledger));
  }
}

TEST_P(LeaseTest, RenewsFourTimesInItsTime) {
  if (!is_postgres()) GTEST_SKIP() << "each transaction renews here";
  Database database = db().Open();
  const engine::Ledger ledger = LedgerOf(database);
  ledger.Install(database.connection());
  const engine::Lease lease(database, ledger);
  const std::int64_t before = Writes();
  std::this_thread::sleep_for(kTwoHeartbeats);
  const std::int64_t written = Writes() - before;
  EXPECT_GE(written, 2);
  EXPECT_LE(written, 10);
}

SEGUE_INSTANTIATE(LeaseTest);

}  // namespace
}  // namespace segue::test
