// Runs the commands of docs/learn.md in a fresh folder and compares what they
// print with what the page says. A block begins with ```console; a line with
// "$ " is a command, those with "> " after it belong to it, and the rest is
// its output, both streams as a terminal shows them. All commands of the page
// run in one bash. Times, time spans and "host:pid" are masked on both sides.
//
//   SEGUE_WRITE_DOCS=1 build/dev/tests/segue_docs_test   writes the page anew
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/built.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {
namespace {

const std::string kPage = SourceDir() + "/docs/learn.md";

// A stretch of the page: text as it stands, or one command.
struct Piece {
  std::string text;     // with its newlines
  std::string command;  // what bash is to run; empty: none
};

// The page without the outputs.
std::vector<Piece> Pieces(std::istream& page) {
  std::vector<Piece> pieces(1);
  bool console = false;
  bool output = false;  // within a command's output, which is left out
  for (std::string line; std::getline(page, line);) {
    const bool fence = line.starts_with("```");
    if (fence) {
      console = line == "```console";
      output = false;
      pieces.push_back({line + "\n", ""});
    } else if (console && line.starts_with("$ ")) {
      pieces.push_back({line + "\n", line.substr(2) + "\n"});
      output = true;
    } else if (console && line.starts_with("> ")) {
      pieces.back().text += line + "\n";
      pieces.back().command += line.substr(2) + "\n";
    } else if (!output) {
      pieces.back().text += line + "\n";
    }
  }
  return pieces;
}

std::string Mark(std::size_t number) {
  return "\n@@" + std::to_string(number) + "\n";
}

// All in one shell, a mark after each; $? goes on to the next command.
std::string Script(const std::vector<Piece>& pieces) {
  std::string script = "exec 2>&1\n";
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].command.empty()) continue;
    script += pieces[i].command + "code=$?; printf '\\n@@" + std::to_string(i) +
              "\\n'; (exit $code)\n";
  }
  return script;
}

std::string RunInShell(const std::string& script) {
  TempDir folder;
  Command command;
  command.argv = {"bash", "--norc", "-c", script};
  command.directory = folder.path();
  command.environment = {
      {"PATH", std::filesystem::path(SegueProgram()).parent_path().string() +
                   ":" + std::getenv("PATH")},
      {"HOME", folder.path()},
      {"DATABASE_URL", ""}};
  return RunCommand(command).out;
}

// The page with the outputs that the commands have now.
std::string Rendered() {
  std::ifstream file(kPage);
  const std::vector<Piece> pieces = Pieces(file);
  const std::string printed = RunInShell(Script(pieces));
  std::string page;
  std::size_t at = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    page += pieces[i].text;
    if (pieces[i].command.empty()) continue;
    const std::size_t end = printed.find(Mark(i), at);
    if (end == std::string::npos) {
      ADD_FAILURE() << "the shell ended before: " << pieces[i].command
                    << printed.substr(at);
      return page;
    }
    std::string output = printed.substr(at, end - at);
    if (!output.empty() && output.back() != '\n') output += '\n';
    page += output;
    at = end + Mark(i).size();
  }
  return page;
}

std::string Masked(std::string text) {
  const std::pair<const char*, const char*> masks[] = {
      {R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)", "TIME"},
      {R"( in \d+ (min|s)( \d+ s)?)", ""},
      {R"([\w.-]+:\d+ \([^)]*\))", "RUNNER"},
  };
  for (const auto& [pattern, word] : masks) {
    text = std::regex_replace(text, std::regex(pattern), word);
  }
  return text;
}

TEST(LearnTest, EveryCommandPrintsWhatThePageSays) {
  std::ifstream file(kPage);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string now = Rendered();
  EXPECT_NE(now.find("$ segue complete"), std::string::npos);
  if (std::getenv("SEGUE_WRITE_DOCS") != nullptr) {
    std::ofstream(kPage) << now;
  }
  EXPECT_EQ(Masked(page), Masked(now));
}

}  // namespace
}  // namespace segue::test
