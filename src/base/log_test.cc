#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/version.h"

namespace segue::base {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LogTest, GoesToStandardErrorFromTheLevelUp) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  Log(LogLevel::kInfo, "too quiet");
  Log(LogLevel::kWarning, "loud {} enough");
  SetLogLevel(LogLevel::kDebug);
  Log(LogLevel::kDebug, "now heard");
  SetLogLevel(LogLevel::kWarning);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, Not(HasSubstr("too quiet")));
  EXPECT_THAT(lines, HasSubstr("warning loud {} enough\n"));
  EXPECT_THAT(lines, HasSubstr("debug now heard\n"));
}

TEST(VersionTest, HasThreeNumbers) {
  EXPECT_THAT(std::string(Version()),
              testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace segue::base
