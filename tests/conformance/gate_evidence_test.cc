// What the gate counts besides the use of a published version: writes of
// columns that go, writes that will be refused, and queries that name what
// goes.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/conformance/gate_fixture.h"
#include "tests/support/temp_dir.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kNotNull =
    "operations: [{alter_column: {table: users, column: nick, nullable: false, "
    "up: \"'none'\"}}]";

std::string Timeless(const std::string& text) {
  const std::string at = std::regex_replace(
      text, std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"), "THEN");
  return std::regex_replace(at, std::regex("[0-9]+ (s|min|h) left"),
                            "TIME left");
}

class EvidenceTest : public GateTest {
 protected:
  GateItem Item(const std::string& name) {
    for (GateItem& item : Ask().items) {
      if (item.name == name) return item;
    }
    ADD_FAILURE() << "no item " << name;
    return {};
  }
  void BeQuiet() { std::this_thread::sleep_for(milliseconds(3100)); }
};

TEST_P(EvidenceTest, AWriteOfAColumnThatGoesPreventsIt) {
  options_.soak = seconds(3600);
  Start();
  db().Exec("INSERT INTO users (id, full_name) VALUES (3, 'Cy')");
  db().Exec("UPDATE users SET full_name = 'Di' WHERE id = 3");
  options_.soak = seconds(2);
  BeQuiet();
  EXPECT_THAT(States(), Contains("soak pass"));
  EXPECT_THAT(Item("soak").Text(),
              HasSubstr("the old version is the tables themselves, whose reads "
                        "are not watched"));
  options_.soak = seconds(3600);
  db().Exec("INSERT INTO users (id, name) VALUES (4, 'Ed')");
  EXPECT_EQ(Timeless(Alone("soak")),
            "the old version was not quiet for 60 min: writes of the old "
            "columns of 'users': used until THEN, quiet since THEN, TIME left");
  options_.soak = seconds(1);
  BeQuiet();
  ExpectCompletes();
}

TEST_P(EvidenceTest, WhereTheNameStaysNobodyCanBeToldFromTheOthers) {
  options_.soak = seconds(1);
  Start(
      "operations: [{alter_column: {table: users, column: name, type: "
      "varchar(40), up: name, down: name}}]");
  db().Exec("UPDATE users SET name = 'x'");
  EXPECT_EQ(Item("soak").state, GateState::kNotWatched);
  EXPECT_EQ(Item("soak").message,
            "the old version is the tables themselves, whose use nothing "
            "counts");
}

SEGUE_INSTANTIATE(EvidenceTest);

class ServerEvidenceTest : public EvidenceTest {
 protected:
  void SetUp() override {
    EvidenceTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("ALTER TABLE users ADD nick text");
  }
  // "users: 2, seen THEN, 1 since": what the status says of such writes.
  static std::string Refused(Migrator& migrator) {
    const MigrationStatus status = *migrator.Status();
    std::string text;
    for (const WritesToFail& one : status.writes_to_fail) {
      text += one.table + ": " + std::to_string(one.count) + ", seen " +
              (one.last_seen.empty() ? "never" : one.last_seen) + ", " +
              std::to_string(one.since) + " since";
    }
    return Timeless(text);
  }
  std::string Refused() {
    Migrator migrator = MigratorNow();
    return Refused(migrator);
  }
  std::string LastSeen() {
    return MigratorNow().Status()->writes_to_fail.at(0).last_seen;
  }
};

// The value that is there already says nothing about the writer.
TEST_P(ServerEvidenceTest, WritesThatWillBeRefusedAreShown) {
  Start(kNotNull);
  EXPECT_EQ(Item("writes").state, GateState::kPass);
  EXPECT_EQ(Item("writes").Text(), "");
  db().Exec("INSERT INTO users (id, name) VALUES (3, 'Cy')");
  db().Exec("UPDATE users SET nick = NULL WHERE id = 1");
  db().Exec("UPDATE users SET name = 'x'");
  EXPECT_EQ(Item("writes").state, GateState::kPass);
  EXPECT_EQ(Timeless(Item("writes").Text()),
            "writes that both versions accept will be refused: 2 writes of "
            "'users' gave no value to a column that takes no NULL then, used "
            "until THEN, quiet since THEN");
  options_.soak = seconds(3600);
  EXPECT_EQ(Timeless(Alone("writes")),
            "writes that both versions accept will be refused: 2 writes of "
            "'users' gave no value to a column that takes no NULL then, used "
            "until THEN, quiet since THEN, TIME left");
  EXPECT_THAT(Verdict("they are gone"), HasSubstr("forced: writes"));
}

// Nobody asks the gate meanwhile.
TEST_P(ServerEvidenceTest, TheStatusTellsHowManyThereAreAndWhenTheyWereSeen) {
  Start(kNotNull);
  EXPECT_THAT(Refused(), IsEmpty());
  db().Exec("INSERT INTO users (id, name) VALUES (3, 'Cy')");
  EXPECT_EQ(Refused(), "users: 1, seen never, 1 since");
  KeepWritesToFail(*database_, options_);
  EXPECT_EQ(Refused(), "users: 1, seen THEN, 0 since");
  const std::string seen = LastSeen();
  std::this_thread::sleep_for(milliseconds(1100));
  KeepWritesToFail(*database_, options_);
  EXPECT_EQ(LastSeen(), seen);
  db().Exec("UPDATE users SET nick = NULL");
  EXPECT_EQ(Refused(), "users: 4, seen THEN, 3 since");
  EXPECT_EQ(LastSeen(), seen);
  EXPECT_THAT(Item("writes").Text(), HasSubstr("4 writes of 'users' gave no"));
  EXPECT_EQ(Refused(), "users: 4, seen THEN, 0 since");
  EXPECT_GT(LastSeen(), seen);
  ExpectCompletes();
  EXPECT_THAT(Refused(), IsEmpty());
  KeepWritesToFail(*database_, options_);
}

// It looks while it waits, too, which may be for a night.
TEST_P(ServerEvidenceTest, ARunLooksForThemWhileItWaits) {
  const TempDir folder;
  const std::string flag = folder.path() + "/hold";
  std::ofstream(flag) << "wait";
  options_.pace.limits = {{"flag_file", flag, 0.5, 1, false}};
  options_.pace.reading_interval = milliseconds(5);
  std::jthread run([&] { Start(kNotNull); });
  Database other = db().Open();
  Migrator watching(other, {});
  const auto until = [&](const std::function<bool()>& so) {
    for (int look = 0; look < 1'000 && !so(); ++look) {
      std::this_thread::sleep_for(milliseconds(20));
    }
    return so();
  };
  EXPECT_TRUE(until([&] {
    const auto status = watching.Status();
    return status && status->pace_reason == "flag_file";
  }));
  db().Exec("INSERT INTO users (id, name) VALUES (3, 'Cy')");
  EXPECT_TRUE(until([&] {
    return Refused(watching) == "users: 1, seen THEN, 0 since";
  })) << Refused(watching);
  std::filesystem::remove(flag);
  run.join();
  EXPECT_EQ(Refused(), "users: 1, seen THEN, 0 since");
}

// Who may only read keeps nothing, and is not told off for it.
TEST_P(ServerEvidenceTest, WhoMayOnlyReadSeesThem) {
  Start(kNotNull);
  db().Exec("INSERT INTO users (id, name) VALUES (3, 'Cy')");
  CreateRole(db(), "evidence_reader");
  db().Exec(
      "GRANT USAGE ON SCHEMA segue TO evidence_reader; GRANT SELECT ON ALL "
      "TABLES IN SCHEMA segue TO evidence_reader");
  Database reader = Database::Open({db().Url(), "", "evidence_reader"});
  KeepWritesToFail(reader, {});
  EXPECT_EQ(Refused(), "users: 1, seen never, 1 since");
  db().Exec("DROP OWNED BY evidence_reader; DROP ROLE evidence_reader");
}

TEST_P(ServerEvidenceTest, AnInsertThatLeavesANewColumnOutIsOne) {
  Start(
      "operations: [{add_column: {table: users, column: {name: age, type: "
      "integer, nullable: false}, up: \"7\"}}]");
  db().Exec("INSERT INTO users (id, name) VALUES (3, 'Cy')");
  EXPECT_THAT(Item("writes").Text(), HasSubstr("1 write of 'users' gave no"));
  db().Exec("INSERT INTO users (id, name, age) VALUES (4, 'Di', 4)");
  EXPECT_THAT(Item("writes").Text(), HasSubstr("1 write of 'users' gave no"));
}

// Everybody may take numbers, and only that.
TEST_P(ServerEvidenceTest, AnOrdinaryRoleIsCountedAndTheLedgerStaysSafe) {
  Start(kNotNull);
  const std::string name = *db().app().One("SELECT current_database()");
  CreateRole(db(), "evidence_app");
  db().Exec("GRANT INSERT ON users TO evidence_app");
  auto app =
      OpenPostgresClient(PostgresServer::Shared().Url(name, "evidence_app"));
  app->Query("INSERT INTO users (id, name) VALUES (3, 'Cy')");
  EXPECT_THAT(Item("writes").Text(), HasSubstr("1 write of 'users' gave no"));
  EXPECT_ANY_THROW(
      app->Query("SELECT setval(c.oid, 1) FROM pg_class c WHERE relname LIKE "
                 "'to_fail_%'"));
  app.reset();
  ExpectCompletes();
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM pg_class WHERE relkind = 'S' "
                            "AND relnamespace = 'segue'::regnamespace AND "
                            "relname ~ '^(to_fail|old_writes)_'"),
            "0");
  db().Exec("DROP OWNED BY evidence_app; DROP ROLE evidence_app");
}

SEGUE_INSTANTIATE_ON(ServerEvidenceTest, PostgresTestbed());

// A server that counts queries.
class StatementsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    PostgresOptions with;
    with.settings["shared_preload_libraries"] = "pg_stat_statements";
    server_.emplace(with);
    url_ = server_->Url(server_->CreateDatabase());
    app_ = OpenPostgresClient(url_);
    app_->Query(
        "CREATE EXTENSION pg_stat_statements;"
        "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL);"
        "INSERT INTO users VALUES (1, 'Ada')");
    app_->Query("SELECT name FROM users WHERE id = 1");
    database_.emplace(Database::Open({url_, "", ""}));
  }
  void Start(const std::string& yaml) {
    Migrator(*database_, options_).Start(manifest::Parse(yaml, "01_t.yaml"));
  }
  GateItem Item() {
    for (GateItem& item : AskGate(*database_, options_).items) {
      if (item.name == "statements") return item;
    }
    ADD_FAILURE() << "no such item";
    return {};
  }
  std::string Text() { return Timeless(Item().Text()); }

  std::optional<PostgresServer> server_;
  std::string url_;
  std::unique_ptr<Client> app_;
  std::optional<Database> database_;
  MigratorOptions options_;
};

TEST_F(StatementsTest, AQueryThatNamesWhatGoesPreventsIt) {
  Start(kRename);
  EXPECT_EQ(Item().state, GateState::kNotWatched);
  options_.soak = seconds(2);
  std::this_thread::sleep_for(milliseconds(3100));
  EXPECT_EQ(Item().state, GateState::kPass) << Text();
  app_->Query("SELECT full_name FROM users");
  EXPECT_EQ(Item().state, GateState::kPass) << Text();
  app_->Query("SELECT name FROM users WHERE id = 1");
  app_->Query(
      "SELECT * FROM users\n WHERE id IN (1, 2) AND 'a long query' <> "
      "'that goes on and on'");
  EXPECT_EQ(Text(),
            "queries that name what goes were run in the last 2 s: 'SELECT * "
            "FROM users\\x0a WHERE id IN ($1, $2) AND $3 <> $4' ran 1 time "
            "since both versions are live, used until THEN, quiet since THEN, "
            "TIME left; 'SELECT name FROM users WHERE id = $1' ran 1 time "
            "since both versions are live, used until THEN, quiet since THEN, "
            "TIME left");
  std::this_thread::sleep_for(milliseconds(3100));
  EXPECT_EQ(Item().state, GateState::kPass) << Text();
  app_->Query("SELECT pg_stat_statements_reset()");
  app_->Query("SELECT name FROM users WHERE id = 1");
  EXPECT_THAT(Text(), HasSubstr("its counts began anew"));
}

// In the views of a version all columns may be those of the new shape.
TEST_F(StatementsTest, BesideAPublishedVersionOnlyNamesCount) {
  options_.access = Access::kVersioned;
  options_.soak = seconds(3600);
  Start(
      "operations: [{drop_column: {table: users, column: name, down: "
      "\"'x'\"}}]");
  app_->Query("SELECT * FROM public_01_t.users");
  app_->Query("SELECT * FROM users");
  EXPECT_THAT(Text(), Not(HasSubstr("*")));
  app_->Query("SELECT name FROM users");
  EXPECT_THAT(Text(), HasSubstr("'SELECT name FROM users' ran 1 time"));
}

TEST_F(StatementsTest, WithoutTheExtensionItIsNotWatched) {
  app_->Query("DROP EXTENSION pg_stat_statements");
  options_.soak = seconds(1);
  Start(kRename);
  EXPECT_EQ(Item().state, GateState::kNotWatched);
  EXPECT_THAT(Item().message,
              HasSubstr("pg_stat_statements is not installed and loaded here"));
}

}  // namespace
}  // namespace segue::test
