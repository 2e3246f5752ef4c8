#include "ledger/lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "segue/error.h"
#include "tests/doubles/scripted_database.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ScriptedDatabase;
using testing::HasSubstr;

// No process of this machine has this id.
constexpr std::int64_t kNoProcess = 999'999'999;

class LeaseBed {
 public:
  explicit LeaseBed(db::Capabilities can, seconds lease = seconds(30))
      : scripted(std::move(can)),
        ledger(scripted.database().dialect(), "main", "tester", lease) {
    ledger.Install(scripted.database().connection());
  }

  std::unique_ptr<Lease> Take() {
    return std::make_unique<Lease>(scripted.database(), ledger);
  }
  // Returns the kind of the error when the lease cannot be taken; nullopt when
  // it can.
  std::optional<ErrorKind> TryTake() {
    try {
      Take();
    } catch (const Error& error) {
      message = error.what();
      return error.kind();
    }
    return std::nullopt;
  }
  std::optional<ErrorKind> TryFence(Lease& lease) {
    db::Transaction transaction(connection(), {});
    try {
      lease.Fence(connection());
      transaction.Commit();
    } catch (const Error& error) {
      return error.kind();
    }
    return std::nullopt;
  }
  // Writes the row as the runner of another process has left it.
  void SetHolder(const std::string& host, std::int64_t pid,
                 std::int64_t expires_in) {
    scripted.others().Execute("DELETE FROM segue_lease");
    scripted.others().Execute(
        "INSERT INTO segue_lease (schema_name, token, session, host, pid, who,"
        " since, expires) VALUES ('main', 7, '99', $1, $2, 'ann', 'noon',"
        " (SELECT now FROM clock) + $3)",
        {host, pid, expires_in});
  }
  void TakeOver() {
    scripted.others().Execute("UPDATE segue_lease SET token = token + 1");
  }
  Holder Row() { return *Lease::Last(connection(), ledger); }
  db::Connection& connection() { return scripted.database().connection(); }

  ScriptedDatabase scripted;
  const Ledger ledger;
  std::string message;
};

class LeaseTest : public ::testing::Test {
 protected:
  LeaseBed bed_{ScriptedDatabase::Embedded()};
};

TEST_F(LeaseTest, TheRowSaysWhoHoldsIt) {
  const auto lease = bed_.Take();
  const Holder holder = bed_.Row();
  EXPECT_EQ(holder.token, 1);
  EXPECT_EQ(holder.host, HostName());
  EXPECT_EQ(holder.pid, getpid());
  EXPECT_EQ(holder.who, "tester");
  EXPECT_EQ(holder.session, bed_.connection().SessionId());
  EXPECT_EQ(holder.expires_in, 30);
  EXPECT_TRUE(Lease::Live(bed_.connection(), bed_.ledger));
}

TEST_F(LeaseTest, AnotherRunnerIsRefusedAndToldWhoIsThere) {
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.TryTake(), ErrorKind::kConflict);
  EXPECT_THAT(bed_.message,
              HasSubstr(":" + std::to_string(getpid()) + " (tester, since "));
  EXPECT_EQ(bed_.TryFence(*lease), std::nullopt);
}

TEST_F(LeaseTest, GivenBackItIsFreeAndTheNextTokenIsHigher) {
  bed_.Take();
  EXPECT_FALSE(Lease::Live(bed_.connection(), bed_.ledger));
  EXPECT_TRUE(Lease::Last(bed_.connection(), bed_.ledger));
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.Row().token, 2);
}

TEST_F(LeaseTest, ADeadProcessOfThisMachineHoldsNothing) {
  bed_.SetHolder(HostName(), kNoProcess, 25);
  EXPECT_FALSE(Lease::Live(bed_.connection(), bed_.ledger));
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.Row().token, 8);
}

TEST_F(LeaseTest, OneOfAnotherMachineIsBelievedUntilItsLeaseExpires) {
  bed_.SetHolder("elsewhere", kNoProcess, 25);
  EXPECT_EQ(bed_.TryTake(), ErrorKind::kConflict);
  EXPECT_THAT(bed_.message, HasSubstr("elsewhere:999999999 (ann, since noon)"));
  bed_.scripted.Advance(seconds(24));
  EXPECT_EQ(bed_.TryTake(), ErrorKind::kConflict);
  bed_.scripted.Advance(seconds(1));
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.Row().token, 8);
}

TEST_F(LeaseTest, WhoWasReplacedMayNotWrite) {
  const auto lease = bed_.Take();
  bed_.TakeOver();
  EXPECT_EQ(bed_.TryFence(*lease), ErrorKind::kConflict);
  bed_.scripted.others().Execute("DELETE FROM segue_lease");
  EXPECT_EQ(bed_.TryFence(*lease), ErrorKind::kConflict);
}

TEST_F(LeaseTest, WhoWasReplacedDoesNotGiveBackWhatIsNotHis) {
  auto lease = bed_.Take();
  bed_.TakeOver();
  lease.reset();
  EXPECT_EQ(bed_.Row().expires_in, 30);
  EXPECT_EQ(bed_.Row().pid, getpid());
}

TEST_F(LeaseTest, WithoutAHeartbeatAFenceRenewsIt) {
  const auto lease = bed_.Take();
  bed_.scripted.Advance(seconds(20));
  EXPECT_EQ(bed_.TryFence(*lease), std::nullopt);
  EXPECT_EQ(bed_.Row().expires_in, 30);
}

TEST_F(LeaseTest, ALostSessionComesBackUnderItsToken) {
  const auto lease = bed_.Take();
  const std::string before = bed_.connection().SessionId();
  lease->Reconnect();
  EXPECT_NE(bed_.connection().SessionId(), before);
  EXPECT_EQ(bed_.Row().token, 1);
  EXPECT_EQ(bed_.Row().session, bed_.connection().SessionId());
  EXPECT_EQ(bed_.TryFence(*lease), std::nullopt);
}

TEST_F(LeaseTest, ALostSessionDoesNotComeBackBesideANewRunner) {
  const auto lease = bed_.Take();
  bed_.TakeOver();
  try {
    lease->Reconnect();
    FAIL() << "it came back";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConflict);
  }
  EXPECT_EQ(bed_.Row().token, 2);
  EXPECT_EQ(bed_.TryFence(*lease), ErrorKind::kConflict);
}

TEST_F(LeaseTest, ADatabaseThatIsLockedForAMomentIsAskedAgain) {
  bed_.scripted.Fail({"BEGIN", {ErrorKind::kRetryable, "busy"}});
  bed_.scripted.Fail({"COMMIT", {ErrorKind::kLockTimeout, "locked"}});
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.Row().token, 1);
  EXPECT_EQ(bed_.TryFence(*lease), std::nullopt);
}

// After such an error nobody knows whether the lease is held.
TEST_F(LeaseTest, AnythingElseIsNotTriedAgain) {
  for (const ErrorKind kind :
       {ErrorKind::kInDoubt, ErrorKind::kConnectionLost, ErrorKind::kRefused}) {
    LeaseBed fresh(ScriptedDatabase::Embedded());
    fresh.scripted.Fail({"COMMIT", {kind, "met"}});
    EXPECT_EQ(fresh.TryTake(), kind);
    EXPECT_EQ(fresh.scripted.Count("INSERT INTO segue_lease"), 1);
  }
}

class ServerLeaseTest : public ::testing::Test {
 protected:
  LeaseBed bed_{ScriptedDatabase::Server()};
};

TEST_F(ServerLeaseTest, TheLockDecidesAndNotTheRow) {
  bed_.SetHolder("elsewhere", kNoProcess, 25);
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.Row().token, 8);
  EXPECT_EQ(bed_.scripted.lock_holder(), bed_.connection().SessionId());
}

TEST_F(ServerLeaseTest, WhoHoldsTheLockAndRenewsTheRowIsAlive) {
  bed_.SetHolder("elsewhere", kNoProcess, 1);
  bed_.scripted.SetLockHolder("99");
  EXPECT_EQ(bed_.TryTake(), ErrorKind::kConflict);
  EXPECT_EQ(bed_.scripted.lock_holder(), "99");
}

TEST_F(ServerLeaseTest, AHolderThatStoppedRenewingIsEnded) {
  bed_.SetHolder("elsewhere", kNoProcess, 0);
  bed_.scripted.SetLockHolder("99");
  const auto lease = bed_.Take();
  EXPECT_EQ(bed_.scripted.lock_holder(), bed_.connection().SessionId());
  EXPECT_EQ(bed_.Row().token, 8);
}

TEST_F(ServerLeaseTest, ALockOfSomebodyWhomTheRowDoesNotKnowIsRespected) {
  bed_.SetHolder("elsewhere", kNoProcess, -5);
  bed_.scripted.SetLockHolder("55");
  EXPECT_EQ(bed_.TryTake(), ErrorKind::kConflict);
  bed_.scripted.others().Execute("DELETE FROM segue_lease");
  EXPECT_EQ(bed_.TryTake(), ErrorKind::kConflict);
}

// The server may not have noticed yet that the session is lost.
TEST_F(ServerLeaseTest, WhoComesBackEndsItsOwnLostSession) {
  const auto lease = bed_.Take();
  const std::string lost = bed_.connection().SessionId();
  bed_.scripted.Fail({"SELECT 1", {ErrorKind::kConnectionLost, "gone"}});
  EXPECT_THROW(bed_.connection().Execute("SELECT 1"), Error);
  ASSERT_EQ(bed_.scripted.lock_holder(), lost);
  lease->Reconnect();
  EXPECT_EQ(bed_.scripted.lock_holder(), bed_.connection().SessionId());
  EXPECT_EQ(bed_.Row().token, 1);
}

TEST_F(ServerLeaseTest, WhoComesBackDoesNotEndTheSessionOfANewRunner) {
  const auto lease = bed_.Take();
  bed_.SetHolder("elsewhere", kNoProcess, 25);
  bed_.scripted.SetLockHolder("99");
  try {
    lease->Reconnect();
    FAIL() << "it came back";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConflict);
  }
  EXPECT_EQ(bed_.scripted.lock_holder(), "99");
  EXPECT_EQ(bed_.Row().token, 7);
}

TEST_F(ServerLeaseTest, AFenceIsBesideAHeartbeatOnlyALook) {
  const auto lease = bed_.Take();
  bed_.scripted.Advance(seconds(20));
  EXPECT_EQ(bed_.TryFence(*lease), std::nullopt);
  EXPECT_EQ(bed_.Row().expires_in, 10);
}

// Waits for the condition; false when it has not become true.
bool Comes(const std::function<bool()>& condition) {
  for (int i = 0; i < 300; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

TEST(HeartbeatTest, ItRenewsTheRowWhateverTheRunnerDoes) {
  LeaseBed bed(ScriptedDatabase::Server(), seconds(1));
  const auto lease = bed.Take();
  bed.scripted.Advance(seconds(5));
  EXPECT_TRUE(Comes([&] { return bed.Row().expires_in > 0; }));
}

TEST(HeartbeatTest, ItGoesOnAfterItsSessionWasLost) {
  LeaseBed bed(ScriptedDatabase::Server(), seconds(1));
  const auto lease = bed.Take();
  bed.scripted.Fail(
      {"UPDATE segue_lease", {ErrorKind::kConnectionLost, "gone"}});
  bed.scripted.Advance(seconds(5));
  EXPECT_TRUE(Comes([&] { return bed.Row().expires_in > 0; }));
}

TEST(HeartbeatTest, ItDoesNotRenewWhatWasTakenOver) {
  LeaseBed bed(ScriptedDatabase::Server(), seconds(1));
  const auto lease = bed.Take();
  bed.TakeOver();
  bed.scripted.Advance(seconds(5));
  ASSERT_TRUE(Comes([&] {
    return bed.scripted.Count("UPDATE segue_lease SET expires") > 1;
  }));
  EXPECT_LT(bed.Row().expires_in, 0);
}

}  // namespace
}  // namespace segue::engine
