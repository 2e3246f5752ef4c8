// The node as a process: whatever comes in, whoever leaves, whenever it dies.
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include "tests/node/messages.h"
#include "tests/support/built.h"
#include "tests/support/eventually.h"
#include "tests/support/process.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> Answers(const std::string& input,
                                 std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), "node");
  const Finished finished = RunSegue(arguments, input);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  return Lines(finished.out);
}

bool IsMalformed(const std::string& answer) {
  return answer.starts_with(
      "{\"type\":\"error\",\"in_reply_to\":null,\"code\":12,");
}

TEST(NodeProcessTest, LivesOnAfterEveryKindOfRubbish) {
  const std::string status = Message(1, kStatus);
  const std::vector<std::string> rubbish = {
      "rubbish",
      status.substr(0, status.size() / 2),
      "\xff\xfe{}",
      "{\"src\":\"\xff\",\"dest\":\"d\",\"body\":{}}",
      std::string("{\0}", 3),
      std::string(100'000, '['),
      std::string(100'000, '{'),
      "[]",
      "1e999999",
      "{}",
      R"({"src":"a","dest":"b"})",
      R"({"src":"a","dest":"b","body":7})",
      R"({"src":"a","dest":"b","body":{"type":"status"}})",
      R"({"src":"a","dest":"b","body":{"type":"status","msg_id":1.5}})",
      R"({"src":"a","dest":"b","body":{"type":"status","msg_id":"1"}})",
      R"({"src":"a","dest":"b","body":{"type":"status","msg_id":99999999999999999999}})"};
  std::string input;
  for (const std::string& line : rubbish) input += line + "\n";
  const std::vector<std::string> answers = Answers(input + status + "\n");
  ASSERT_EQ(answers.size(), rubbish.size() + 1);
  for (std::size_t i = 0; i < rubbish.size(); ++i) {
    EXPECT_TRUE(IsMalformed(answers[i])) << rubbish[i].substr(0, 80) << "\n"
                                         << answers[i];
  }
  EXPECT_THAT(answers.back(), StartsWith("{\"type\":\"status_ok\""));
}

TEST(NodeProcessTest, EndsOfLinesAndOfInput) {
  const std::string input =
      "\n  \n\r\n" + Message(1, kStatus) + "\r\n" + Message(2, kStatus);
  const std::vector<std::string> answers = Answers(input);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_THAT(answers[1], HasSubstr("\"in_reply_to\":2"));
  EXPECT_TRUE(Answers("").empty());
}

TEST(NodeProcessTest, ReadsLinesOf16MiBAndSkipsLongerOnes) {
  constexpr std::size_t kMost = std::size_t{16} << 20;
  const std::string message = Message(1, kStatus);
  const std::string fits = message + std::string(kMost - message.size(), ' ');
  const std::vector<std::string> answers =
      Answers(fits + "\n" + fits + " \n" + Message(2, kStatus) + "\n" +
              std::string(3 * kMost, 'x'));
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_THAT(answers[0], StartsWith("{\"type\":\"status_ok\""));
  EXPECT_THAT(answers[1], HasSubstr("\"code\":12,\"text\":\"the line is longer "
                                    "than 16777216 bytes\""));
  EXPECT_THAT(answers[2], HasSubstr("\"in_reply_to\":2"));
  EXPECT_TRUE(IsMalformed(answers[3]));
}

TEST(NodeProcessTest, TheEnvelopeTurnsSenderAndReceiverRound) {
  const std::vector<std::string> answers =
      Answers(Message(1, "\"type\":\"init\"") + "\nrubbish\n", {"--envelope"});
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(
      answers[0],
      R"({"src":"migrations","dest":"c1","body":{"type":"init_ok","in_reply_to":1}})");
  EXPECT_THAT(answers[1],
              StartsWith(R"({"src":null,"dest":null,"body":{"type":"error")"));
}

TEST(NodeProcessTest, EndsCleanlyWhenNobodyReads) {
  std::string input;
  for (int i = 0; i < 5000; ++i) input += Message(i, kStatus) + "\n";
  Command command;
  command.argv = {"/bin/sh", "-c",
                  "\"$0\" node | head -n 1 > /dev/null; echo ${PIPESTATUS:-ok}",
                  SegueProgram()};
  command.input = input;
  const Finished finished = RunCommand(command, std::chrono::seconds(30));
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.err, "");
}

TEST(NodeProcessTest, StartsPendingMigrationsOfADirectory) {
  TempDir folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    FILE* file = fopen((folder.path() + "/" + name).c_str(), "w");
    ASSERT_NE(file, nullptr);
    fputs(text.c_str(), file);
    fclose(file);
  };
  write("01_email.yaml",
        "operations:\n  - add_column: {table: users, column: {name: email, "
        "type: TEXT, nullable: true}}\n");
  write("02_full_name.yaml",
        "operations:\n  - rename_column: {table: users, from: name, to: "
        "full_name}\n");
  const std::string migrate = "\"type\":\"migrate\"";
  const std::vector<std::string> answers =
      Answers(Message(1, migrate) + "\n" + Message(2, kContract) + "\n" +
                  Message(3, migrate) + "\n",
              {"--dir", folder.path()});
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_THAT(answers[0], HasSubstr("\"type\":\"migrations_applied\""));
  EXPECT_THAT(answers[0],
              HasSubstr("\"names\":[\"01_email\",\"02_full_name\"]"));
  EXPECT_THAT(answers[1], HasSubstr("\"name\":\"remove_name_column\""));
  EXPECT_THAT(answers[2], HasSubstr("\"names\":[]"));
}

class NodeRestartTest : public DialectTest {
 protected:
  std::string Ask(const std::string& body, const std::string& src = "c1") {
    const auto answers =
        Answers(Message(1, body, src) + "\n", {"--url", db().Url()});
    return answers.size() == 1 ? answers[0] : "no answer";
  }
};

// Each message by a process of its own: nothing is kept in memory.
TEST_P(NodeRestartTest, TheLedgerRemembers) {
  EXPECT_THAT(Ask(kExpand), HasSubstr("\"version\":1,"));
  EXPECT_THAT(Ask(kExpand), HasSubstr("\"version\":1,"));
  EXPECT_THAT(Ask(kMigrateData),
              EndsWith("\"version\":2,\"rows_migrated\":1000}"));
  EXPECT_THAT(Ask(kMigrateData),
              EndsWith("\"version\":2,\"rows_migrated\":1000}"));
  EXPECT_THAT(
      Ask(kStatus),
      HasSubstr("\"version\":2,\"phase\":\"MIGRATING\",\"sub_state\":"
                "\"ready\",\"migration\":\"0002_move_name_to_full_name\""));
  EXPECT_THAT(Ask(kStatus),
              HasSubstr("\"schema\":\"users (name, full_name NULL)\""));
  EXPECT_THAT(Ask(kRollback), HasSubstr("\"version\":1,"));
  EXPECT_THAT(Ask(kMigrateData), HasSubstr("\"version\":2,"));
  const std::string done =
      "{\"type\":\"migration_applied\",\"in_reply_to\":1,\"version\":3,"
      "\"name\":\"remove_name_column\",\"schema\":\"users (full_name)\"}";
  EXPECT_EQ(Ask(kContract), done);
  EXPECT_EQ(Ask(kContract), done);
}

// Killed at any moment and asked again until it answers, it comes to the same.
TEST_P(NodeRestartTest, KilledAtAnyMoment) {
  const std::array<const char*, 3> steps = {kExpand, kMigrateData, kContract};
  unsigned seed = 7;
  for (const char* step : steps) {
    for (int attempt = 0; attempt < 6; ++attempt) {
      seed = seed * 1103515245u + 12345u;
      Command command = SegueCommand({"node", "--url", db().Url()});
      command.environment["SEGUE_LEASE_SECONDS"] = "1";
      command.input = Message(1, step) + "\n";
      Process process(command);
      std::this_thread::sleep_for(
          std::chrono::milliseconds(20 + (seed >> 16) % 400));
      process.Kill(SIGKILL);
      process.Wait();
    }
    // A lease of a dead runner expires.
    std::string answer;
    Eventually(
        [&] {
          answer = Ask(step);
          return answer.find("\"code\":11") == std::string::npos;
        },
        std::chrono::minutes(1), std::chrono::milliseconds(200));
    EXPECT_THAT(answer, ::testing::Not(HasSubstr("error"))) << step;
  }
  EXPECT_THAT(Ask(kStatus), HasSubstr("\"version\":3,\"phase\":\"COMPLETE\""));
  EXPECT_EQ(ToLines(db().Query("SELECT count(*), count(DISTINCT full_name)"
                               " FROM users")),
            "1000|1000\n");
}

SEGUE_INSTANTIATE(NodeRestartTest);

}  // namespace
}  // namespace segue::test
