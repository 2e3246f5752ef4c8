#include "segue/cancel.h"

#include <gtest/gtest.h>

#include <memory>

#include "segue/error.h"

namespace segue {
namespace {

TEST(CancelTokenTest, FirstRequestAsksForAnOrderlyStop) {
  CancelToken token;
  int interrupts = 0;
  const CancelToken::Scope scope(&token, [&] { ++interrupts; });
  EXPECT_NO_THROW(token.ThrowIfRequested());
  token.Request();
  EXPECT_TRUE(token.stop_requested());
  EXPECT_FALSE(token.stop_now());
  EXPECT_EQ(interrupts, 0);
}

TEST(CancelTokenTest, EveryFurtherRequestInterrupts) {
  CancelToken token;
  int interrupts = 0;
  const CancelToken::Scope scope(&token, [&] { ++interrupts; });
  token.Request();
  token.Request();
  EXPECT_TRUE(token.stop_now());
  EXPECT_EQ(interrupts, 1);
  token.Request();
  EXPECT_EQ(interrupts, 2);
}

TEST(CancelTokenTest, AScopeThatHasEndedIsNotInterrupted) {
  CancelToken token;
  int interrupts = 0;
  {
    const CancelToken::Scope scope(&token, [&] { ++interrupts; });
  }
  token.Request();
  token.Request();
  EXPECT_EQ(interrupts, 0);
}

TEST(CancelTokenTest, EveryOpenScopeIsInterruptedWhoeverElseHasEnded) {
  CancelToken token;
  int first = 0;
  int second = 0;
  int third = 0;
  auto earlier = std::make_unique<CancelToken::Scope>(&token, [&] { ++first; });
  const CancelToken::Scope later(&token, [&] { ++second; });
  token.Request();
  token.Request();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  {
    const CancelToken::Scope last(&token, [&] { ++third; });
    earlier.reset();
    token.Request();
  }
  token.Request();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 3);
  EXPECT_EQ(third, 1);
}

TEST(CancelTokenTest, TokensDoNotInterruptEachOther) {
  CancelToken one;
  CancelToken other;
  int interrupts = 0;
  const CancelToken::Scope scope(&one, [&] { ++interrupts; });
  other.Request();
  other.Request();
  EXPECT_EQ(interrupts, 0);
  EXPECT_FALSE(one.stop_requested());
}

TEST(CancelTokenTest, AScopeOfNoTokenDoesNothing) {
  const CancelToken::Scope scope(nullptr, [] { FAIL(); });
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
}  // namespace segue
