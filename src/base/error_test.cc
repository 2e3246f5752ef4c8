#include "segue/error.h"

#include <gtest/gtest.h>

#include <set>

namespace segue {
namespace {

constexpr ErrorKind kKinds[] = {
    ErrorKind::kUsage,    ErrorKind::kRefused,        ErrorKind::kNotFound,
    ErrorKind::kConflict, ErrorKind::kLockTimeout,    ErrorKind::kRetryable,
    ErrorKind::kInDoubt,  ErrorKind::kConnectionLost, ErrorKind::kConstraint,
    ErrorKind::kMismatch, ErrorKind::kCancelled,      ErrorKind::kCorrupt,
    ErrorKind::kInternal,
};

TEST(ErrorTest, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (const ErrorKind kind : kKinds) names.insert(ToString(kind));
  EXPECT_EQ(names.size(), std::size(kKinds));
}

TEST(ErrorTest, ExitCodesAreTheDocumentedOnes) {
  EXPECT_EQ(ExitCode(ErrorKind::kUsage), 2);
  EXPECT_EQ(ExitCode(ErrorKind::kRefused), 3);
  EXPECT_EQ(ExitCode(ErrorKind::kNotFound), 4);
  EXPECT_EQ(ExitCode(ErrorKind::kLockTimeout), 5);
  EXPECT_EQ(ExitCode(ErrorKind::kConnectionLost), 6);
  EXPECT_EQ(ExitCode(ErrorKind::kConflict), 7);
  EXPECT_EQ(ExitCode(ErrorKind::kMismatch), 8);
  EXPECT_EQ(ExitCode(ErrorKind::kCancelled), 130);
  for (const ErrorKind kind :
       {ErrorKind::kRetryable, ErrorKind::kInDoubt, ErrorKind::kConstraint,
        ErrorKind::kCorrupt, ErrorKind::kInternal}) {
    EXPECT_EQ(ExitCode(kind), 1) << ToString(kind);
  }
}

TEST(ErrorTest, AnswersWhatACatcherMustDecide) {
  EXPECT_TRUE(Error(ErrorKind::kRetryable, "").retryable());
  EXPECT_TRUE(Error(ErrorKind::kLockTimeout, "").retryable());
  EXPECT_FALSE(Error(ErrorKind::kInDoubt, "").retryable());
  EXPECT_FALSE(Error(ErrorKind::kConnectionLost, "").retryable());
  EXPECT_TRUE(Error(ErrorKind::kInDoubt, "").in_doubt());
  EXPECT_TRUE(Error(ErrorKind::kInDoubt, "").poisons_connection());
  EXPECT_TRUE(Error(ErrorKind::kConnectionLost, "").poisons_connection());
  EXPECT_FALSE(Error(ErrorKind::kConstraint, "").poisons_connection());
}

TEST(ErrorTest, CarriesWhatTheSettersGaveIt) {
  const Error error = Error(ErrorKind::kConstraint, "no")
                          .WithCode("23505")
                          .WithSql("INSERT")
                          .WithHint("look")
                          .WithNote("one")
                          .WithNote("two");
  EXPECT_STREQ(error.what(), "no");
  EXPECT_EQ(error.native_code(), "23505");
  EXPECT_EQ(error.sql(), "INSERT");
  EXPECT_EQ(error.hint(), "look");
  EXPECT_EQ(error.notes(), (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace segue
