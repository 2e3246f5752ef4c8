#include "throttle/throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "segue/error.h"
#include "tests/doubles/fake_clock.h"
#include "tests/doubles/scripted_database.h"

namespace segue::engine {
namespace {

using db::PaceReason;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using test::ScriptedDatabase;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Between these limits the pace falls gradually.
SignalLimit LagOf(const std::string& query, double soft, double hard) {
  SignalLimit limit;
  limit.signal = "sql";
  limit.source = query;
  limit.soft = soft;
  limit.hard = hard;
  return limit;
}

template <typename Work>
std::optional<ErrorKind> KindOf(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

class ThrottleTest : public ::testing::Test {
 protected:
  Throttle& Use() {
    throttle_.emplace(scripted_.database(), options_, clock_);
    return *throttle_;
  }
  void AskFor(double soft, double hard) {
    options_.limits = {LagOf("SELECT lag", soft, hard)};
    options_.reading_interval = milliseconds(2);
  }
  // Repeats the question for a while; false when the share was never this one.
  bool Reaches(double share, WalkPurpose purpose) {
    for (int i = 0; i < 5'000; ++i) {
      if (throttle_->Allowed(1, purpose).share == share) return true;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return false;
  }

  ScriptedDatabase scripted_{ScriptedDatabase::Server()};
  PaceOptions options_;
  test::FakeClock clock_;
  std::optional<Throttle> throttle_;
};

TEST_F(ThrottleTest, WithoutAnyLimitThePaceIsFull) {
  const Pace pace = Use().Allowed(1, WalkPurpose::kFill);
  EXPECT_EQ(pace.share, 1);
  EXPECT_EQ(pace.reason, PaceReason::kNone);
}

TEST_F(ThrottleTest, WhatSomebodyAskedForIsTheMost) {
  const Pace pace = Use().Allowed(0.3, WalkPurpose::kFill);
  EXPECT_EQ(pace.share, 0.3);
  EXPECT_EQ(pace.reason, PaceReason::kRequested);
}

// The fake clock says that it is midnight.
TEST_F(ThrottleTest, OutsideTheWindowOnlyAFillWaits) {
  options_.window = "01:00-05:00";
  Throttle& throttle = Use();
  const Pace pace = throttle.Allowed(1, WalkPurpose::kFill);
  EXPECT_EQ(pace.share, 0);
  EXPECT_EQ(pace.reason, PaceReason::kWindow);
  EXPECT_EQ(throttle.Allowed(1, WalkPurpose::kCheck).share, 1);
  EXPECT_EQ(throttle.Allowed(1, WalkPurpose::kUndo).share, 1);
  clock_.Advance(std::chrono::minutes(60));
  EXPECT_EQ(throttle.Allowed(1, WalkPurpose::kFill).share, 1);
}

TEST_F(ThrottleTest, AWindowThatIsNoneIsRefusedAtOnce) {
  options_.window = "whenever";
  EXPECT_EQ(KindOf([&] { Use(); }), ErrorKind::kUsage);
  EXPECT_EQ(KindOf([&] { Throttle::Check(scripted_.database(), options_); }),
            ErrorKind::kUsage);
}

TEST_F(ThrottleTest, AWalkThatIsOverSoonTakesNoSession) {
  const int connects = scripted_.connects();
  Throttle& throttle = Use();
  throttle.Allowed(1, WalkPurpose::kFill);
  clock_.Advance(milliseconds(999));
  throttle.Allowed(1, WalkPurpose::kFill);
  EXPECT_EQ(scripted_.connects(), connects);
  clock_.Advance(milliseconds(1));
  throttle.Allowed(1, WalkPurpose::kFill);
  EXPECT_EQ(scripted_.connects(), connects + 1);
}

TEST_F(ThrottleTest, ASignalThatWasAskedForIsReadBeforeTheFirstChunk) {
  AskFor(1, 9);
  scripted_.Answer("SELECT lag", std::int64_t{5});
  const Pace pace = Use().Allowed(1, WalkPurpose::kFill);
  EXPECT_EQ(pace.share, 0.5);
  EXPECT_EQ(pace.reason, PaceReason::kSql);
  EXPECT_THAT(pace.message, HasSubstr("limit"));
}

TEST_F(ThrottleTest, TheLowerOfRequestAndSignalCounts) {
  AskFor(1, 9);
  scripted_.Answer("SELECT lag", std::int64_t{5});
  Throttle& throttle = Use();
  EXPECT_EQ(throttle.Allowed(0.2, WalkPurpose::kFill).share, 0.2);
  EXPECT_EQ(throttle.Allowed(0.2, WalkPurpose::kFill).reason,
            PaceReason::kRequested);
  EXPECT_EQ(throttle.Allowed(0.9, WalkPurpose::kFill).share, 0.5);
}

TEST_F(ThrottleTest, PastItsHardLimitASignalStopsAllButARollback) {
  AskFor(1, 2);
  scripted_.Answer("SELECT lag", std::int64_t{3});
  Use();
  EXPECT_TRUE(Reaches(0, WalkPurpose::kFill));
  EXPECT_TRUE(Reaches(0, WalkPurpose::kCheck));
  EXPECT_EQ(throttle_->Allowed(1, WalkPurpose::kUndo).share, 0.1);
  EXPECT_EQ(throttle_->Allowed(0, WalkPurpose::kUndo).share, 0.1);
}

TEST_F(ThrottleTest, ASignalThatGetsBetterLetsThePaceRise) {
  AskFor(1, 2);
  scripted_.Answer("SELECT lag", std::int64_t{3});
  Use();
  ASSERT_TRUE(Reaches(0, WalkPurpose::kFill));
  scripted_.Answer("SELECT lag", std::int64_t{0});
  EXPECT_TRUE(Reaches(1, WalkPurpose::kFill));
}

TEST_F(ThrottleTest, ASignalThatCannotBeReadIsRefusedButNotToARollback) {
  AskFor(1, 9);
  const auto no = [&] {
    for (int i = 0; i < 400; ++i) {
      scripted_.Fail({"SELECT lag", {ErrorKind::kRefused, "no such table"}});
    }
  };
  no();
  EXPECT_EQ(KindOf([&] { Throttle::Check(scripted_.database(), options_); }),
            ErrorKind::kRefused);
  EXPECT_EQ(KindOf([&] { Use().Allowed(1, WalkPurpose::kFill); }),
            ErrorKind::kRefused);
  EXPECT_EQ(KindOf([&] { Use().Allowed(1, WalkPurpose::kCheck); }),
            ErrorKind::kRefused);
  EXPECT_EQ(Use().Allowed(1, WalkPurpose::kUndo).share, 1);
  EXPECT_THAT(
      throttle_->TakeNotices(),
      ElementsAre(HasSubstr("does not watch what it cannot read: sql")));
  EXPECT_THAT(throttle_->TakeNotices(), IsEmpty());
}

TEST_F(ThrottleTest, ASignalThatIsLostStopsTheWalk) {
  AskFor(1, 9);
  scripted_.Answer("SELECT lag", std::int64_t{0});
  Use();
  ASSERT_EQ(throttle_->Allowed(1, WalkPurpose::kFill).share, 1);
  scripted_.Answer("SELECT lag", db::Result{});
  ASSERT_TRUE(Reaches(0, WalkPurpose::kFill));
  EXPECT_EQ(throttle_->Allowed(1, WalkPurpose::kFill).reason,
            PaceReason::kSignalLost);
}

TEST_F(ThrottleTest, AMonitorThatLosesItsSessionTakesAnother) {
  AskFor(1, 9);
  scripted_.Answer("SELECT lag", std::int64_t{0});
  Use();
  ASSERT_EQ(throttle_->Allowed(1, WalkPurpose::kFill).share, 1);
  const int connects = scripted_.connects();
  scripted_.Fail({"SELECT lag", {ErrorKind::kConnectionLost, "gone"}});
  for (int i = 0; i < 5'000 && scripted_.connects() == connects; ++i) {
    std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_EQ(scripted_.connects(), connects + 1);
  EXPECT_EQ(throttle_->Allowed(1, WalkPurpose::kFill).share, 1);
}

TEST_F(ThrottleTest, ASignalThatDoesNotExistHereIsRefused) {
  SignalLimit limit;
  limit.signal = "disk_free";  // the server is on another machine
  options_.limits = {limit};
  EXPECT_EQ(KindOf([&] { Use(); }), ErrorKind::kRefused);
  options_.limits[0].signal = "moonphase";
  EXPECT_EQ(KindOf([&] { Use(); }), ErrorKind::kUsage);
}

// The rows of a chunk fall with the cube of the share, down to an eighth.
TEST_F(ThrottleTest, AtALowPaceChunksAreShorter) {
  const Throttle& throttle = Use();
  EXPECT_EQ(throttle.ChunkRows(8'000, {1, 0}), 8'000);
  EXPECT_EQ(throttle.ChunkRows(8'000, {0.75, 0}), 3'375);
  EXPECT_EQ(throttle.ChunkRows(8'000, {0.5, 0}), 1'000);
  EXPECT_EQ(throttle.ChunkRows(8'000, {0.1, 0}), 1'000);
  EXPECT_EQ(throttle.ChunkRows(2, {0.1, 0}), 1);
}

TEST_F(ThrottleTest, TheRateLimitsTheChunksAndRestsOfAFillOnly) {
  options_.rows_per_second = 100;
  Throttle& throttle = Use();
  EXPECT_LT(throttle.ChunkRows(8'000, {1, 200}), 8'000);
  EXPECT_EQ(throttle.ChunkRows(8'000, {1, 0}), 8'000);
  const Took took{milliseconds(10), 1};
  EXPECT_EQ(throttle.RestAfter(took, 0, 1'000, {1, 0}), microseconds(0));
  EXPECT_GE(throttle.RestAfter(took, 0, 1'000, {1, 200}), milliseconds(9'000));
}

TEST_F(ThrottleTest, ARestIsTheLongerOfWhatPaceAndRateAskFor) {
  options_.bytes_per_second = 1'000'000;
  Throttle& throttle = Use();
  const Took took{milliseconds(100), 1};
  const microseconds for_pace = RestFor(took, 0, 0.1);
  ASSERT_GT(for_pace, milliseconds(500));
  EXPECT_EQ(throttle.RestAfter(took, 0, 1, {0.1, 200}), for_pace);
}

TEST(RowBytesTest, TheEstimateOfTheWayThatIsTakenCounts) {
  Plan plan;
  WalkSql walk;
  walk.table = "users";
  EXPECT_EQ(RowBytes(plan, walk), 200);
  MotionEstimate estimate;
  estimate.table = "users";
  estimate.rows = 10;
  estimate.disk_bytes = 5'000;
  plan.estimates = {estimate};
  EXPECT_EQ(RowBytes(plan, walk), 200);
  plan.estimates[0].chosen = true;
  EXPECT_EQ(RowBytes(plan, walk), 500);
  walk.table = "orders";
  EXPECT_EQ(RowBytes(plan, walk), 200);
}

TEST(RestTest, ItEndsSoonAfterItIsToldTo) {
  int asked = 0;
  const auto begin = std::chrono::steady_clock::now();
  RestUnless([&] { return ++asked > 1; }, std::chrono::seconds(5));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(3'000));
  RestUnless([&] { return ++asked > 0; }, microseconds(0));
  EXPECT_EQ(asked, 2);
}

TEST(PaceLineTest, ItSaysTheShareAndWhy) {
  EXPECT_EQ(PaceLine({}), "100 %");
  EXPECT_EQ(PaceLine({0.4, PaceReason::kRequested, "as requested"}),
            "40 %: as requested");
}

}  // namespace
}  // namespace segue::engine
