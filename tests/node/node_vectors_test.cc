// Every line of tests/vectors/node.jsonl against the real program, byte by
// byte: lines of one session on one process, others on a fresh one.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <vector>

#include "tests/support/built.h"
#include "tests/support/process.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

struct Vector {
  std::string name;
  std::string session;
  std::string in;
  std::string out;
};

// The value of a key at the top of `line`: an object's text or a string's.
std::string ValueOf(const std::string& line, const std::string& key) {
  const std::string mark = "\"" + key + "\":";
  const std::size_t at = line.find(mark);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + mark.size();
  if (line[begin] == '"') {
    return line.substr(begin + 1, line.find('"', begin + 1) - begin - 1);
  }
  int depth = 0;
  for (std::size_t i = begin; i < line.size(); ++i) {
    if (line[i] == '{') ++depth;
    if (line[i] == '}' && --depth == 0)
      return line.substr(begin, i + 1 - begin);
  }
  ADD_FAILURE() << "no end of " << key << " in " << line;
  return "";
}

using Session = std::vector<Vector>;

// In the order of the file; a line without a session is one of its own.
std::vector<Session> Sessions() {
  std::ifstream file(SourceDir() + "/tests/vectors/node.jsonl");
  std::vector<Session> sessions;
  std::map<std::string, std::size_t> places;
  for (std::string line; std::getline(file, line);) {
    const Vector vector{ValueOf(line, "case"), ValueOf(line, "session"),
                        ValueOf(line, "in"), ValueOf(line, "out")};
    if (vector.session.empty()) {
      sessions.push_back({vector});
      continue;
    }
    const auto place = places.try_emplace(vector.session, sessions.size());
    if (place.second) sessions.emplace_back();
    sessions[place.first->second].push_back(vector);
  }
  return sessions;
}

void Check(const Session& session, const std::vector<std::string>& arguments) {
  std::string input;
  std::string expected;
  for (const Vector& vector : session) {
    input += vector.in + "\n";
    expected += vector.out + "\n";
  }
  SCOPED_TRACE(session.front().name);
  const Finished finished = RunSegue(arguments, input);
  EXPECT_EQ(finished.out, expected) << finished.err;
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
}

TEST(NodeVectorsTest, InMemory) {
  const auto sessions = Sessions();
  ASSERT_GE(sessions.size(), 4U);
  for (const auto& session : sessions) Check(session, {"node"});
}

class NodeVectorsOnTest : public DialectTest {
 protected:
  // The one session that is meant: a test has one database, and a second
  // session would find what the first has left there.
  template <typename Choice>
  void CheckTheSession(const Choice& is_meant) {
    int checked = 0;
    for (const Session& session : Sessions()) {
      if (!is_meant(session)) continue;
      Check(session, {"node", "--url", db().Url()});
      ++checked;
    }
    EXPECT_EQ(checked, 1) << "sessions of tests/vectors/node.jsonl";
  }
};

TEST_P(NodeVectorsOnTest, ThreePhases) {
  CheckTheSession(
      [](const Session& session) { return session.front().session == "abc"; });
  EXPECT_EQ(ToLines(db().Query("SELECT count(*), min(full_name) FROM users")),
            "1000|User 1\n");
}

TEST_P(NodeVectorsOnTest, BothSamples) {
  CheckTheSession([](const Session& session) {
    return session.front().session == "samples";
  });
}

TEST_P(NodeVectorsOnTest, DataMigrationOnAFreshNode) {
  CheckTheSession([](const Session& session) {
    return session.size() == 1 &&
           session.front().in.find("migrate_data") != std::string::npos;
  });
}

SEGUE_INSTANTIATE(NodeVectorsOnTest);

}  // namespace
}  // namespace segue::test
