#include "db/retry.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/doubles/fake_clock.h"

namespace segue::db {
namespace {

using std::chrono::milliseconds;
using test::FakeClock;

constexpr RetryPolicy kPolicy = {milliseconds(10'000), milliseconds(50),
                                 milliseconds(2'000)};

// Work that fails `failures` times with `kind`, and then succeeds.
class Work {
 public:
  Work(int failures, ErrorKind kind) : left_(failures), kind_(kind) {}
  void Run() {
    ++runs_;
    if (left_-- > 0) throw Error(kind_, "attempt " + std::to_string(runs_));
  }
  int runs() const { return runs_; }

 private:
  int left_;
  ErrorKind kind_;
  int runs_ = 0;
};

TEST(RetryTest, WorkThatSucceedsRunsOnceAndGivesItsValue) {
  FakeClock clock;
  EXPECT_EQ(Retry(clock, kPolicy, [] { return std::string("done"); }), "done");
  EXPECT_TRUE(clock.sleeps().empty());
}

TEST(RetryTest, RetriesWhatMayHelpUntilItSucceeds) {
  for (const ErrorKind kind :
       {ErrorKind::kRetryable, ErrorKind::kLockTimeout}) {
    FakeClock clock;
    Work work(3, kind);
    Retry(clock, kPolicy, [&] { work.Run(); });
    EXPECT_EQ(work.runs(), 4);
    EXPECT_EQ(clock.sleeps().size(), 3U);
  }
}

TEST(RetryTest, NothingElseIsTriedAgain) {
  for (const ErrorKind kind :
       {ErrorKind::kInDoubt, ErrorKind::kConnectionLost, ErrorKind::kRefused,
        ErrorKind::kConstraint, ErrorKind::kCancelled, ErrorKind::kInternal}) {
    FakeClock clock;
    Work work(1, kind);
    EXPECT_THROW(Retry(clock, kPolicy, [&] { work.Run(); }), Error);
    EXPECT_EQ(work.runs(), 1) << ToString(kind);
  }
}

TEST(RetryTest, PausesDoubleWithJitterUpToTheLongest) {
  FakeClock clock;
  Work work(8, ErrorKind::kRetryable);
  Retry(clock, kPolicy, [&] { work.Run(); });
  milliseconds full(50);
  for (const std::chrono::microseconds pause : clock.sleeps()) {
    EXPECT_GE(pause, full / 2);
    EXPECT_LE(pause, full);
    full = std::min(full * 2, milliseconds(2'000));
  }
}

TEST(RetryTest, RethrowsTheLastErrorWhenThePatienceIsSpent) {
  FakeClock clock;
  Work work(1'000, ErrorKind::kLockTimeout);
  try {
    Retry(clock, kPolicy, [&] { work.Run(); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kLockTimeout);
    EXPECT_EQ(error.what(), "attempt " + std::to_string(work.runs()));
  }
  EXPECT_GT(work.runs(), 3);
  EXPECT_LE(clock.slept(), kPolicy.patience);
}

TEST(RetryTest, TheTimeOfTheAttemptsCountsToo) {
  FakeClock clock;
  Work work(1'000, ErrorKind::kLockTimeout);
  EXPECT_THROW(Retry(clock, kPolicy,
                     [&] {
                       clock.Advance(milliseconds(4'000));
                       work.Run();
                     }),
               Error);
  EXPECT_EQ(work.runs(), 3);
}

TEST(RetryTest, WithoutPatienceThereIsOneAttempt) {
  FakeClock clock;
  Work work(1, ErrorKind::kRetryable);
  const RetryPolicy policy = {milliseconds(0), milliseconds(50),
                              milliseconds(50)};
  EXPECT_THROW(Retry(clock, policy, [&] { work.Run(); }), Error);
  EXPECT_EQ(work.runs(), 1);
}

TEST(RetryTest, TellsOfEachRetryBeforeItsPause) {
  FakeClock clock;
  Work work(2, ErrorKind::kRetryable);
  std::vector<std::string> told;
  Retry(
      clock, kPolicy, [&] { work.Run(); },
      [&](const RetryNotice& notice) {
        EXPECT_EQ(notice.attempt, static_cast<int>(told.size()) + 1);
        EXPECT_EQ(clock.sleeps().size(), told.size());
        EXPECT_GT(notice.pause.count(), 0);
        told.emplace_back(notice.error.what());
      });
  EXPECT_EQ(told, (std::vector<std::string>{"attempt 1", "attempt 2"}));
}

TEST(RetryTest, TheCallbackMayEndTheRetries) {
  FakeClock clock;
  Work work(9, ErrorKind::kRetryable);
  try {
    Retry(
        clock, kPolicy, [&] { work.Run(); },
        [](const RetryNotice&) { throw Error(ErrorKind::kCancelled, "stop"); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  EXPECT_EQ(work.runs(), 1);
}

}  // namespace
}  // namespace segue::db
