#include "base/cancel.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::base {
namespace {

TEST(CancelTokenTest, FirstRequestAsksForAnOrderlyStop) {
  CancelToken token;
  int interrupts = 0;
  token.SetInterrupter([&] { ++interrupts; });
  EXPECT_NO_THROW(token.ThrowIfRequested());
  token.Request();
  EXPECT_TRUE(token.stop_requested());
  EXPECT_FALSE(token.stop_now());
  EXPECT_EQ(interrupts, 0);
}

TEST(CancelTokenTest, EveryFurtherRequestInterrupts) {
  CancelToken token;
  int interrupts = 0;
  token.SetInterrupter([&] { ++interrupts; });
  token.Request();
  token.Request();
  EXPECT_TRUE(token.stop_now());
  EXPECT_EQ(interrupts, 1);
  token.Request();
  EXPECT_EQ(interrupts, 2);
}

TEST(CancelTokenTest, ARemovedInterrupterIsNotCalled) {
  CancelToken token;
  int interrupts = 0;
  token.SetInterrupter([&] { ++interrupts; });
  token.SetInterrupter({});
  token.Request();
  token.Request();
  EXPECT_EQ(interrupts, 0);
}

TEST(CancelTokenTest, ThrowsCancelled) {
  CancelToken token;
  token.Request();
  try {
    token.ThrowIfRequested();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
}

}  // namespace
}  // namespace segue::base
