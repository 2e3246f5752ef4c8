#include "tests/commands/bad_input.h"

#include <algorithm>
#include <fstream>

namespace segue::test {
namespace {

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace

void BadInputTest::SetUp() {
  DialectTest::SetUp();
  if (IsSkipped()) return;
  db().Exec(
      "CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT NOT NULL, "
      "age INTEGER)");
  db().Exec(
      "INSERT INTO users VALUES (1, 'alice', 30), (2, 'bob', NULL), "
      "(3, '42', 7)");
}

void BadInputTest::WriteFile(const std::string& name, const std::string& text) {
  std::ofstream(folder() + "/" + name, std::ios::binary) << text;
}

void BadInputTest::WriteRename() {
  WriteFile("01_full_name.yaml",
            "operations: [{rename_column: {table: users, from: name, to: "
            "full_name}}]");
}

Finished BadInputTest::Segue(std::vector<std::string> arguments) {
  if (std::find(arguments.begin(), arguments.end(), "--url") ==
      arguments.end()) {
    arguments.push_back("--url");
    arguments.push_back(db().Url());
  }
  Command command = SegueCommand(arguments);
  command.directory = folder();
  return RunCommand(command);
}

std::string BadInputTest::Rows() {
  return ToLines(db().NewClient()->Query("SELECT * FROM users ORDER BY id"));
}

void BadInputTest::Expect(const Answer& answer,
                          std::vector<std::string> arguments) {
  const std::string dump = db().Dump();
  const std::string rows = Rows();
  const Finished finished = Segue(std::move(arguments));
  EXPECT_EQ(answer.exit_code, finished.exit_code) << finished.err;
  EXPECT_EQ(answer.message, Replaced(finished.err, folder(), "{dir}"));
  EXPECT_EQ("", finished.out);
  EXPECT_EQ(dump, db().Dump());
  EXPECT_EQ(rows, Rows());
}

void BadInputTest::ExpectFileRefused(const Answer& answer,
                                     const std::string& text) {
  WriteFile("01_bad.yaml", text);
  Expect(answer, {"start", "01_bad.yaml", "--quiet"});
}

}  // namespace segue::test
