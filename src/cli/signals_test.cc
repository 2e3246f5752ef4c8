#include "cli/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/support/eventually.h"

namespace segue::cli {
namespace {

using test::Eventually;

TEST(SignalWatchTest, FirstSignalAsksSecondInsists) {
  CancelToken token;
  SignalWatch watch(token, false);
  EXPECT_FALSE(token.stop_requested());
  kill(getpid(), SIGTERM);
  ASSERT_TRUE(Eventually([&] { return token.stop_requested(); }));
  EXPECT_FALSE(token.stop_now());
  kill(getpid(), SIGINT);
  ASSERT_TRUE(Eventually([&] { return token.stop_now(); }));
}

TEST(SignalWatchTest, TwoAtOnceAreOneRequest) {
  CancelToken token;
  SignalWatch watch(token, false);
  kill(getpid(), SIGTERM);
  ASSERT_TRUE(Eventually([&] { return token.stop_requested(); }));
  kill(getpid(), SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_FALSE(token.stop_now());
  kill(getpid(), SIGTERM);
  ASSERT_TRUE(Eventually([&] { return token.stop_now(); }));
}

TEST(SignalWatchTest, EndsWithoutASignal) {
  CancelToken token;
  { SignalWatch watch(token, true); }
  EXPECT_FALSE(token.stop_requested());
}

TEST(SignalWatchDeathTest, AHungProcessIsEndedAfterTheSecond) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        CancelToken token;
        SignalWatch watch(token, false);
        kill(getpid(), SIGINT);
        Eventually([&] { return token.stop_requested(); });
        kill(getpid(), SIGINT);
        std::this_thread::sleep_for(std::chrono::seconds(30));
      },
      testing::ExitedWithCode(130), "press Ctrl-C again");
}

}  // namespace
}  // namespace segue::cli
