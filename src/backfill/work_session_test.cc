#include "backfill/work_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backfill/run_bed.h"
#include "backfill/worker_session.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<ErrorKind> kPassing = {ErrorKind::kRetryable,
                                         ErrorKind::kLockTimeout};
const std::vector<ErrorKind> kLosing = {ErrorKind::kConnectionLost,
                                        ErrorKind::kInDoubt};
const std::vector<ErrorKind> kLasting = {
    ErrorKind::kRefused,    ErrorKind::kNotFound, ErrorKind::kConflict,
    ErrorKind::kConstraint, ErrorKind::kMismatch, ErrorKind::kCancelled,
    ErrorKind::kCorrupt,    ErrorKind::kInternal};

// What a session calls while it works, in its order.
class Calls {
 public:
  explicit Calls(WorkSession& session) : session_(session) {}

  // Work that fails once, with this, and then succeeds.
  std::optional<ErrorKind> FailOnce(ErrorKind kind) {
    return KindOf([&] {
      session_.Resiliently(
          [&] {
            all.push_back("work");
            if (all.size() == 1) throw Error(kind, "met");
          },
          [&] { all.push_back("smaller"); }, [&] { all.push_back("reload"); });
    });
  }

  std::vector<std::string> all;

 private:
  WorkSession& session_;
};

class WorkerSessionTest : public ::testing::Test {
 protected:
  RunBed bed_;
  bool stop_ = false;
  std::vector<ErrorKind> retried_;
  WorkerSession session_{
      bed_.scripted.database(), bed_.options, [this] { return stop_; },
      [this](const Error& e) { retried_.push_back(e.kind()); }};
};

TEST_F(WorkerSessionTest, WorkIsDoneOnceWhenItSucceeds) {
  int done = 0;
  session_.Resiliently([&] { ++done; });
  EXPECT_EQ(done, 1);
  EXPECT_TRUE(retried_.empty());
}

TEST_F(WorkerSessionTest, AnErrorThatPassesIsToldAndTheWorkRepeated) {
  const int connects = bed_.scripted.connects();
  for (const ErrorKind kind : kPassing) {
    retried_.clear();
    Calls calls(session_);
    EXPECT_EQ(calls.FailOnce(kind), std::nullopt);
    EXPECT_THAT(calls.all, ElementsAre("work", "smaller", "work"));
    EXPECT_THAT(retried_, ElementsAre(kind));
  }
  EXPECT_EQ(bed_.scripted.connects(), connects);
}

TEST_F(WorkerSessionTest, ALostConnectionIsReplacedToldOnceAndReloaded) {
  for (const ErrorKind kind : kLosing) {
    retried_.clear();
    const int connects = bed_.scripted.connects();
    Calls calls(session_);
    EXPECT_EQ(calls.FailOnce(kind), std::nullopt);
    EXPECT_THAT(calls.all, ElementsAre("work", "reload", "smaller", "work"));
    EXPECT_THAT(retried_, ElementsAre(kind));
    EXPECT_EQ(bed_.scripted.connects(), connects + 1);
  }
}

TEST_F(WorkerSessionTest, AnErrorThatLastsEndsTheWorkAtOnce) {
  for (const ErrorKind kind : kLasting) {
    Calls calls(session_);
    EXPECT_EQ(calls.FailOnce(kind), kind) << ToString(kind);
    EXPECT_THAT(calls.all, ElementsAre("work"));
  }
  EXPECT_TRUE(retried_.empty());
}

TEST_F(WorkerSessionTest, WithoutPatienceThereIsOneAttempt) {
  bed_.options.lock_patience = milliseconds(0);
  for (const ErrorKind kind : kPassing) {
    Calls calls(session_);
    EXPECT_EQ(calls.FailOnce(kind), kind);
    EXPECT_THAT(calls.all, ElementsAre("work"));
  }
}

TEST_F(WorkerSessionTest, AStopBetweenTwoAttemptsEndsTheWork) {
  int attempts = 0;
  EXPECT_EQ(KindOf([&] {
              session_.Resiliently([&] {
                ++attempts;
                stop_ = true;
                throw Error(ErrorKind::kLockTimeout, "locked");
              });
            }),
            ErrorKind::kCancelled);
  EXPECT_EQ(attempts, 1);
}

TEST_F(WorkerSessionTest, AServerThatIsAwayForAMomentIsAskedAgain) {
  bed_.scripted.Fail({"CONNECT", {ErrorKind::kConnectionLost, "starting up"}});
  Calls calls(session_);
  EXPECT_EQ(calls.FailOnce(ErrorKind::kConnectionLost), std::nullopt);
  EXPECT_THAT(calls.all, ElementsAre("work", "reload", "smaller", "work"));
  EXPECT_TRUE(session_.connection().alive());
}

TEST_F(WorkerSessionTest, AServerThatRefusesUsIsNotAskedAgain) {
  bed_.scripted.Fail({"CONNECT", {ErrorKind::kRefused, "no such role"}});
  const int connects = bed_.scripted.connects();
  Calls calls(session_);
  EXPECT_EQ(calls.FailOnce(ErrorKind::kConnectionLost), ErrorKind::kRefused);
  EXPECT_THAT(calls.all, ElementsAre("work"));
  EXPECT_EQ(bed_.scripted.connects(), connects + 1);
}

TEST_F(WorkerSessionTest, AServerThatStaysAwayIsGivenUp) {
  bed_.options.lock_patience = milliseconds(100);
  for (int i = 0; i < 9; ++i) {
    bed_.scripted.Fail({"CONNECT", {ErrorKind::kConnectionLost, "down"}});
  }
  Calls calls(session_);
  EXPECT_EQ(calls.FailOnce(ErrorKind::kConnectionLost),
            ErrorKind::kConnectionLost);
  EXPECT_THAT(calls.all, ElementsAre("work"));
}

TEST_F(WorkerSessionTest, AStopEndsTheWaitForAServer) {
  bed_.scripted.Fail({"CONNECT", {ErrorKind::kConnectionLost, "down"}});
  const auto watching = bed_.scripted.Watch([&](const std::string& sql) {
    if (sql == "CONNECT") stop_ = true;
  });
  Calls calls(session_);
  EXPECT_EQ(calls.FailOnce(ErrorKind::kConnectionLost), ErrorKind::kCancelled);
}

TEST_F(WorkerSessionTest, ARestEndsWhenItIsToStop) {
  stop_ = true;
  const auto begin = std::chrono::steady_clock::now();
  session_.Rest(std::chrono::seconds(5));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST_F(WorkerSessionTest, TheRequestToStopTheRunStopsAWorkerToo) {
  EXPECT_FALSE(session_.stopping());
  EXPECT_NO_THROW(session_.ThrowIfStopping());
  bed_.cancel.Request();
  EXPECT_TRUE(session_.stopping());
  EXPECT_EQ(KindOf([&] { session_.ThrowIfStopping(); }), ErrorKind::kCancelled);
}

TEST_F(WorkerSessionTest, TheLedgerHasAllOfATransactionOrNothing) {
  EXPECT_EQ(KindOf([&] {
              session_.InLedger([&] {
                bed_.ledger.AddEvent(session_.connection(), "01_test",
                                     EventKind::kNote, "half");
                throw Error(ErrorKind::kRetryable, "deadlock");
              });
            }),
            ErrorKind::kRetryable);
  EXPECT_TRUE(bed_.Events(EventKind::kNote).empty());
  session_.InLedger([&] {
    bed_.ledger.AddEvent(session_.connection(), "01_test", EventKind::kNote,
                         "whole");
  });
  EXPECT_EQ(bed_.Events(EventKind::kNote).size(), 1U);
}

class RunnerSessionTest : public ::testing::Test {
 protected:
  RunnerSessionTest() { bed_.Begin(PlanOf({})); }
  RunBed bed_;
};

TEST_F(RunnerSessionTest, WhatIsRetriedIsTold) {
  Calls locked(bed_.session());
  locked.FailOnce(ErrorKind::kLockTimeout);
  Calls lost(bed_.session());
  lost.FailOnce(ErrorKind::kConnectionLost);
  const auto told = bed_.Told(Progress::Event::kRetry);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].cause, "lock timeout");
  EXPECT_EQ(told[0].message, "met");
  EXPECT_EQ(told[1].cause, "connection lost");
  EXPECT_EQ(told[1].message, "connection lost: met");
}

TEST_F(RunnerSessionTest, AnErrorWaitedForInVainSaysHowToGoOn) {
  bed_.options.lock_patience = milliseconds(0);
  try {
    bed_.session().Resiliently([] {
      throw Error(ErrorKind::kLockTimeout, "locked").WithCode("55P03");
    });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kLockTimeout);
    EXPECT_EQ(error.native_code(), "55P03");
    EXPECT_THAT(error.hint(), HasSubstr("the session that holds the lock"));
  }
}

TEST_F(RunnerSessionTest, NothingIsWrittenOnceTheLeaseIsTakenOver) {
  bed_.TakeLeaseOver();
  bool ran = false;
  EXPECT_EQ(KindOf([&] { bed_.session().InLedger([&] { ran = true; }); }),
            ErrorKind::kConflict);
  EXPECT_FALSE(ran);
}

TEST_F(RunnerSessionTest, ALostSessionDoesNotComeBackBesideANewRunner) {
  bed_.TakeLeaseOver();
  Calls calls(bed_.session());
  EXPECT_EQ(calls.FailOnce(ErrorKind::kConnectionLost), ErrorKind::kConflict);
  EXPECT_THAT(calls.all, ElementsAre("work"));
}

// Without a heartbeat, a chunk that takes no fence would let the lease expire.
TEST_F(RunnerSessionTest, AChunkKeepsTheLeaseWhereNothingElseDoes) {
  bed_.scripted.Advance(std::chrono::seconds(20));
  bed_.session().FenceChunk();
  EXPECT_EQ(Lease::Last(bed_.db(), bed_.ledger)->expires_in, 30);
}

TEST_F(RunnerSessionTest, AChunkDoesNotAskForTheLeaseBesideAHeartbeat) {
  RunBed server(test::ScriptedDatabase::Server());
  server.Begin(PlanOf({}));
  server.TakeLeaseOver();
  EXPECT_NO_THROW(server.session().FenceChunk());
  EXPECT_EQ(KindOf([&] { server.session().Fence(); }), ErrorKind::kConflict);
}

TEST_F(RunnerSessionTest, TheSecondRequestInterruptsTheStatementInFlight) {
  WorkSession& session = bed_.session();
  Calls(session).FailOnce(ErrorKind::kConnectionLost);
  bed_.cancel.Request();
  EXPECT_EQ(bed_.scripted.interrupts(), 0);
  EXPECT_TRUE(session.stopping());
  EXPECT_EQ(KindOf([&] { session.ThrowIfStopping(); }), ErrorKind::kCancelled);
  bed_.cancel.Request();
  EXPECT_EQ(bed_.scripted.interrupts(), 1);
}

TEST_F(RunnerSessionTest, ANoteIsInTheHistoryAndTold) {
  bed_.session().Note(Progress::Event::kPaused, "paused by somebody");
  ASSERT_EQ(bed_.Events(EventKind::kPaused).size(), 1U);
  EXPECT_EQ(bed_.Events(EventKind::kPaused)[0].message, "paused by somebody");
  EXPECT_EQ(bed_.Told(Progress::Event::kPaused).size(), 1U);
}

}  // namespace
}  // namespace segue::engine
