// One runner at a time, and what becomes of the next when one dies or hangs.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/faults/crash_site.h"
#include "tests/support/postgres_server.h"

namespace segue::test {
namespace {

constexpr int kAnotherRunner = 7;

class RunnerTest : public ::testing::TestWithParam<Testbed> {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(GetParam()); }

  // Migrates to the end, and the data is right.
  void ExpectFinishes(CrashSite& site) {
    EXPECT_EQ(0, site.Run("verify").exit_code);
    site.WriteAsOld();
    site.MustRun("complete");
    EXPECT_EQ(site.Expected(), site.Data("full_name"));
  }
};

TEST_P(RunnerTest, TheSecondIsToldWhoIsAtWork) {
  CrashSite site(GetParam(), Access::kInPlace);
  Process first(site.Segue("start", "stop:backfill:1"));
  WaitUntilStopped(first);
  for (const char* command : {"start", "complete", "rollback"}) {
    const Finished second = site.Run(command);
    EXPECT_EQ(kAnotherRunner, second.exit_code) << command << second.err;
    EXPECT_NE(std::string::npos,
              second.err.find(":" + std::to_string(first.pid())))
        << second.err;
  }
  first.Kill(SIGCONT);
  const Finished done = first.Wait();
  EXPECT_EQ(0, done.exit_code) << done.err;
  ExpectFinishes(site);
}

// Neither has a ledger to look into yet: they meet while creating it.
TEST_P(RunnerTest, TwoAtTheSameInstant) {
  for (int round = 0; round < 3; ++round) {
    CrashSite site(GetParam(), Access::kInPlace);
    Process one(site.Segue("start"));
    Process two(site.Segue("start"));
    const Finished first = one.Wait();
    const Finished second = two.Wait();
    for (const Finished& each : {first, second}) {
      EXPECT_TRUE(each.exit_code == 0 || each.exit_code == kAnotherRunner)
          << each.exit_code << ": " << each.err;
    }
    EXPECT_TRUE(first.exit_code == 0 || second.exit_code == 0);
    ExpectFinishes(site);
  }
}

TEST_P(RunnerTest, AKilledOneIsTakenOver) {
  CrashSite site(GetParam(), Access::kInPlace);
  ASSERT_EQ(128 + SIGKILL, site.Run("start", "kill:backfill:2").exit_code);
  site.WriteAsOld();
  site.WaitUntilSessionsEnd();
  const Finished second = site.Run("start");
  EXPECT_EQ(0, second.exit_code) << second.err;
  ExpectFinishes(site);
}

// The hung one wakes up after it was replaced: it must stop by itself and must
// not have changed anything.
TEST_P(RunnerTest, AHungOneIsTakenOverWhenItsLeaseExpires) {
  CrashSite site(GetParam(), Access::kInPlace);
  Command hung = site.Segue("start", "stop:backfill:2");
  hung.environment["SEGUE_LEASE_SECONDS"] = "1";
  Process first(hung);
  WaitUntilStopped(first);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(30);
  Finished second = site.Run("start");
  while (second.exit_code == kAnotherRunner &&
         std::chrono::steady_clock::now() < deadline) {
    second = site.Run("start");
  }
  EXPECT_EQ(0, second.exit_code) << second.err;
  first.Kill(SIGCONT);
  const Finished replaced = first.Wait();
  EXPECT_NE(0, replaced.exit_code) << replaced.out << replaced.err;
  ExpectFinishes(site);
}

INSTANTIATE_TEST_SUITE_P(Faults, RunnerTest, ::testing::ValuesIn(Testbeds()),
                         TestbedName);

// A server of its own, because it goes down.
TEST(ServerRestart, InTheMiddleOfABackfillIsResumable) {
  SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
  CrashSite site(PostgresTestbed(), Access::kInPlace);
  Process first(site.Segue("start", "stop:backfill:2"));
  WaitUntilStopped(first);
  PostgresServer::Shared().Restart(/*immediate=*/true);
  first.Kill(SIGCONT);
  const Finished done = first.Wait();
  if (done.exit_code != 0) {
    EXPECT_EQ(6, done.exit_code) << done.err;
    EXPECT_EQ(0, site.Run("start").exit_code);
  }
  EXPECT_EQ(0, site.Run("verify").exit_code);
  site.WriteAsOld();
  site.WriteAsNew();
  site.MustRun("complete");
  EXPECT_EQ(site.Expected(), site.Data("full_name"));
}

}  // namespace
}  // namespace segue::test
