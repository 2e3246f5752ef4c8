#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/log_line.h"
#include "base/thread.h"
#include "base/version.h"
#include "segue/error.h"

namespace segue::base {
namespace {

using testing::EndsWith;
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

TEST(LogLineTest, IsOneLineOfJsonWhateverItHolds) {
  const LogLine line{"t",
                     LogLevel::kError,
                     "two\nlines \"\xff\"",
                     {{"rows", std::int64_t{7}}, {"rate", 0.5}, {"step", ""}}};
  EXPECT_EQ(JsonLine(line),
            "{\"time\":\"t\",\"level\":\"error\",\"message\":\"two\\nlines "
            "\\\"\xEF\xBF\xBD\\\"\",\"rows\":7,\"rate\":0.5,\"step\":\"\"}");
  EXPECT_EQ(TextLine(line),
            "t error two lines \"\\xff\" rows=7 rate=0.5 step=\"\"");
}

// This test comes last, because a log stays open for the whole process.
TEST(OpenLogTest, AppendsWhatHappensFromInfoUp) {
  EXPECT_THROW(OpenLog(testing::TempDir(), LogFormat::kJson), Error);
  std::string path = testing::TempDir() + "logXXXXXX";
  const int file = mkstemp(path.data());
  ASSERT_GE(file, 0);
  std::ofstream(path) << "before\n";
  LogEvent(LogLevel::kInfo, "nobody listens", {});
  OpenLog(path, LogFormat::kText);
  LogEvent(LogLevel::kInfo, "one {}", {{"a", "b c"}});
  LogEvent(LogLevel::kDebug, "too quiet", {});
  testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "also here");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("also here"));
  {
    const LogContext database({{"database", "a"}, {"migration", "none"}});
    const LogContext migration(LogFields{{"migration", "01"}});
    StartThread([] { Log(LogLevel::kWarning, "beside"); }).join();
    LogEvent(LogLevel::kInfo, "own", {{"database", "b"}});
  }
  LogEvent(LogLevel::kInfo, "after", {});
  std::ifstream written(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(written, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0], "before");
  EXPECT_THAT(lines[1], testing::MatchesRegex(
                            "20..-..-..T..:..:..\\....Z info one \\{\\} "
                            "a=\"b c\""));
  EXPECT_THAT(lines[2], HasSubstr("Z warning also here"));
  EXPECT_THAT(lines[3], EndsWith("beside migration=01 database=a"));
  EXPECT_THAT(lines[4], EndsWith("own database=b migration=01"));
  EXPECT_THAT(lines[5], EndsWith("info after"));
  std::remove(path.c_str());
}

TEST(VersionTest, HasThreeNumbers) {
  EXPECT_THAT(std::string(Version()),
              testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace segue::base
