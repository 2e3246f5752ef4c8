#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/main.h"

namespace segue::cli {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Returns what the demo prints on standard output. It prints nothing elsewhere.
std::string Demo(std::vector<std::string> words, int code = 0) {
  std::ostringstream out;
  std::ostringstream err;
  Surroundings around{out, err, ".", [](const std::string&) {
                        return std::optional<std::string>();
                      }};
  CancelToken cancel;
  words.insert(words.begin(), "demo");
  EXPECT_EQ(RunCommandLine(words, around, cancel), code) << err.str();
  EXPECT_EQ(err.str().empty(), code == 0) << err.str();
  return out.str();
}

TEST(DemoTest, TheTraceIsTheSameEachTimeAndShowsBothSides) {
  const std::string text = Demo({"--trace"});
  EXPECT_EQ(text, Demo({"--trace"}));
  for (const char* line : {"\n  | 2  | bob      | NULL   | 0        |\n",
                           "\n  | 2  | bobby    | bobby    | 2        |\n",
                           "\n            error: no such column: username\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(DemoTest, TheNaiveWayFailsAndSegueDoesNot) {
  const std::string text = Demo({"--naive"});
  EXPECT_EQ(text, Demo({"--naive"}));
  for (const char* line :
       {"480     200  no such column: username\n",
        "480     200  no such column: handle\n",
        "segue start, deploy, complete         800       0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_EQ(Demo({"--naive", "--json"}),
            "{\"ALTER TABLE, then deploy\":\"200\",\"deploy, then ALTER "
            "TABLE\":\"200\",\"segue start, deploy, complete\":\"0\"}\n");
}

TEST(DemoTest, OneAtATime) { Demo({"--naive", "--trace"}, 2); }

TEST(DemoTest, AStoppedLiveDemoGivesItsVerdictSoFar) {
  std::ostringstream out;
  std::ostringstream err;
  Surroundings around{out, err, ".", [](const std::string&) {
                        return std::optional<std::string>();
                      }};
  CancelToken cancel;
  cancel.Request();
  EXPECT_EQ(
      RunCommandLine({"demo", "--live", "--rows", "1000"}, around, cancel),
      130);
  EXPECT_NE(out.str().find("stopped; what was done until now"),
            std::string::npos);
  EXPECT_NE(out.str().find("failed 0, lost 0, diverged 0"), std::string::npos)
      << out.str();
}

TEST(DemoTest, PrintsTheVectorByteForByte) {
  // This file is two folders below the root of the project.
  const std::string here = __FILE__;
  const std::string root = here.substr(0, here.rfind("/src/cli/"));
  EXPECT_EQ(Demo({}), Contents(root + "/tests/vectors/demo.txt"));
}

}  // namespace
}  // namespace segue::cli
