// What shells and man make of what segue writes for them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/built.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;

class ShellTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder_.path() + "/migrations");
    std::ofstream(folder_.path() + "/migrations/01_full_name.yaml") << "x";
    std::ofstream(folder_.path() + "/segue.yaml")
        << "environments: {staging: {url: 'sqlite:a.db'}}\n";
    for (const char* shell : {"bash", "zsh", "fish"}) {
      std::ofstream(Script(shell)) << RunSegue({"completion", shell}).out;
    }
  }

  std::string Script(const std::string& shell) {
    return folder_.path() + "/script." + shell;
  }

  // The output of a program that finds segue in its PATH.
  std::string Run(const std::vector<std::string>& argv) {
    Command command;
    command.argv = argv;
    command.directory = folder_.path();
    command.environment = {
        {"PATH", fs::path(SegueProgram()).parent_path().string() + ":" +
                     std::getenv("PATH")},
        {"HOME", folder_.path()}};
    const Finished finished = RunCommand(command);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(finished.err, "");
    return finished.out;
  }

  // What bash offers for the last of these words, one a line.
  std::string Bash(const std::string& words) {
    return Run({"bash", "--norc", "-c",
                "source script.bash; COMP_WORDS=(" + words +
                    "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _segue; "
                    "printf '%s\\n' \"${COMPREPLY[@]}\""});
  }

  TempDir folder_;
};

TEST_F(ShellTest, BashOffersCommandsOptionsAndValues) {
  EXPECT_EQ(Bash("segue st"), "start\nstatus\n");
  EXPECT_EQ(Bash("segue --url x sta"), "start\nstatus\n");
  EXPECT_EQ(Bash("segue help ro"), "rollback\n");
  EXPECT_EQ(Bash("segue start --acc"), "--access\n");
  EXPECT_EQ(Bash("segue start --access ''"), "in_place\nversioned\n");
  EXPECT_EQ(Bash("segue start --access = v"), "versioned\n");
  EXPECT_EQ(Bash("segue completion f"), "fish\n");
  EXPECT_EQ(Bash("segue status --env ''"), "staging\n");
  EXPECT_EQ(Bash("segue start 01"), "01_full_name\n");
  EXPECT_EQ(Bash("segue start mig"), "migrations/\n");
  EXPECT_EQ(Bash("segue migrate --dir m"), "migrations/\n");
  EXPECT_EQ(Bash("segue status --config seg"), "segue.yaml\n");
}

// The names of files and environments may come from a stranger's repository.
// The case is sec-completion-executes-file-names.
TEST_F(ShellTest, NoShellRunsWhatIsInAName) {
  const std::string command = "$(touch${IFS}RAN)";
  std::ofstream(folder_.path() + "/migrations/02_" + command + ".yaml") << "x";
  std::ofstream(folder_.path() + "/segue.yaml")
      << "environments: {'" + command + "': {url: 'sqlite:a.db'}}\n";
  // What bash puts on the line is quoted, also when more than a name is
  // offered, and the next Tab finds it again.
  const std::string quoted = "\\$\\(touch\\$\\{IFS\\}RAN\\)";
  EXPECT_EQ(Bash("segue start 02"), "02_" + quoted + "\n");
  EXPECT_EQ(Bash("segue start '02_\\$'"), "02_" + quoted + "\n");
  EXPECT_EQ(Bash("segue status --env ''"), quoted + "\n");
  std::ofstream(folder_.path() + "/03_`touch RAN`") << "x";
  EXPECT_EQ(Bash("segue start 03"), "03_\\`touch\\ RAN\\`\n");
  Run({"fish", "--no-config", "-c",
       "source script.fish; complete -C 'segue start 0'; "
       "complete -C 'segue status --env '"});
  Run({"zsh", "-f", "-c",
       "autoload -U compinit; compinit -u -D; source script.zsh; "
       "compadd() { print -r -- $@ }; _segue_migrations; "
       "_segue_environments"});
  EXPECT_FALSE(fs::exists(folder_.path() + "/RAN"));
}

TEST_F(ShellTest, FishOffersTheSame) {
  const auto fish = [&](const std::string& line) {
    return Run({"fish", "--no-config", "-c",
                "source script.fish; complete -C '" + line + "'"});
  };
  EXPECT_NE(fish("segue st").find("start\t"), std::string::npos);
  EXPECT_TRUE(fish("segue start --access v").starts_with("versioned\t"));
  EXPECT_TRUE(fish("segue status --env s").starts_with("staging"));
  EXPECT_NE(fish("segue start 0").find("01_full_name"), std::string::npos);
}

TEST_F(ShellTest, ZshTakesTheScript) {
  EXPECT_EQ(Run({"zsh", "-f", "-n", "script.zsh"}), "");
  EXPECT_EQ(Run({"zsh", "-f", "-c",
                 "autoload -U compinit; compinit -u -D; source script.zsh; "
                 "print $_comps[segue]"}),
            "_segue\n");
}

TEST_F(ShellTest, ManHasNothingToComplainAbout) {
  std::ofstream(folder_.path() + "/segue.1") << RunSegue({"help", "--man"}).out;
  const std::string page =
      Run({"man", "--warnings", "--encoding=UTF-8", "-l", "./segue.1"});
  for (const char* text : {"EXIT STATUS", "segue migrate", "--on-failure"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace segue::test
