// Random sequences of messages against a model of a few lines.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "node/node.h"
#include "tests/node/messages.h"

namespace segue::test {
namespace {

enum class Move {
  kExpand,
  kMigrateData,
  kContract,
  kRollback,
  kRegisterOld,
  kRegisterNew,
  kStatus,
  kRubbish,
  kAgain,  // the last message once more
};

// What the node is to say: the version, or -1 for an error 22.
class Model {
 public:
  std::int64_t Do(Move move) {
    switch (move) {
      case Move::kExpand:
        // Adding what is there does nothing, also while a move is active; after
        // the contract what is there is NOT NULL.
        if (contracted_) return -1;
        expanded_ = true;
        break;
      case Move::kMigrateData:
        if (contracted_) return -1;
        expanded_ = moved_ = true;
        break;
      case Move::kContract:
        if (!contracted_ && (!moved_ || old_instance_)) return -1;
        contracted_ = true;
        break;
      case Move::kRollback:
        if (!moved_ || contracted_) return -1;
        moved_ = false;
        break;
      case Move::kRegisterOld:
        old_instance_ = true;
        break;
      case Move::kRegisterNew:
        old_instance_ = false;
        break;
      default:
        break;
    }
    return version();
  }
  std::int64_t version() const {
    return (expanded_ ? 1 : 0) + (moved_ ? 1 : 0) + (contracted_ ? 1 : 0);
  }
  std::string schema() const {
    if (contracted_) return "users (full_name)";
    return expanded_ ? "users (name, full_name NULL)" : "users (name)";
  }

 private:
  bool expanded_ = false;
  bool moved_ = false;
  bool contracted_ = false;
  bool old_instance_ = false;
};

std::string BodyOf(Move move) {
  switch (move) {
    case Move::kExpand:
      return kExpand;
    case Move::kMigrateData:
      return kMigrateData;
    case Move::kContract:
      return kContract;
    case Move::kRollback:
      return kRollback;
    case Move::kRegisterOld:
      return "\"type\":\"register\",\"id\":\"web\",\"version\":0";
    case Move::kRegisterNew:
      return "\"type\":\"register\",\"id\":\"web\",\"version\":2";
    default:
      return kStatus;
  }
}

bool Says(const std::string& answer, const std::string& text) {
  return answer.find(text) != std::string::npos;
}

void CheckAnswer(Move move, std::int64_t expected, const std::string& answer) {
  RC_LOG() << static_cast<int>(move) << ": " << answer << "\n";
  if (expected < 0) {
    RC_ASSERT(Says(answer, "\"code\":22"));
    return;
  }
  RC_ASSERT(!Says(answer, "\"error\",\"in_reply_to\""));
  const bool registers =
      move == Move::kRegisterOld || move == Move::kRegisterNew;
  if (registers) return;
  RC_ASSERT(Says(answer, "\"version\":" + std::to_string(expected) + ","));
}

// Forty messages are several times as many as reach every state of the model;
// the hundred that there would be otherwise only take longer.
constexpr double kShare = 0.4;

TEST(NodePropertyTest, AnySequenceOfMessagesFollowsTheModel) {
  const auto holds = rc::check([] {
    const auto picks =
        *rc::gen::scale(kShare, rc::gen::arbitrary<std::vector<unsigned>>());
    Database database = Database::OpenInMemory();
    node::Node node(database, {false, 5, {}});
    Model model;
    int msg_id = 0;
    std::string last_message;
    std::string last_answer;
    for (const unsigned pick : picks) {
      const auto move = static_cast<Move>(pick % 9);
      if (move == Move::kRubbish) {
        RC_ASSERT(Says(node.Answer("{\"src\":"), "\"code\":12"));
        continue;
      }
      if (move == Move::kAgain) {
        if (last_message.empty()) continue;
        RC_ASSERT(node.Answer(last_message) == last_answer);
        continue;
      }
      last_message = Message(++msg_id, BodyOf(move));
      last_answer = node.Answer(last_message);
      CheckAnswer(move, model.Do(move), last_answer);
      const std::string status = node.Answer(Message(++msg_id, kStatus));
      RC_ASSERT(Says(status, "\"version\":" + std::to_string(model.version())));
      RC_ASSERT(Says(status, "\"schema\":\"" + model.schema() + "\""));
    }
  });
  EXPECT_TRUE(holds);
}

// No line makes it throw, and each has one answer that is one line.
TEST(NodePropertyTest, AnyBytesAreAnsweredWithOneLine) {
  Database database = Database::OpenInMemory();
  node::Node node(database, {false, 5, {}});
  const auto holds = rc::check([&](const std::string& bytes, unsigned where) {
    std::string line = Message(1, kMigrateData);
    line.insert(where % line.size(), bytes);
    const std::string answer = node.Answer(line);
    RC_ASSERT(answer.find('\n') == std::string::npos);
    RC_ASSERT(answer.front() == '{' && answer.back() == '}');
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace segue::test
