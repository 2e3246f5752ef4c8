// A migration of a table of users whose contract is asked for, and what the
// gate says of it.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "segue/gate.h"
#include "tests/conformance/migrator_fixture.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"

namespace segue::test {

class GateTest : public UsersRunTest {
 protected:
  GateReport Ask(const std::string& name = "") {
    return AskGate(*database_, options_, name);
  }
  // "instances not watched" for each item that the migration has.
  std::vector<std::string> States() {
    std::vector<std::string> states;
    for (const GateItem& item : Ask().items) {
      states.push_back(item.name + " " + std::string(ToString(item.state)));
    }
    return states;
  }
  // The text of the item, which alone refuses the contract.
  std::string Alone(const std::string& name) {
    const GateReport report = Ask();
    std::string text;
    for (const GateItem& item : report.items) {
      if (item.name == name) text = item.Text();
      EXPECT_EQ(item.refuses(), item.name == name)
          << item.name << ": " << item.Text();
    }
    EXPECT_NE(KindOf([&] { MigratorNow().Complete(); }), ErrorKind::kInternal);
    EXPECT_EQ(AtOnce(message_), AtOnce(text));
    EXPECT_EQ(MigratorNow().Status()->sub_state, SubState::kReady);
    return AtOnce(text);
  }
  // The text as it is within the first second.
  static std::string AtOnce(const std::string& text) {
    return std::regex_replace(text, std::regex("seen [0-9]+ s"), "seen 0 s");
  }
  void ExpectCompletes() {
    const Outcome outcome = MigratorNow().Complete();
    EXPECT_TRUE(outcome.status.is_complete());
  }
  // Completes, and returns what the history says of the gate.
  std::string Verdict(const std::string& reason = "") {
    std::string verdict;
    for (const HistoryEntry& one :
         MigratorNow().Complete(false, reason).history) {
      if (one.message.starts_with("Gate: ")) verdict = one.message;
    }
    return verdict;
  }
};

// What only a server knows.
class ServerGateTest : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    name_ = *db().app().One("SELECT current_database()");
    CreateRole(db(), "gate_app");
    db().Exec("GRANT SELECT, INSERT, UPDATE ON users TO gate_app");
  }
  void TearDown() override {
    if (name_.empty()) return;
    database_.reset();
    db().Exec(
        "DROP ROLE IF EXISTS gate_old; DROP OWNED BY gate_app; DROP ROLE "
        "gate_app");
  }
  std::unique_ptr<Client> As(const std::string& role) {
    return OpenPostgresClient(PostgresServer::Shared().Url(name_, role));
  }
  // A session that acts as another role may not see when it began itself.
  std::string Seen(Client& client, const std::string& what) {
    return *db().app().One("SELECT " + what +
                           " FROM pg_stat_activity WHERE pid = " +
                           *client.One("SELECT pg_backend_pid()"));
  }
  // The session as the gate calls it.
  std::string Who(Client& client) {
    return Seen(client,
                "'session ' || pid || ' (user ' || usename || coalesce(', ' || "
                "nullif(application_name, ''), '') || coalesce(', ' || "
                "host(client_addr), '') || ')'");
  }
  std::string Since(Client& client, const std::string& column) {
    return Seen(client, "to_char(" + column +
                            " AT TIME ZONE 'UTC', "
                            "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  }
  // Waits until the server knows that the session is gone.
  void End(std::unique_ptr<Client> client) {
    const std::string pid = *client->One("SELECT pg_backend_pid()");
    client.reset();
    while (*db().app().One(
               "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) !=
           "0") {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  // A version is published, and then another one beside it.
  void StartSecondVersion() {
    Start(kRename, "01_t.yaml", Access::kVersioned);
    ExpectCompletes();
    Start(
        "operations: [{rename_column: {table: users, from: full_name, to: "
        "whole}}]",
        "02_u.yaml", Access::kVersioned);
  }

  std::string name_;
};

}  // namespace segue::test
