// Views, materialized views and rules over a column that another one replaces:
// they read that one afterwards and have all that they had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/beside_plain.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"
#include "tests/support/view_chain.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

std::string Text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class ViewChainTest : public ::testing::TestWithParam<Access> {
 protected:
  ViewChainTest()
      : beside_(PostgresServer::Shared(),
                std::string(kChainRoles) + kChainTable + kChain) {}

  BesidePlain beside_;
};

std::string NameOf(const ::testing::TestParamInfo<Access>& info) {
  return std::string(ToString(info.param));
}

INSTANTIATE_TEST_SUITE_P(Accesses, ViewChainTest,
                         ::testing::Values(Access::kInPlace,
                                           Access::kVersioned),
                         NameOf);

// The rules and views that the plain way drops are made again as in the setup.
TEST_P(ViewChainTest, FollowsAChangeOfType) {
  const std::string table(kChainTable);
  const std::string rules = table.substr(table.find("CREATE RULE gone"));
  const Verdict verdict =
      beside_.Try({"  - alter_column: {table: t, column: age, type: bigint}",
                   std::string(kDropChain) +
                       "ALTER TABLE t ALTER age TYPE bigint;" + rules + kChain,
                   {"age"}},
                  GetParam());
  EXPECT_EQ(verdict.refused, "");
  EXPECT_TRUE(verdict.rolled_back);
  EXPECT_EQ(Text(verdict.differences), "");
}

// No column of a view changes, so that each keeps its place.
TEST_P(ViewChainTest, FollowsAChangeOfNull) {
  const Verdict verdict =
      beside_.Try({"  - alter_column: {table: t, column: age, nullable: "
                   "false, up: \"COALESCE(age, 0)\"}",
                   "ALTER TABLE t ALTER age SET NOT NULL",
                   {"age"}},
                  GetParam());
  EXPECT_EQ(verdict.refused, "");
  EXPECT_EQ(Text(verdict.differences), "");
}

TEST_P(ViewChainTest, FollowsARename) {
  const Verdict verdict =
      beside_.Try({"  - rename_column: {table: t, from: age, to: years}",
                   "ALTER TABLE t RENAME age TO years",
                   {}},
                  GetParam());
  EXPECT_EQ(verdict.refused, "");
  EXPECT_EQ(Text(verdict.differences), "");
}

// What the views show then is for the user to say.
TEST_P(ViewChainTest, RefusesADrop) {
  const Verdict verdict =
      beside_.Try({"  - drop_column: {table: t, column: age}",
                   "ALTER TABLE t DROP age CASCADE",
                   {}},
                  GetParam());
  EXPECT_THAT(verdict.refused, HasSubstr("view 'public.v1' depends on it"));
  EXPECT_EQ(Text(verdict.differences), "");
}

TEST_P(ViewChainTest, StaysWhereAnotherColumnIsDropped) {
  const Verdict verdict =
      beside_.Try({"  - drop_column: {table: t, column: extra}",
                   "ALTER TABLE t DROP extra",
                   {}},
                  GetParam());
  EXPECT_EQ(verdict.refused, "");
  EXPECT_EQ(Text(verdict.differences), "");
}

class ViewsTest : public DialectTest {
 protected:
  Migrator& Open() {
    database_.emplace(db().Open());
    return migrator_.emplace(*database_, MigratorOptions{});
  }

  static Migration Widen() {
    return manifest::Parse(
        "operations: [alter_column: {table: t, column: v, type: bigint}]",
        "01_a.yaml");
  }

 private:
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

TEST_P(ViewsTest, WhatIsMadeMeanwhileFollows) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer); INSERT INTO t "
      "VALUES (1, 2); CREATE VIEW early AS SELECT v FROM t");
  Migrator& migrator = Open();
  migrator.Start(Widen());
  db().Exec(
      "CREATE OR REPLACE VIEW early AS SELECT v, id FROM t; CREATE VIEW late "
      "AS SELECT v AS seen FROM t; CREATE VIEW over_late AS SELECT * FROM "
      "late");
  migrator.Complete();
  EXPECT_EQ(db().app().One("SELECT string_agg(format('%s.%s %s', "
                           "attrelid::regclass, attname, "
                           "format_type(atttypid, NULL)), ',' ORDER BY "
                           "attrelid::regclass::text, attnum) FROM "
                           "pg_attribute WHERE attnum > 0 AND attrelid IN "
                           "('early'::regclass, 'over_late'::regclass)"),
            "early.v bigint,early.id integer,over_late.seen bigint");
}

// The plan had no view to bind then.
TEST_P(ViewsTest, TheFirstViewMayComeMeanwhile) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY, v integer)");
  Migrator& migrator = Open();
  migrator.Start(Widen());
  db().Exec("CREATE VIEW late AS SELECT v FROM t");
  migrator.Complete();
  EXPECT_EQ(db().app().One("SELECT pg_typeof(v)::text FROM late RIGHT JOIN "
                           "(SELECT 1) x ON true"),
            "bigint");
}

TEST_P(ViewsTest, AViewMayGoMeanwhile) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer); CREATE VIEW early "
      "AS SELECT v FROM t");
  Migrator& migrator = Open();
  migrator.Start(Widen());
  db().Exec("DROP VIEW early");
  EXPECT_EQ(RefusalOf([&] { migrator.Complete(); }), "");
}

TEST_P(ViewsTest, WhatIsMaterializedMeanwhileIsNamed) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY, v integer)");
  Migrator& migrator = Open();
  migrator.Start(Widen());
  db().Exec("CREATE MATERIALIZED VIEW late AS SELECT v FROM t");
  EXPECT_THAT(RefusalOf([&] { migrator.Complete(); }),
              HasSubstr("materialized view public.late"));
  db().Exec("DROP MATERIALIZED VIEW late");
  migrator.Complete();
}

// Each is refused by its name, with the reason.
TEST_P(ViewsTest, WhatCannotBeMadeAgainIsNamed) {
  const std::pair<const char*, const char*> kCases[] = {
      {"CREATE TABLE c(x w)", "column x of table c depends on it"},
      {"CREATE MATERIALIZED VIEW mw AS SELECT * FROM w",
       "materialized view public.mw: it is filled from view public.w"},
      {"CREATE TABLE k(id integer); CREATE POLICY p ON k USING (id IN (SELECT "
       "v FROM w))",
       "policy p on table k depends on it"},
      {"CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO l VALUES (new.v)",
       "rule r on public.t"}};
  for (const auto& [made, reason] : kCases) {
    SCOPED_TRACE(made);
    db().Exec(
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE l(x "
        "bigint); CREATE TABLE t(id integer PRIMARY KEY, v integer); CREATE "
        "VIEW w AS SELECT v FROM t");
    db().Exec(made);
    EXPECT_THAT(RefusalOf([&] { Open().MakePlan(Widen()); }),
                HasSubstr(reason));
  }
}

TEST_P(ViewsTest, AFunctionOverAViewIsNamed) {
  SEGUE_SKIP_BEFORE(14);
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer); CREATE VIEW w AS "
      "SELECT v FROM t; CREATE FUNCTION fn() RETURNS bigint BEGIN ATOMIC "
      "SELECT sum(v) FROM w; END");
  EXPECT_THAT(RefusalOf([&] { Open().MakePlan(Widen()); }),
              HasSubstr("view w: function fn() depends on it"));
}

// The text of a view need not fit the new type: the trial finds it.
TEST_P(ViewsTest, WhatDoesNotFitTheTypeIsRefused) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v text); CREATE VIEW w AS "
      "SELECT lower(v) AS low FROM t");
  EXPECT_THAT(RefusalOf([&] { Open().MakePlan(Widen()); }), HasSubstr("lower"));
}

// Reads through the topmost view all the time, and takes the lock of each view
// before that of the table.
class Reader {
 public:
  explicit Reader(TestDatabase& database)
      : client_(database.NewClient()), thread_([this] { Read(); }) {}
  ~Reader() { Stop(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int reads() const { return reads_; }
  std::chrono::milliseconds longest() const { return longest_; }

 private:
  using Clock = std::chrono::steady_clock;

  void Read() {
    while (!stopping_) {
      const auto began = Clock::now();
      client_->Query("SELECT count(*) FROM w49");
      longest_ = std::max(longest_,
                          std::chrono::duration_cast<std::chrono::milliseconds>(
                              Clock::now() - began));
      ++reads_;
    }
  }

  std::unique_ptr<Client> client_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> reads_ = 0;
  std::chrono::milliseconds longest_{0};
  std::thread thread_;
};

TEST_P(ViewsTest, FiftyViewsMakeWayInOneOrder) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer); CREATE VIEW w0 AS "
      "SELECT id, v FROM t; DO $$ BEGIN FOR i IN 1..49 LOOP EXECUTE "
      "format('CREATE VIEW w%s AS SELECT w.id, w.v FROM w%s w JOIN t USING "
      "(id)', i, i - 1); END LOOP; END $$");
  Migrator& migrator = Open();
  migrator.Start(Widen());
  Reader reader(db());
  migrator.Complete();
  reader.Stop();
  EXPECT_GT(reader.reads(), 0);
  EXPECT_LT(reader.longest(), std::chrono::seconds(5));
  EXPECT_EQ(db().app().One("SELECT count(*)::text FROM pg_attribute a JOIN "
                           "pg_class c ON c.oid = a.attrelid WHERE c.relkind = "
                           "'v' AND c.relname LIKE 'w%' AND attname = 'v' AND "
                           "atttypid = 'bigint'::regtype"),
            "50");
}

SEGUE_INSTANTIATE_ON(ViewsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
