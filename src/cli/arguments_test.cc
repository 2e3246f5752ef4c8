#include "cli/arguments.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::cli {
namespace {

const std::vector<OptionSpec>& Options() {
  static const std::vector<OptionSpec> options = {
      {"FILE", "FILE", "a file"},
      {"--url", "URL", "where"},
      {"--access", "MODE", "how", {"in_place", "versioned"}},
      {"--json", "", "as JSON"},
      {"--standby", "URL", "one of several", {}, false, true},
      {"--help", "", "help"}};
  return options;
}

Arguments Parse(const std::vector<std::string>& words) {
  return ParseArguments("start", Options(), words);
}

std::string Failure(const std::vector<std::string>& words) {
  try {
    Parse(words);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "no error";
}

TEST(ArgumentsTest, TakesPositionalsOptionsAndFlagsInAnyOrder) {
  const Arguments arguments =
      Parse({"--json", "a.yaml", "--url=sqlite:x.db", "--access", "versioned"});
  EXPECT_EQ(arguments.Value("FILE"), "a.yaml");
  EXPECT_EQ(arguments.Value("--url"), "sqlite:x.db");
  EXPECT_EQ(arguments.Value("--access"), "versioned");
  EXPECT_TRUE(arguments.Has("--json"));
  EXPECT_FALSE(arguments.Has("--help"));
  EXPECT_EQ(arguments.Value("--env", "none"), "none");
}

TEST(ArgumentsTest, LastOfARepeatedOptionCounts) {
  EXPECT_EQ(Parse({"f", "--url", "a", "--url", "b"}).Value("--url"), "b");
}

TEST(ArgumentsTest, EveryValueOfOneThatRepeatsCounts) {
  const Arguments arguments =
      Parse({"--standby", "a", "f", "--standby=b", "--url", "u"});
  EXPECT_EQ(arguments.Values("--standby"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(arguments.Value("--standby"), "b");
  EXPECT_EQ(arguments.Value("FILE"), "f");
  EXPECT_TRUE(Parse({"f"}).Values("--standby").empty());
  EXPECT_EQ(Failure({"f", "--standby", "a", "--standby="}),
            "--standby needs a value: URL");
  EXPECT_EQ(Failure({"f", "--standby"}), "--standby needs a value: URL");
}

TEST(ArgumentsTest, NamesTheNearestOption) {
  EXPECT_EQ(Failure({"f", "--acess", "versioned"}),
            "unknown option --acess; did you mean --access?");
  EXPECT_EQ(Failure({"f", "--xyzzyplugh=1"}), "unknown option --xyzzyplugh");
}

TEST(ArgumentsTest, RefusesWhatItCannotUse) {
  EXPECT_EQ(Failure({"a", "b"}), "unexpected argument \"b\"");
  EXPECT_EQ(Failure({"f", "--access", "sideways"}),
            "--access is \"sideways\"; it must be in_place or versioned");
  EXPECT_EQ(Failure({"f", "--url="}), "--url needs a value: URL");
  EXPECT_EQ(Failure({"f", "--url"}), "--url needs a value: URL");
  EXPECT_EQ(Failure({}), "start needs a FILE: a file");
}

TEST(ArgumentsTest, HelpNeedsNoPositional) {
  EXPECT_TRUE(Parse({"--help"}).Has("--help"));
}

}  // namespace
}  // namespace segue::cli
