#include "cli/main.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/version.h"
#include "cli/commands.h"
#include "cli/commit.h"
#include "cli/help.h"

namespace segue::cli {
namespace {

class MainTest : public testing::Test {
 protected:
  int Run(const std::vector<std::string>& words) {
    out_.str("");
    err_.str("");
    Surroundings around{out_, err_, ".", [](const std::string&) {
                          return std::optional<std::string>();
                        }};
    CancelToken cancel;
    return RunCommandLine(words, around, cancel);
  }

  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(MainTest, HelpComesFromTheTable) {
  EXPECT_EQ(Run({"help"}), 0);
  for (const Command& command : Commands()) {
    EXPECT_NE(out_.str().find("\n  " + command.name + " "), std::string::npos)
        << command.name;
  }
  EXPECT_EQ(Run({"help", "start"}), 0);
  const std::string of_start = out_.str();
  EXPECT_NE(of_start.find("--on-failure ACTION"), std::string::npos);
  EXPECT_EQ(Run({"start", "--help"}), 0);
  EXPECT_EQ(out_.str(), of_start);
  EXPECT_EQ(Run({"start", "-h"}), 0);
  EXPECT_EQ(out_.str(), of_start);
}

TEST_F(MainTest, EveryOptionIsExplainedOnce) {
  for (const Command& command : Commands()) {
    std::vector<std::string> names;
    for (const OptionSpec& option : AllOptions(command)) {
      EXPECT_FALSE(option.help.empty()) << option.name;
      for (const std::string& name : names) {
        EXPECT_NE(name, option.name) << command.name;
      }
      names.push_back(option.name);
    }
  }
}

// The page has the text of help itself, so this test keeps the two equal.
TEST_F(MainTest, TheDocumentationHoldsEveryHelp) {
  // This file is two folders below the root of the project.
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.rfind("/src/cli/")) +
                     "/docs/commands.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const Command& command : Commands()) {
    EXPECT_NE(page.find(HelpText(command)), std::string::npos) << command.name;
  }
}

TEST_F(MainTest, VersionIsOneLine) {
  EXPECT_EQ(Run({"--version"}), 0);
  const std::string commit(Commit());
  EXPECT_EQ(out_.str(), "segue " + std::string(base::Version()) +
                            (commit.empty() ? "" : " (" + commit + ")") + "\n");
}

TEST_F(MainTest, NoCommandShowsHelpAsAnError) {
  EXPECT_EQ(Run({}), 2);
  EXPECT_EQ(out_.str(), "");
  EXPECT_NE(err_.str().find("Usage: segue COMMAND"), std::string::npos);
}

TEST_F(MainTest, UnknownCommandNamesTheNearest) {
  EXPECT_EQ(Run({"stat"}), 2);
  EXPECT_EQ(err_.str(),
            "segue: unknown command \"stat\"; did you mean start?\n"
            "  hint: segue help\n");
  EXPECT_EQ(Run({""}), 2);
}

TEST_F(MainTest, WithJsonErrorsAreJsonOnStandardOutput) {
  EXPECT_EQ(Run({"rolback", "--json"}), 2);
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(out_.str(),
            "{\"error\":{\"kind\":\"usage\",\"message\":\"unknown command "
            "\\\"rolback\\\"; did you mean rollback?\",\"hint\":\"segue "
            "help\",\"code\":2}}\n");
}

TEST_F(MainTest, CommonOptionsMayStandBeforeTheCommand) {
  EXPECT_EQ(Run({"--json", "--url", "sqlite:no/such.db", "status"}), 6);
  EXPECT_NE(out_.str().find("no/such.db"), std::string::npos) << out_.str();
}

// Case versioned_orm_writes: on SQLite an ORM cannot work with a version, so
// neither an option nor the configuration asks for it.
TEST_F(MainTest, VersionedAccessHasToStandInTheFile) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("segue_main_test_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "01_t.yaml").string();
  const std::string config = (folder / "segue.yaml").string();
  const std::string url = "sqlite:" + (folder / "a.db").string() + "?mode=rwc";
  const std::string operation = "operations: [sql: {up: SELECT 1}]\n";
  std::ofstream(file) << operation;
  std::ofstream(config) << "access: versioned\n";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--access", "versioned"}, {}}) {
    std::vector<std::string> plan = {"plan", file,       "--url",
                                     url,    "--config", config};
    plan.insert(plan.end(), words.begin(), words.end());
    EXPECT_EQ(Run(plan), 3);
    EXPECT_NE(err_.str().find("has to stand in the migration file itself"),
              std::string::npos)
        << err_.str();
  }
  EXPECT_EQ(Run({"plan", file, "--url", url, "--config", config, "--access",
                 "in_place"}),
            0)
      << err_.str();
  std::ofstream(file) << "access: versioned\n" << operation;
  EXPECT_EQ(Run({"plan", file, "--url", url, "--access", "versioned"}), 0)
      << err_.str();
  EXPECT_NE(out_.str().find("Django"), std::string::npos) << out_.str();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace segue::cli
