// A subscriber of logical replication goes on while its publisher migrates, as
// long as it does what `segue plan --subscriber-sql` says.
// The case is env-logical-replication.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SubscriberTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PostgresServer::Available()) return;
    PostgresOptions options;
    options.settings = {{"wal_level", "logical"},
                        {"wal_retrieve_retry_interval", "100ms"}};
    publisher_ = std::make_unique<PostgresServer>(options);
    subscriber_ = std::make_unique<PostgresServer>(options);
  }
  static void TearDownTestSuite() {
    subscriber_.reset();
    publisher_.reset();
  }

  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    name_ = publisher_->CreateDatabase();
    there_name_ = subscriber_->CreateDatabase();
    here_ = OpenPostgresClient(Url());
    there_ = OpenPostgresClient(subscriber_->Url(there_name_));
    database_.emplace(Database::Open({Url(), "", ""}));
    migrator_.emplace(*database_, MigratorOptions{});
  }
  void TearDown() override {
    if (there_ == nullptr || there_->One(kSubscriptions) == "0") return;
    there_->Query("ALTER SUBSCRIPTION s DISABLE");
    there_->Query("DROP SUBSCRIPTION s");
  }

  std::string Url() const { return publisher_->Url(name_); }

  // The same table on both sides, and a subscription that has copied it.
  void Follow(const std::string& table, const std::string& rows,
              const std::string& publication) {
    here_->Query(table + ";" + rows + ";CREATE PUBLICATION p " + publication);
    there_->Query(table);
    there_->Query("CREATE SUBSCRIPTION s CONNECTION '" + Url() +
                  "' PUBLICATION p WITH (slot_name = 'of_" + name_ + "')");
    WaitUntil(*there_,
              "SELECT count(*) > 0 AND bool_and(srsubstate = 'r') FROM "
              "pg_subscription_rel",
              "t");
  }
  void CatchUp() {
    const std::string now = *here_->One("SELECT pg_current_wal_insert_lsn()");
    // The server sends its position with the next record.
    here_->Query("SELECT pg_logical_emit_message(true, 'segue', 'x')");
    WaitUntil(*here_,
              "SELECT confirmed_flush_lsn >= '" + now +
                  "' FROM pg_replication_slots WHERE slot_name = 'of_" + name_ +
                  "'",
              "t");
  }
  void WaitUntilItWaits(const std::string& log) {
    ASSERT_TRUE(Eventually([&] {
      return subscriber_->LogText().find(log) != std::string::npos;
    })) << subscriber_->LogText();
  }

  Migration File(const std::string& operations) {
    return manifest::Parse(
        "subscribers: prepared\noperations: [" + operations + "]", "01_x.yaml");
  }
  // Keeps the script, which is made before anything has changed.
  Migration Script(const std::string& operations) {
    Migration migration = File(operations);
    parts_ = migrator_->PlanSubscribers(migration);
    return migration;
  }
  // Runs the parts of this name, as a person does.
  int Run(const std::string& name) {
    int found = 0;
    for (const SubscriberPart& part : parts_) {
      if (part.name != name) continue;
      ++found;
      there_->Query("BEGIN;" + base::Join(part.sql, ";") + ";COMMIT");
    }
    return found;
  }
  // Both have the same columns and rows.
  void ExpectSame(const std::string& table) {
    const std::string columns =
        "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), "
        "', ' ORDER BY attname) FROM pg_attribute WHERE attnum > 0 AND NOT "
        "attisdropped AND attrelid = '" +
        table + "'::regclass";
    EXPECT_EQ(there_->One(columns), here_->One(columns));
    const std::string rows =
        "SELECT string_agg(to_jsonb(t)::text, E'\\n' ORDER BY "
        "to_jsonb(t)::text) FROM " +
        table + " t";
    EXPECT_EQ(there_->One(rows), here_->One(rows));
  }
  void ExpectNoTraces() {
    EXPECT_EQ(there_->One("SELECT count(*) FROM pg_attribute WHERE attname "
                          "LIKE '\\_segue%' AND NOT attisdropped"),
              "0");
    EXPECT_EQ(there_->One("SELECT count(*) FROM pg_proc WHERE proname LIKE "
                          "'~segue%'"),
              "0");
  }

  std::string Refusal(const std::string& operations) {
    try {
      migrator_->MakePlan(
          manifest::Parse("operations: [" + operations + "]", "01_x.yaml"));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused);
      return error.what();
    }
    return "";
  }

  static constexpr const char* kSubscriptions =
      "SELECT count(*) FROM pg_subscription WHERE subname = 's' AND subdbid = "
      "(SELECT oid FROM pg_database WHERE datname = current_database())";
  static std::unique_ptr<PostgresServer> publisher_;
  static std::unique_ptr<PostgresServer> subscriber_;
  std::string name_;
  std::string there_name_;
  std::unique_ptr<Client> here_;
  std::unique_ptr<Client> there_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::vector<SubscriberPart> parts_;
};

std::unique_ptr<PostgresServer> SubscriberTest::publisher_;
std::unique_ptr<PostgresServer> SubscriberTest::subscriber_;

constexpr const char* kTable =
    "CREATE TABLE u(id integer PRIMARY KEY, v integer NOT NULL)";
constexpr const char* kRows =
    "INSERT INTO u SELECT i, i FROM generate_series(1, 50) i";
constexpr const char* kType =
    "alter_column: {table: u, column: v, type: text, up: \"'n' || v\", down: "
    "\"substr(v, 2)::integer\"}";

// The first value of the new shape that does not fit the old column makes it
// wait.
TEST_F(SubscriberTest, FollowsAChangeOfTypeThatAllTablesArePublished) {
  Follow(kTable, kRows, "FOR ALL TABLES");
  const Migration migration = Script(kType);
  EXPECT_EQ(Run("the ledger"), 1);
  EXPECT_EQ(Run("before start"), 1);
  migrator_->Start(migration);
  here_->Query(
      "UPDATE u SET v = 7 WHERE id = 1; INSERT INTO u(id, v) VALUES (60, 60);"
      "UPDATE u SET _segue_new_v = 'n8' WHERE id = 2; DELETE FROM u WHERE id = "
      "3");
  CatchUp();
  EXPECT_EQ(there_->One("SELECT string_agg(v || _segue_new_v, ' ' ORDER BY id) "
                        "FROM u WHERE id IN (1, 2, 50, 60)"),
            "7n7 8n8 50n50 60n60");
  migrator_->Complete();
  here_->Query(
      "UPDATE u SET v = 'n9' WHERE id = 1; INSERT INTO u(id, v) VALUES (61, "
      "'n61')");
  WaitUntilItWaits("invalid input syntax for type integer: \"n9\"");
  EXPECT_EQ(Run("at complete"), 1);
  EXPECT_EQ(Run("after complete"), 0);
  CatchUp();
  ExpectSame("u");
  ExpectNoTraces();
}

// A number of the new shape fits the old column as well, and no column is
// missing: only the trigger tells the shapes apart.
TEST_F(SubscriberTest, TakesNoValueOfTheNewShapeForTheOldOne) {
  Follow(kTable, kRows, "FOR TABLE u");
  const Migration migration = Script(
      "alter_column: {table: u, column: v, type: bigint, up: \"v * 10\", down: "
      "\"v / 10\"}");
  Run("before start");
  migrator_->Start(migration);
  migrator_->Complete();
  here_->Query("UPDATE u SET v = 5 WHERE id = 1");
  WaitUntilItWaits("segue: the publisher has completed or rolled back");
  EXPECT_EQ(there_->One("SELECT v || ' ' || _segue_new_v FROM u WHERE id = 1"),
            "1 10");
  Run("at complete");
  CatchUp();
  ExpectSame("u");
  EXPECT_EQ(there_->One("SELECT sum(v) FROM u WHERE id > 1"), "12740");
}

TEST_F(SubscriberTest, FollowsARenameInPlaceToTheEnd) {
  Follow(kTable, kRows, "FOR TABLE u");
  const Migration migration =
      Script("rename_column: {table: u, from: v, to: w}");
  Run("before start");
  migrator_->Start(migration);
  here_->Query(
      "INSERT INTO u(id, w) VALUES (60, 60); UPDATE u SET v = 7 WHERE id = 1");
  CatchUp();
  migrator_->Complete();
  here_->Query("UPDATE u SET w = 8 WHERE id = 2");
  WaitUntilItWaits("segue: the publisher has completed or rolled back");
  EXPECT_EQ(Run("at complete"), 1);
  CatchUp();
  EXPECT_EQ(Run("after complete"), 1);
  here_->Query("INSERT INTO u(id, w) VALUES (61, 61)");
  CatchUp();
  ExpectSame("u");
  ExpectNoTraces();
}

// In versioned access nothing is added, and the name changes at complete.
TEST_F(SubscriberTest, FollowsARenameOfColumnAndTable) {
  Follow(kTable, kRows, "FOR ALL TABLES");
  const Migration migration = manifest::Parse(
      "access: versioned\nsubscribers: prepared\noperations:\n"
      "  - rename_column: {table: u, from: v, to: w}\n"
      "  - rename_table: {from: u, to: x}\n",
      "01_x.yaml");
  parts_ = migrator_->PlanSubscribers(migration);
  Run("the ledger");
  EXPECT_EQ(Run("before start"), 0);
  migrator_->Start(migration);
  migrator_->Complete();
  here_->Query("INSERT INTO x(id, w) VALUES (60, 60)");
  WaitUntilItWaits("relation \"public.x\" does not exist");
  EXPECT_EQ(Run("at complete"), 2);
  CatchUp();
  ExpectSame("x");
}

TEST_F(SubscriberTest, GoesOnAfterARollback) {
  Follow(kTable, kRows, "FOR TABLE u");
  const Migration migration = Script(kType);
  Run("before start");
  migrator_->Start(migration);
  here_->Query("UPDATE u SET _segue_new_v = 'n8' WHERE id = 2");
  migrator_->Rollback();
  here_->Query("UPDATE u SET v = 9 WHERE id = 1");
  WaitUntilItWaits("segue: the publisher has completed or rolled back");
  EXPECT_EQ(Run("after rollback"), 1);
  CatchUp();
  ExpectSame("u");
  ExpectNoTraces();
}

// A default that is there at once is no change of any row.
TEST_F(SubscriberTest, FollowsColumnsAndTablesThatComeAndGo) {
  const std::string tables = std::string(kTable) +
                             ";ALTER TABLE u ADD COLUMN old text NOT NULL "
                             "DEFAULT 'x', ADD COLUMN z varchar(3)";
  Follow(tables, kRows, "FOR TABLES IN SCHEMA public");
  const Migration migration = Script(
      "{add_column: {table: u, column: {name: n, type: integer, default: '5'}}}"
      ", {drop_column: {table: u, column: old}}, {alter_column: {table: u, "
      "column: z, type: varchar(9)}}, {create_table: {name: made, columns: "
      "[{name: id, type: integer, pk: true}]}}");
  Run("before start");
  migrator_->Start(migration);
  here_->Query(
      "INSERT INTO u(id, v, n, z) VALUES (60, 60, 6, 'abc');"
      "INSERT INTO made VALUES (1)");
  CatchUp();
  migrator_->Complete();
  here_->Query("INSERT INTO u(id, v, n, z) VALUES (61, 61, 6, 'abcdefghi')");
  CatchUp();
  EXPECT_EQ(Run("after complete"), 1);
  ExpectSame("u");
  EXPECT_EQ(there_->One("SELECT count(*) FROM u WHERE n = 5"), "50");
}

TEST_F(SubscriberTest, ThePlanNamesTheScript) {
  TempDir folder;
  here_->Query(std::string(kTable) +
               ";CREATE SCHEMA segue; CREATE PUBLICATION p FOR TABLES IN "
               "SCHEMA public, segue");
  std::ofstream(folder.path() + "/01_x.yaml")
      << "operations:\n  - rename_column: {table: u, from: v, to: w}\n";
  const auto segue = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--url", Url()});
    Command command = SegueCommand(words);
    command.directory = folder.path();
    return RunCommand(command);
  };
  const Finished refused = segue({"plan", "01_x.yaml"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("publication p publishes schema segue"),
                    HasSubstr("table 'u' is published (p)"),
                    HasSubstr("segue plan FILE --subscriber-sql")));
  const Finished script = segue({"plan", "01_x.yaml", "--subscriber-sql"});
  EXPECT_EQ(script.exit_code, 0) << script.err;
  there_->Query(kTable);
  const std::size_t before_start = script.out.find("-- at complete");
  ASSERT_NE(before_start, std::string::npos) << script.out;
  there_->Query(script.out.substr(0, before_start));
  EXPECT_EQ(there_->One("SELECT count(*) FROM segue.migration"), "0");
  EXPECT_EQ(there_->One("SELECT count(w) + count(_segue_d) FROM u"), "0");
  EXPECT_THAT(
      segue({"plan", "01_x.yaml", "--subscriber-sql", "--json"}).out,
      AllOf(HasSubstr("{\"subscribers\":[{\"part\":\"the ledger\",\"when\":"),
            HasSubstr("RENAME COLUMN")));
}

TEST_F(SubscriberTest, WhatNoSubscriberCanFollowHasNoScript) {
  here_->Query(std::string(kTable) +
               ";CREATE TABLE f(a integer, b integer); ALTER TABLE f REPLICA "
               "IDENTITY FULL; CREATE PUBLICATION p FOR TABLE u WITH (publish "
               "= 'insert'); CREATE PUBLICATION q FOR TABLE f");
  const auto refusal = [&](const std::string& operation) -> std::string {
    try {
      Script(operation);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal(kType), HasSubstr("leaves out updates"));
  EXPECT_THAT(refusal("rename_column: {table: f, from: b, to: c}"),
              HasSubstr("has replica identity FULL and no primary key"));
  EXPECT_THAT(refusal("create_index: {table: u, name: i, columns: [v]}"), "");
  EXPECT_TRUE(parts_.empty());
}

// PostgreSQL refuses the UPDATE of the backfill, and did so after the start.
TEST_F(SubscriberTest, APublishedTableWithoutReplicaIdentityIsRefused) {
  here_->Query(
      "CREATE TABLE nk(x integer, y text); CREATE TABLE pt(id integer PRIMARY "
      "KEY, y text) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF pt "
      "FOR VALUES FROM (0) TO (9); ALTER TABLE p1 REPLICA IDENTITY NOTHING;"
      "CREATE PUBLICATION p FOR TABLE nk, pt");
  EXPECT_THAT(Refusal("rename_column: {table: nk, from: y, to: z}"),
              HasSubstr("table 'nk' publishes updates (p) and has no replica "
                        "identity; give it a primary key"));
  EXPECT_THAT(Refusal("rename_column: {table: pt, from: y, to: z}"),
              AllOf(HasSubstr("table 'p1' publishes updates (p)"),
                    HasSubstr("table 'pt' is published (p)")));
  here_->Query("ALTER TABLE nk REPLICA IDENTITY FULL");
  EXPECT_THAT(Refusal("rename_column: {table: nk, from: y, to: z}"),
              Not(HasSubstr("no replica identity")));
}

TEST_F(SubscriberTest, APublishedTableThatGoesIsSaid) {
  here_->Query(std::string(kTable) + ";CREATE PUBLICATION p FOR TABLE u");
  EXPECT_THAT(Refusal("rename_table: {from: u, to: x}"),
              HasSubstr("table 'u' is published (p)"));
  const Plan plan = migrator_->MakePlan(
      manifest::Parse("operations: [drop_table: {name: u}]", "01_x.yaml"));
  ASSERT_FALSE(plan.findings.empty());
  EXPECT_EQ(plan.findings.back().id, "published-table-goes");
}

// The other way round: the table that changes is the subscriber's.
// The case is replica_role_writers.
TEST_F(SubscriberTest, WritesOfASubscriptionReachBothVersions) {
  Follow(kTable, kRows, "FOR TABLE u");
  Database database = Database::Open({subscriber_->Url(there_name_), "", ""});
  Migrator migrator(database, {});
  const Migration migration =
      manifest::Parse(std::string("operations: [") + kType + "]", "01_x.yaml");
  const Plan plan = migrator.MakePlan(migration);
  ASSERT_FALSE(plan.findings.empty());
  EXPECT_EQ(plan.findings.front().id, "table-is-subscribed");
  EXPECT_EQ(plan.findings.front().message, "a subscription writes to 'u': s");
  migrator.Start(migration);
  here_->Query(
      "INSERT INTO u VALUES (60, 60); UPDATE u SET v = 7 WHERE id = 1");
  CatchUp();
  there_->Query(
      "SET session_replication_role = replica; INSERT INTO u(id, v) VALUES "
      "(70, 70); RESET session_replication_role");
  EXPECT_EQ(there_->One("SELECT string_agg(v || _segue_new_v, ' ' ORDER BY id) "
                        "FROM u WHERE id IN (1, 2, 60, 70)"),
            "7n7 2n2 60n60 70n70");
  EXPECT_TRUE(migrator.Verify().clean());
  migrator.Rollback();
  here_->Query("UPDATE u SET v = 8 WHERE id = 1");
  CatchUp();
  EXPECT_EQ(there_->One("SELECT v FROM u WHERE id = 1"), "8");
}

TEST_F(SubscriberTest, SettingsThatTurnTriggersOffAreNamed) {
  here_->Query(std::string(kTable) + ";CREATE ROLE loader_of_" + name_ +
               ";ALTER ROLE loader_of_" + name_ +
               " SET session_replication_role = replica");
  const Plan plan = migrator_->MakePlan(File(kType));
  ASSERT_FALSE(plan.findings.empty());
  EXPECT_EQ(plan.findings.back().id, "triggers-are-off");
  EXPECT_EQ(plan.findings.back().message,
            "sessions of role loader_of_" + name_ +
                " run no triggers (session_replication_role = replica)");
  here_->Query("DROP ROLE loader_of_" + name_);
}

}  // namespace
}  // namespace segue::test
