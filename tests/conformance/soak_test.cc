// The soak of a contract: what of the old version is counted, what is not, and
// what lets the time begin anew.
#include <gmock/gmock.h>

#include <thread>

#include "tests/conformance/gate_fixture.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

using std::chrono::milliseconds;
using std::chrono::seconds;

class SoakTest : public ServerGateTest {
 protected:
  // A version is live on the old shape, and another one on the new.
  void SetUp() override {
    ServerGateTest::SetUp();
    if (IsSkipped()) return;
    StartSecondVersion();
  }
  void Watch(milliseconds soak) { options_.soak = soak; }
  const GateItem Soak() {
    for (GateItem& item : Ask().items) {
      if (item.name == "soak") return item;
    }
    ADD_FAILURE() << "no such item";
    return {};
  }
  // The item without its times.
  std::string Text() { return Timeless(Soak().Text()); }
  static std::string Timeless(const std::string& text) {
    const std::string at = std::regex_replace(
        text, std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"), "THEN");
    return std::regex_replace(at, std::regex("[0-9]+ (s|min|h) left"),
                              "TIME left");
  }
  std::string ThrownText(const std::string& sql) {
    try {
      db().Exec(sql);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  std::int64_t Counted() {
    return std::stoll(
        *db().app().One("SELECT seq_scan FROM pg_stat_all_tables WHERE relid = "
                        "'public_01_t.segue_seen'::regclass"));
  }
  // Runs what a client of the old version sends, and returns how often it was
  // counted.
  std::int64_t CountOf(const std::string& sql, const std::string& role = "") {
    const std::int64_t before = Counted();
    auto client = role.empty() ? db().NewClient() : As(role);
    client->Query("SET search_path = public_01_t, public");
    client->Query(sql);
    End(std::move(client));
    return Counted() - before;
  }
};

TEST_P(SoakTest, IsNotWatchedUnlessItIsAskedFor) {
  EXPECT_THAT(States(), Contains("soak not watched"));
  CountOf("SELECT full_name FROM users");
  EXPECT_EQ(Soak().message, "no soak was asked for (--soak TIME)");
  ExpectCompletes();
}

TEST_P(SoakTest, AReaderOfTheOldVersionPreventsIt) {
  Watch(seconds(3600));
  EXPECT_EQ(CountOf("SELECT full_name FROM users", "gate_app"), 1);
  EXPECT_EQ(Timeless(Alone("soak")),
            "the old version was not quiet for 60 min: version public_01_t: "
            "used until THEN, quiet since THEN, TIME left");
  EXPECT_THAT(hint_, HasSubstr("complete when it was"));
  EXPECT_THAT(Verdict("they are gone"), HasSubstr("forced: soak"));
}

TEST_P(SoakTest, PassesWhenItWasQuietForSoLong) {
  Watch(seconds(1));
  CountOf("SELECT full_name FROM users");
  EXPECT_THAT(States(), Contains("soak fail"));
  std::this_thread::sleep_for(milliseconds(2100));
  EXPECT_THAT(States(), Contains("soak pass"));
  EXPECT_THAT(Verdict(), HasSubstr("soak"));
}

// Each of these is one query, also when it reads the view many times.
TEST_P(SoakTest, CountsEachQueryOnce) {
  EXPECT_EQ(CountOf("SELECT * FROM users WHERE id = 1"), 1);
  EXPECT_EQ(CountOf("SELECT count(*) FROM generate_series(1, 50) g, LATERAL "
                    "(SELECT full_name FROM users WHERE id = g OFFSET 0) u"),
            1);
  EXPECT_EQ(CountOf("SELECT max(id) FROM users"), 1);
  EXPECT_EQ(CountOf("DELETE FROM users WHERE id = 9"), 1);
  EXPECT_EQ(CountOf("BEGIN READ ONLY; SELECT * FROM users; COMMIT"), 1);
  EXPECT_EQ(CountOf("SELECT id FROM users FOR UPDATE"), 1);
  EXPECT_EQ(CountOf("INSERT INTO users (id, full_name) SELECT g, 'x' FROM "
                    "generate_series(10, 30) g"),
            1);
  EXPECT_GE(CountOf("UPDATE users SET full_name = 'y' WHERE id > 9"), 1);
  EXPECT_GE(CountOf("INSERT INTO users VALUES (10, 'z') ON CONFLICT (id) DO "
                    "UPDATE SET full_name = excluded.full_name"),
            1);
  EXPECT_EQ(CountOf("SET constraint_exclusion = on; SELECT * FROM users"), 1);
}

// docs/commands.md says so.
TEST_P(SoakTest, DoesNotCountWhatReadsNothing) {
  EXPECT_EQ(CountOf("SELECT * FROM users LIMIT 0"), 0);
  EXPECT_EQ(CountOf("SELECT p.id FROM public.users p LEFT JOIN users u ON "
                    "u.id = p.id"),
            0);
  EXPECT_EQ(CountOf("EXPLAIN SELECT * FROM users"), 0);
  EXPECT_EQ(CountOf("SELECT full_name FROM public.users"), 0);
}

TEST_P(SoakTest, NobodyCanMakeTheViewsEmpty) {
  EXPECT_THAT(ThrownText("INSERT INTO public_01_t.segue_seen DEFAULT VALUES"),
              HasSubstr("violates check constraint"));
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM public_01_t.users"), "2");
}

TEST_P(SoakTest, AResetOfTheCountsBeginsItAnew) {
  Watch(seconds(2));
  std::this_thread::sleep_for(milliseconds(3100));
  EXPECT_THAT(States(), Contains("soak pass"));
  db().Exec("SELECT pg_stat_reset()");
  EXPECT_EQ(Text(),
            "the old version was not quiet for 2 s: version public_01_t: no "
            "use was seen, its counts began anew, quiet since THEN, TIME left");
  std::this_thread::sleep_for(milliseconds(3100));
  EXPECT_THAT(States(), Contains("soak pass"));
  db().Exec(
      "SELECT pg_stat_reset_single_table_counters("
      "'public_01_t.segue_seen'::regclass)");
  EXPECT_THAT(Text(), HasSubstr("its counts began anew"));
}

TEST_P(SoakTest, ATransactionThatIsNotCountedYetPreventsIt) {
  Watch(seconds(1));
  auto old = db().NewClient();
  old->Query("BEGIN; SELECT full_name FROM public_01_t.users");
  const std::string who = Who(*old);
  std::this_thread::sleep_for(milliseconds(2100));
  EXPECT_EQ(Text(), "the old version was not quiet for 1 s: " + who +
                        " is in a transaction since " +
                        Seen(*old,
                             "to_char(xact_start AT TIME ZONE 'UTC', "
                             "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')") +
                        ", and what it does is not counted yet");
  old->Query("COMMIT");
  End(std::move(old));
  EXPECT_THAT(Text(), HasSubstr("used until THEN"));
}

TEST_P(SoakTest, AVersionThatNothingCountsIsUnknown) {
  db().Exec(
      "CREATE OR REPLACE VIEW public_01_t.users AS SELECT t.id, "
      "t.full_name FROM public.users t; DROP TABLE public_01_t.segue_seen");
  Watch(seconds(1));
  EXPECT_EQ(Soak().state, GateState::kUnknown);
  EXPECT_EQ(Text(),
            "it cannot be told whether the old version was quiet: nothing "
            "counts the use of version public_01_t: "
            "an earlier segue has published it");
}

// The clients of a version are counted from the time at which it is published.
TEST_P(SoakTest, TheTableGoesWithTheVersion) {
  ExpectCompletes();
  EXPECT_EQ(*db().app().One("SELECT to_regclass('public_01_t.segue_seen') IS "
                            "NULL AND to_regclass('public_02_u.segue_seen') "
                            "IS NOT NULL"),
            "t");
}

SEGUE_INSTANTIATE_ON(SoakTest, PostgresTestbed());

// A database with a standby, on servers of their own.
class SoakServersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    primary_.emplace();
    name_ = primary_->CreateDatabase();
    app_ = OpenPostgresClient(primary_->Url(name_));
    app_->Query(
        "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL);"
        "INSERT INTO users VALUES (1, 'Ada')");
    options_.access = Access::kVersioned;
    options_.soak = seconds(2);
    Start(kRename, "01_t.yaml");
    Migrator(*database_, options_).Complete(false, "there is no old version");
    Start(
        "operations: [{rename_column: {table: users, from: full_name, to: "
        "whole}}]",
        "02_u.yaml");
  }
  void Start(const std::string& yaml, const std::string& file) {
    if (!database_) {
      database_.emplace(Database::Open({primary_->Url(name_), "", ""}));
    }
    Migrator(*database_, options_).Start(manifest::Parse(yaml, file));
  }
  GateItem Soak() {
    for (GateItem& item : AskGate(*database_, options_).items) {
      if (item.name == "soak") return item;
    }
    ADD_FAILURE() << "no such item";
    return {};
  }
  void BeQuiet() { std::this_thread::sleep_for(milliseconds(3100)); }
  // `standby` is one of the standbys that are asked.
  void ExpectAReaderIsNoticedOn(PostgresServer& standby) {
    auto reader = OpenPostgresClient(standby.Url(name_));
    reader->Query("SELECT full_name FROM public_01_t.users");
    reader.reset();
    std::string text;
    while (text.find("used until") == std::string::npos) text = Soak().Text();
    EXPECT_THAT(text, HasSubstr("the old version was not quiet for 2 s: "
                                "version public_01_t on "));
  }

  std::optional<PostgresServer> primary_;
  std::string name_;
  std::unique_ptr<Client> app_;
  std::optional<Database> database_;
  MigratorOptions options_;
};

TEST_F(SoakServersTest, ARestartBeginsItAnew) {
  BeQuiet();
  EXPECT_EQ(Soak().state, GateState::kPass);
  for (const bool immediate : {false, true}) {
    app_.reset();
    database_.reset();
    primary_->Restart(immediate);
    database_.emplace(Database::Open({primary_->Url(name_), "", ""}));
    EXPECT_THAT(Soak().Text(), HasSubstr("its counts began anew"));
    BeQuiet();
    EXPECT_EQ(Soak().state, GateState::kPass);
  }
}

TEST_F(SoakServersTest, AReaderOnAStandbyIsNoticed) {
  PostgresServer standby(*primary_, "standby1");
  while (*app_->One("SELECT count(*) FROM pg_stat_replication") != "1") {
    std::this_thread::sleep_for(milliseconds(20));
  }
  BeQuiet();
  const GateItem unasked = Soak();
  EXPECT_EQ(unasked.state, GateState::kUnknown);
  EXPECT_EQ(unasked.Text(),
            "it cannot be told whether the old version was quiet: standby "
            "'standby1' follows and was not given "
            "(--standby URL)");
  options_.standbys = {standby.Url(name_)};
  EXPECT_THAT(Soak().Text(), HasSubstr("version public_01_t on "));
  BeQuiet();
  EXPECT_EQ(Soak().state, GateState::kPass);
  ExpectAReaderIsNoticedOn(standby);
}

// Each standby that was given is asked, and one that does not answer is named
// without its password.
TEST_F(SoakServersTest, EachStandbyIsAsked) {
  PostgresServer first(*primary_, "standby1");
  PostgresServer second(*primary_, "standby2");
  while (*app_->One("SELECT count(*) FROM pg_stat_replication") != "2") {
    std::this_thread::sleep_for(milliseconds(20));
  }
  options_.standbys = {first.Url(name_), second.Url(name_)};
  EXPECT_THAT(Soak().Text(), HasSubstr("; version public_01_t on "));
  BeQuiet();
  EXPECT_EQ(Soak().state, GateState::kPass) << Soak().Text();
  options_.standbys = {first.Url(name_),
                       "postgres://app:secret@127.0.0.1:1/shop"};
  const GateItem unknown = Soak();
  EXPECT_EQ(unknown.state, GateState::kUnknown);
  EXPECT_THAT(unknown.Text(),
              HasSubstr("standby postgres://app:***@127.0.0.1:1/shop cannot be "
                        "asked: "));
  EXPECT_THAT(unknown.Text(),
              HasSubstr("standby 'standby2' follows and was not asked"));
  EXPECT_THAT(unknown.Text(), ::testing::Not(HasSubstr("secret")));
  // Its use is told all the same.
  ExpectAReaderIsNoticedOn(first);
  EXPECT_THAT(ThrownBy([&] {
                options_.standbys = {"mysql://app:secret@db/shop"};
                Soak();
              }).what(),
              ::testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace segue::test
