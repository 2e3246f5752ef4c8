// The lease of a runner whose session is lost.
#include "ledger/lease.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "segue/error.h"
#include "tests/support/eventually.h"
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

SEGUE_INSTANTIATE(LeaseTest);

// Elsewhere each transaction renews, and there is nothing to count.
class PostgresLeaseTest : public LeaseTest {
 protected:
  // Transactions that have written so far.
  std::int64_t Writes() {
    return std::stoll(
        *db().app().One("SELECT pg_snapshot_xmax(pg_current_snapshot())"));
  }
};

TEST_P(PostgresLeaseTest, RenewsFourTimesInItsTime) {
  Database database = db().Open();
  const engine::Ledger ledger = LedgerOf(database);
  ledger.Install(database.connection());
  const engine::Lease lease(database, ledger);
  const std::int64_t before = Writes();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(Eventually([&] { return Writes() - before >= 4; }));
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begin;
  // Four quarters of a second at most; a busy machine makes it longer, and a
  // write of the server's own may be one of them.
  EXPECT_GT(took.count(), 0.4);
}

// Taking the lock needs no privilege. The case is sec-runner-lock-squatted.
TEST_P(PostgresLeaseTest, NamesASessionThatHoldsTheLockWithoutALease) {
  Database database = db().Open();
  const engine::Ledger ledger = LedgerOf(database);
  ledger.Install(database.connection());
  std::string session;
  {
    const engine::Lease lease(database, ledger);
    session = *db().app().One(
        "SELECT classid || ', ' || objid FROM pg_locks "
        "WHERE locktype = 'advisory' AND objsubid = 2 AND classid = "
        "1936160101");
  }
  std::unique_ptr<Client> squatter = db().NewClient();
  const std::string pid = *squatter->One("SELECT pg_backend_pid()");
  squatter->Query("SELECT pg_advisory_lock(" + session + ")");
  try {
    const engine::Lease lease(database, ledger);
    ADD_FAILURE() << "the lease was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConflict);
    EXPECT_NE(std::string(error.what()).find("held by session " + pid),
              std::string::npos)
        << error.what();
  }
}

SEGUE_INSTANTIATE_ON(PostgresLeaseTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
