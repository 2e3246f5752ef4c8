// Tests the answer to each message, on a database in memory with ten rows.
#include "node/node.h"

#include <gmock/gmock.h>

#include "segue/instances.h"

namespace segue::node {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The end of an answer that is an error.
struct Refusal {
  std::string end;
  friend bool operator==(const std::string& answer, const Refusal& refusal) {
    return answer.starts_with("{\"type\":\"error\",\"in_reply_to\":") &&
           answer.size() > refusal.end.size() &&
           answer.substr(answer.size() - refusal.end.size()) == refusal.end;
  }
  friend void PrintTo(const Refusal& refusal, std::ostream* out) {
    *out << refusal.end;
  }
};

class NodeTest : public testing::Test {
 protected:
  // Sends a body without a msg_id, and gives each the next one.
  std::string Ask(const std::string& body) { return Send(++last_id_, body); }
  std::string Send(int msg_id, const std::string& body,
                   const std::string& src = "c1") {
    return node_.Answer("{\"src\":\"" + src +
                        "\",\"dest\":\"n1\",\"body\":{\"msg_id\":" +
                        std::to_string(msg_id) + "," + body + "}}");
  }
  static Refusal Error(int code, const std::string& text) {
    return {",\"code\":" + std::to_string(code) + ",\"text\":\"" + text +
            "\"}"};
  }
  std::string Expand(const std::string& column, const std::string& more = "") {
    return Ask(R"("type":"migrate","phase":"expand","table":"users",)"
               R"("add_column":")" +
               column + "\"" + more);
  }
  std::string Move(const std::string& from, const std::string& to) {
    return Ask(R"("type":"migrate","phase":"migrate_data","from":")" + from +
               R"(","to":")" + to + "\"");
  }
  std::string Contract(const std::string& column,
                       const std::string& table = "users") {
    return Ask(R"("type":"migrate","phase":"contract","table":")" + table +
               R"(","remove_column":")" + column + "\"");
  }
  std::string Register(const std::string& id, const std::string& version) {
    return Ask(R"("type":"register","id":")" + id + R"(","version":)" +
               version);
  }

  Database database_ = Database::OpenInMemory();
  Node node_{database_, {false, 10, {}}};
  int last_id_ = 0;
};

TEST_F(NodeTest, StatusSaysWhereItIs) {
  EXPECT_EQ(Ask(R"("type":"status")"),
            R"({"type":"status_ok","in_reply_to":1,"version":0,)"
            R"("phase":"PENDING","sub_state":"","migration":"",)"
            R"j("progress_pct":0,"rows_migrated":0,"schema":"users (name)",)j"
            R"("instances":{},"error":""})");
  Move("name", "full_name");
  EXPECT_THAT(
      Ask(R"("type":"status")"),
      HasSubstr(R"("version":2,"phase":"MIGRATING","sub_state":"ready",)"
                R"("migration":"0002_move_name_to_full_name")"));
  EXPECT_THAT(Ask(R"("type":"status","table":"nope")"),
              StartsWith(R"({"type":"error","in_reply_to":4,"code":22)"));
}

TEST_F(NodeTest, UnknownTypesAndPhases) {
  EXPECT_EQ(Ask(R"("type":"dance")"), Error(10, "unknown type 'dance'"));
  EXPECT_EQ(Ask(R"("type":"migrate","phase":"shrink")"),
            Error(12,
                  "unknown phase 'shrink'; there are expand, migrate_data, "
                  "contract"));
  EXPECT_EQ(Ask(R"("type":"migrate")"),
            Error(22,
                  "no directory of migrations was given (--dir); a single "
                  "step needs a 'phase'"));
}

TEST_F(NodeTest, MissingAndWrongMembers) {
  EXPECT_EQ(Ask(R"("type":"migrate","phase":"expand","table":"users")"),
            Error(12, "migrate needs 'add_column'"));
  EXPECT_EQ(Ask(R"("type":"migrate","phase":"expand","table":7)"),
            Error(12, "'table' must be a string"));
  EXPECT_EQ(Ask(R"("type":"migrate","phase":7)"),
            Error(12, "'phase' must be a string"));
  const std::string no_name =
      "'add_column' must be a name of 1 to 63 bytes without control characters";
  EXPECT_EQ(Expand(""), Error(12, no_name));
  EXPECT_EQ(Expand(R"(a\u0000b)"), Error(12, no_name));
  EXPECT_EQ(Expand(std::string(64, 'x')), Error(12, no_name));
  EXPECT_EQ(Expand("x", R"(,"column_type":"TEXT); DROP TABLE users")"),
            Error(12, "'column_type' is no type of a column"));
  EXPECT_EQ(Expand("x", R"x(,"column_type":"TEXT CHECK (false)")x"),
            Error(12, "'column_type' is no type of a column"));
}

TEST_F(NodeTest, ASecondExpandOfTheSameColumnDoesNothing) {
  const std::string first = Expand("full_name");
  EXPECT_THAT(first, HasSubstr(R"("version":1,)"));
  EXPECT_THAT(Expand("full_name"), HasSubstr(R"("version":1,)"));
  EXPECT_THAT(Expand("full_name", R"(,"column_type":"INTEGER")"),
              HasSubstr("it exists with another definition: there 'TEXT', "
                        "wanted 'INTEGER'"));
  EXPECT_THAT(Expand("email"), HasSubstr(R"("version":2,)"));
}

TEST_F(NodeTest, ExpandOfATableOrNameThatCannotBe) {
  EXPECT_THAT(Ask(R"("type":"migrate","phase":"expand","table":"user",)"
                  R"("add_column":"x")"),
              HasSubstr(R"("code":22)"));
  EXPECT_EQ(Expand("_segue_d"),
            Error(22,
                  "column names that begin with '_segue' are segue's own: "
                  "'_segue_d'"));
}

TEST_F(NodeTest, WhileAMigrationIsActive) {
  Move("name", "full_name");
  EXPECT_EQ(Expand("email"),
            Error(22,
                  "migration '0002_move_name_to_full_name' is active "
                  "(MIGRATING): contract it or roll it back first"));
  EXPECT_THAT(Move("name", "other"), HasSubstr("is active (MIGRATING)"));
  EXPECT_THAT(Move("name", "full_name"), HasSubstr(R"("rows_migrated":10)"));
  EXPECT_EQ(Contract("full_name"),
            Error(22,
                  "column 'full_name' of 'users' is not what the active "
                  "migration '0002_move_name_to_full_name' replaces"));
}

TEST_F(NodeTest, MigrateDataRefusedChangesNothing) {
  EXPECT_THAT(Move("nope", "full_name"), HasSubstr(R"("code":22)"));
  EXPECT_THAT(Move("name", "name"), HasSubstr("cannot take its own place"));
  EXPECT_THAT(Ask(R"("type":"status")"),
              HasSubstr(R"("version":0,"phase":"PENDING")"));
  EXPECT_THAT(Ask(R"("type":"status")"), HasSubstr(R"j("users (name)")j"));
}

TEST_F(NodeTest, AValueGivenBetweenExpandAndMigrateDataStays) {
  Expand("full_name");
  database_.Query("UPDATE users SET full_name = 'given' WHERE name = 'User 3'");
  Move("name", "full_name");
  Contract("name");
  EXPECT_EQ(database_.Query("SELECT count(*) FROM users WHERE full_name IN "
                            "('given', 'User 4')")[0][0],
            "2");
}

TEST_F(NodeTest, ContractBeforeTheDataHasMoved) {
  EXPECT_EQ(Contract("name"),
            Error(22,
                  "column 'name' of 'users' cannot be removed: its data has "
                  "not moved to another column yet (migrate_data)"));
  Expand("full_name");
  EXPECT_THAT(Contract("name"), HasSubstr(R"("code":22)"));
  EXPECT_THAT(Contract("nope"), HasSubstr(R"("code":22)"));
  EXPECT_THAT(Contract("name", "nope"), HasSubstr(R"("code":22)"));
}

TEST_F(NodeTest, ContractSentAgainAnswersTheSame) {
  Move("name", "full_name");
  EXPECT_THAT(Contract("name"), HasSubstr(R"("version":3,)"));
  EXPECT_THAT(Contract("name"), HasSubstr(R"("version":3,)"));
  EXPECT_THAT(Move("name", "full_name"), HasSubstr(R"("code":22)"));
}

TEST_F(NodeTest, RollbackGoesBackToTheExpandedShape) {
  EXPECT_EQ(Ask(R"("type":"rollback")"),
            Error(22, "there is nothing to roll back: no migration is active"));
  Move("name", "full_name");
  EXPECT_EQ(Ask(R"("type":"rollback")"),
            R"({"type":"migration_rolled_back","in_reply_to":3,"version":1,)"
            R"("name":"0002_move_name_to_full_name",)"
            R"j("schema":"users (name, full_name NULL)"})j");
  EXPECT_THAT(Move("name", "full_name"),
              HasSubstr(R"("version":2,"rows_migrated":10)"));
}

TEST_F(NodeTest, AnInstanceOfTheOldVersionHoldsUpTheContract) {
  Move("name", "full_name");
  EXPECT_EQ(Register("web-1", "1"),
            R"({"type":"register_ok","in_reply_to":2,"instance":"web-1",)"
            R"("version":"1","expires_in":60})");
  Register("web-2", "2");
  const std::string refused = Contract("name");
  EXPECT_THAT(refused, HasSubstr("an instance still runs the old version: "
                                 "'web-1' (version 1, seen "));
  EXPECT_THAT(refused, HasSubstr(" s ago); version 2 is needed"));
  EXPECT_THAT(Ask(R"("type":"status")"),
              HasSubstr(R"("instances":{"web-1":"1","web-2":"2"})"));
  EXPECT_THAT(Ask(R"("type":"heartbeat","id":"web-1")"),
              HasSubstr(R"("type":"heartbeat_ok")"));
  Register("web-1", "\"v2\"");
  EXPECT_THAT(Contract("name"), HasSubstr(R"("version":3,)"));
}

TEST_F(NodeTest, AnExpiredInstanceHoldsNothingUp) {
  Move("name", "full_name");
  Register("web-1", "1");
  database_.Query(
      "UPDATE segue_instance SET seen = seen - 100,"
      " expires = expires - 100");
  EXPECT_EQ(Ask(R"("type":"heartbeat","id":"web-1")"),
            Error(22, "instance 'web-1' expired 40 s ago"));
  EXPECT_THAT(Contract("name"), HasSubstr(R"("version":3,)"));
}

TEST_F(NodeTest, RegistersTheSenderUnlessItNamesAnother) {
  EXPECT_THAT(Ask(R"("type":"register","version":"base")"),
              HasSubstr(R"("instance":"c1")"));
  EXPECT_EQ(Ask(R"("type":"register")"), Error(12, "register needs 'version'"));
  EXPECT_EQ(Ask(R"("type":"register","version":1,"ttl":0)"),
            Error(12, "an instance's time to live is 1 second to 1 day"));
  EXPECT_EQ(Ask(R"("type":"register","version":1,"ttl":"1")"),
            Error(12, "'ttl' must be a number of whole seconds"));
  EXPECT_EQ(Ask(R"("type":"heartbeat","id":"nobody")"),
            Error(22, "instance 'nobody' is not registered"));
}

TEST_F(NodeTest, AMessageThatComesAgainIsAnsweredAgain) {
  const std::string rollback = R"("type":"rollback")";
  const std::string first = Send(7, rollback);
  Move("name", "full_name");
  // The message is the same when src, msg_id and body are, whatever the order
  // of its keys.
  EXPECT_EQ(Send(7, rollback), first);
  EXPECT_EQ(node_.Answer(R"({"dest":"n1","body":{"type":"rollback",)"
                         R"( "msg_id":7},"src":"c1"})"),
            first);
  EXPECT_THAT(Send(7, rollback, "c2"), HasSubstr("migration_rolled_back"));
  EXPECT_THAT(Send(7, R"("type":"status")"), HasSubstr("status_ok"));
}

TEST_F(NodeTest, RemembersTheLastAnswersOfEachSender) {
  const std::string first = Send(0, R"("type":"rollback")");
  Move("name", "full_name");
  for (int i = 1; i < 255; ++i) Send(i, R"("type":"init")");
  EXPECT_EQ(Send(0, R"("type":"rollback")"), first);
  for (int i = 300; i < 600; ++i) Send(i, R"("type":"init")");
  EXPECT_NE(Send(0, R"("type":"rollback")"), first);
}

}  // namespace
}  // namespace segue::node
