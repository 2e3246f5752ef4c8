// A table that is divided into partitions while it is used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/partitions.h"
#include "tests/support/test_database.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSetup = R"sql(
SET client_min_messages = error;
DO $$ BEGIN CREATE ROLE part_reader;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE accounts (id integer PRIMARY KEY);
INSERT INTO accounts SELECT generate_series(1, 5);
CREATE TABLE seen (id bigint);
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at date NOT NULL, "odd 'n%me" text DEFAULT 'a%b',
  account integer CONSTRAINT of_account REFERENCES accounts ON DELETE CASCADE,
  v numeric(10, 2) CHECK (v > 0),
  g numeric GENERATED ALWAYS AS (v * 2) STORED)
  WITH (fillfactor = 80, toast.autovacuum_enabled = false);
ALTER TABLE t ALTER v SET STATISTICS 77, ALTER v SET (n_distinct = 5);
CREATE UNIQUE INDEX "t odd" ON t (lower("odd 'n%me") DESC, id) WHERE v > 1;
CREATE INDEX t_v ON t (v) INCLUDE (at) WITH (fillfactor = 60);
CREATE STATISTICS st (dependencies) ON account, v FROM t;
CREATE VIEW cheap AS SELECT id, v FROM t WHERE v < 100;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO seen VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW WHEN (NEW.v > 1)
  EXECUTE FUNCTION note();
CREATE TRIGGER off BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE t DISABLE TRIGGER off;
CREATE POLICY po ON t FOR SELECT TO part_reader USING (v > 50);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO part_reader;
GRANT SELECT ON t TO part_reader WITH GRANT OPTION;
GRANT UPDATE (v) ON t TO part_reader;
GRANT USAGE ON SEQUENCE t_id_seq TO part_reader;
COMMENT ON TABLE t IS 'the t';
COMMENT ON COLUMN t.v IS 'val''ue';
COMMENT ON INDEX t_v IS 'ix';
COMMENT ON CONSTRAINT t_pkey ON t IS 'pk';
INSERT INTO t (at, account, v) SELECT date '2025-01-01' + i, 1 + i % 5, i
  FROM generate_series(1, 600) i;
)sql";

// What is said of the table in the same words before and after.
constexpr const char* kFacts = R"sql(
SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
  WHERE tgrelid = 't'::regclass AND NOT tgisinternal
UNION ALL SELECT polname || pg_get_expr(polqual, polrelid) FROM pg_policy
  WHERE polrelid = 't'::regclass
UNION ALL SELECT coalesce(relacl::text, 'own') || relrowsecurity FROM pg_class
  WHERE oid IN ('t'::regclass, 't_id_seq'::regclass)
UNION ALL SELECT attname || format_type(atttypid, atttypmod) || attnotnull
  || attidentity::text || attgenerated::text || coalesce(attacl::text, '')
  || coalesce((SELECT string_agg(o, ',')
    FROM unnest(attoptions) o WHERE o NOT LIKE 'pg_attver=%'), '') || (to_jsonb(a) ->> 'attstattarget')
  FROM pg_attribute a WHERE attrelid = 't'::regclass AND attnum > 0
UNION ALL SELECT conname || pg_get_constraintdef(oid) || convalidated
  FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('c', 'f')
UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
UNION ALL SELECT pg_get_viewdef('cheap'::regclass)
UNION ALL SELECT replace(pg_get_indexdef('t_v'::regclass), ' ONLY ', ' ')
UNION ALL SELECT description FROM pg_description
  WHERE objoid IN ('t'::regclass, 't_v'::regclass)
    OR objoid IN (SELECT oid FROM pg_constraint WHERE conname = 't_pkey')
UNION ALL SELECT count(*) || 'rows' || sum(id) || sum(v) || sum(g) FROM t
ORDER BY 1)sql";

PartitionSpec ByYear() {
  return {.method = PartitionSpec::Method::kRange,
          .key = {"at"},
          .parts = {{"t_2025", {"2025-01-01"}, {"2026-01-01"}},
                    {"t_2026", {"2026-01-01"}, {"2027-01-01"}}},
          .default_part = "t_rest"};
}

class PartitionTableTest : public ::testing::TestWithParam<Access> {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    db_ = PostgresTestbed().fresh();
    db_->Exec(kSetup);
    database_.emplace(db_->Open());
  }
  void Start(const PartitionSpec& how) {
    Migration migration("m", "");
    migration.access = GetParam();
    migration.PartitionTable("t", how);
    Migrator(*database_, {}).Start(migration);
  }
  void Complete() { Migrator(*database_, {}).Complete(); }
  std::string One(const std::string& sql) { return *db_->app().One(sql); }
  std::string Facts() { return ToLines(db_->Query(kFacts)); }

  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
};

TEST_P(PartitionTableTest, WhatTheTableHasGoesAlong) {
  const std::string before = Facts();
  Start(ByYear());
  Complete();
  EXPECT_EQ(Facts(), before);
  EXPECT_EQ(One("SELECT string_agg(reloptions::text, ' ') FROM pg_class WHERE "
                "oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = "
                "'t'::regclass)"),
            "{fillfactor=80} {fillfactor=80} {fillfactor=80}");
  EXPECT_EQ(One("SELECT replace(pg_get_indexdef('\"t odd\"'::regclass), "
                "' ONLY ', ' ')"),
            "CREATE UNIQUE INDEX \"t odd\" ON public.t USING btree "
            "(lower(\"odd 'n%me\") DESC, id, at) WHERE (v > (1)::numeric)");
  db_->Exec("INSERT INTO t (at, account, v) VALUES ('2026-05-05', 1, 9)");
  EXPECT_EQ(One("SELECT max(id) FROM seen"), "601");
  EXPECT_EQ(One("SELECT count(*) FROM pg_class WHERE relname LIKE "
                "'%segue%' AND relnamespace = 'public'::regnamespace"),
            "0");
}

// A policy of the table would be passed by.
TEST_P(PartitionTableTest, NobodyGetsRightsToThePartitions) {
  Start(ByYear());
  for (const char* part : {"t_2025", "t_2026", "t_rest"}) {
    EXPECT_EQ(One(std::string("SELECT has_table_privilege('part_reader', '") +
                  part + "', 'SELECT')"),
              "f");
  }
  Complete();
  EXPECT_EQ(One("SELECT has_table_privilege('part_reader', 't_2025', "
                "'SELECT')"),
            "f");
  db_->Exec("SET ROLE part_reader");
  EXPECT_EQ(One("SELECT count(*) FROM t"), "550");
  db_->Exec("RESET ROLE");
}

TEST_P(PartitionTableTest, ARollbackLeavesNothing) {
  const std::string before = db_->Dump();
  Start(ByYear());
  Migrator(*database_, {}).Rollback();
  EXPECT_EQ(db_->Dump(), before);
}

TEST_P(PartitionTableTest, RowsThatMoveBetweenPartitionsAreFollowed) {
  std::atomic<bool> stop = false;
  std::string error;
  std::jthread writer([&] {
    try {
      const std::unique_ptr<Client> client = db_->NewClient();
      for (int i = 1; !stop; ++i) {
        const std::string id = std::to_string(1 + i * 7 % 500);
        client->Query(
            "UPDATE t SET at = at + 400 - 800 * (i % 2), v = v + 1 "
            "FROM (SELECT " +
            std::to_string(i) + " AS i) x WHERE id = " + id);
        client->Query("DELETE FROM t WHERE id = " +
                      std::to_string(501 + i % 90));
        client->Query("INSERT INTO t (at, v) VALUES ('2040-01-01', 2)");
      }
    } catch (const std::exception& failed) {
      error = failed.what();
    }
  });
  EXPECT_NO_THROW(Start(ByYear()));
  stop = true;
  writer.join();
  EXPECT_EQ(error, "");
  const std::string rows =
      One("SELECT md5(string_agg(t::text, ',' ORDER BY "
          "id)) FROM t");
  Complete();
  EXPECT_EQ(One("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t"),
            rows);
  EXPECT_EQ(One("SELECT count(*) FROM t_2025 WHERE at >= '2026-01-01'"), "0");
}

// What others make meanwhile is not lost, or refuses the contract.
TEST_P(PartitionTableTest, TheContractLosesNothingOfOthers) {
  Start(ByYear());
  db_->Exec("CREATE INDEX fresh ON t (account)");
  EXPECT_THAT(ThrownBy([&] { Complete(); }).what(), HasSubstr("index fresh"));
  // A policy of another table that reads this one would go on reading the table
  // that is put aside.
  db_->Exec(
      "DROP INDEX fresh; CREATE POLICY reads ON accounts USING (id IN (SELECT "
      "account FROM t))");
  EXPECT_THAT(ThrownBy([&] { Complete(); }).what(),
              HasSubstr("policy reads on table"));
  db_->Exec(
      "DROP POLICY reads ON accounts; CREATE PUBLICATION more FOR TABLE t");
  EXPECT_THAT(ThrownBy([&] { Complete(); }).what(),
              HasSubstr("publication more publishes it"));
  db_->Exec("DROP PUBLICATION more; CREATE POLICY more ON t USING (true)");
  Complete();
  EXPECT_EQ(One("SELECT count(*) FROM pg_policy WHERE polrelid = "
                "'t'::regclass"),
            "2");
}

class PartitionsAheadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    db_ = PostgresTestbed().fresh();
    database_.emplace(db_->Open());
  }
  std::vector<std::string> Ahead(const AheadRequest& request) {
    std::vector<std::string> names;
    for (const MadePartition& one : Partitions(*database_, {}).Ahead(request)) {
      names.push_back(one.name + " " + one.from + " " + one.to);
    }
    return names;
  }
  std::string Refusal(const AheadRequest& request) {
    return ThrownBy([&] { Ahead(request); }).what();
  }

  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
};

TEST_F(PartitionsAheadTest, TheRangesGoOnUntilThereAreEnough) {
  db_->Exec(
      "SET client_min_messages = error; SET timezone = 'Asia/Kolkata'; "
      "CREATE TABLE e (at timestamptz NOT NULL) PARTITION BY RANGE (at); "
      "CREATE TABLE e_first PARTITION OF e FOR VALUES FROM (MINVALUE) TO "
      "('2020-01-01 00:00:00+00'); DO $$ BEGIN EXECUTE format('CREATE TABLE "
      "e_now PARTITION OF e FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = "
      "70)', to_char(date_trunc('month', now() AT TIME ZONE 'UTC'), "
      "'YYYY-MM-DD\"+00\"'), to_char(date_trunc('month', now() AT TIME ZONE "
      "'UTC') + interval '1 month', 'YYYY-MM-DD\"+00\"')); END $$; CREATE "
      "TABLE e_rest PARTITION OF e DEFAULT; ALTER DEFAULT PRIVILEGES GRANT "
      "SELECT ON TABLES TO PUBLIC");
  const std::string next = *db_->app().One(
      "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '1 "
      "month', 'YYYY_MM')");
  const std::vector<std::string> made = Ahead({"e", 2});
  ASSERT_EQ(made.size(), 2U);
  EXPECT_THAT(made.front(), HasSubstr("e_p" + next + " "));
  EXPECT_THAT(made.front(), HasSubstr("-01 00:00:00+00"));
  EXPECT_TRUE(Ahead({"e", 2}).empty());
  EXPECT_EQ(Ahead({"e", 3}).size(), 1U);
  EXPECT_EQ(
      *db_->app().One("SELECT reloptions::text || ' ' || (relacl IS NULL OR "
                      "NOT has_table_privilege('public', oid, "
                      "'SELECT'))::text FROM pg_class WHERE relname = "
                      "'e_p" +
                      next + "'"),
      "{fillfactor=70} true");
}

// A month that begins elsewhere than a month is a number of days.
TEST_F(PartitionsAheadTest, DaysGoOnAsDays) {
  db_->Exec(
      "CREATE TABLE e (at date NOT NULL) PARTITION BY RANGE (at); DO $$ BEGIN "
      "EXECUTE format('CREATE TABLE e_now PARTITION OF e FOR VALUES FROM (%L) "
      "TO (%L)', date_trunc('month', now())::date + 4, date_trunc('month', "
      "now())::date + 35); END $$");
  Ahead({"e", 4});
  EXPECT_EQ(
      *db_->app().One("SELECT count(DISTINCT x.b[2]::date - x.b[1]::date) FROM "
                      "pg_inherits, pg_class c, LATERAL (SELECT regexp_match("
                      "pg_get_expr(c.relpartbound, c.oid), "
                      "'FROM \\(''(.*)''\\) TO \\(''(.*)''\\)') AS b) x WHERE "
                      "inhparent = 'e'::regclass AND c.oid = inhrelid"),
      "1");
}

TEST_F(PartitionsAheadTest, TwoAtOnceMakeThemOnce) {
  db_->Exec(
      "CREATE TABLE n (id integer NOT NULL) PARTITION BY RANGE (id); CREATE "
      "TABLE n_p0 PARTITION OF n FOR VALUES FROM (0) TO (100)");
  std::atomic<int> made = 0;
  {
    std::vector<std::jthread> sessions;
    for (int i = 0; i < 4; ++i) {
      sessions.emplace_back([&] {
        Database database = db_->Open();
        made +=
            static_cast<int>(Partitions(database, {}).Ahead({"n", 5}).size());
      });
    }
  }
  EXPECT_EQ(made, 5);
}

TEST_F(PartitionsAheadTest, NumbersGoOnFromTheHighest) {
  db_->Exec(
      "CREATE TABLE n (id integer NOT NULL) PARTITION BY RANGE (id); CREATE "
      "TABLE n_p0 PARTITION OF n FOR VALUES FROM (0) TO (100); INSERT INTO n "
      "VALUES (50)");
  EXPECT_THAT(Ahead({"n", 1}), ::testing::ElementsAre("n_p100 100 200"));
  EXPECT_THAT(Ahead({"n", 2, "1000"}),
              ::testing::ElementsAre("n_p200 200 1200", "n_p1200 1200 2200"));
}

TEST_F(PartitionsAheadTest, WhatStandsInTheWayIsNamed) {
  db_->Exec(
      "CREATE TABLE plain (id integer); CREATE TABLE h (id integer) PARTITION "
      "BY HASH (id); CREATE TABLE w (id text) PARTITION BY RANGE (id); CREATE "
      "TABLE d (id integer) PARTITION BY RANGE (id); CREATE TABLE d0 PARTITION "
      "OF d FOR VALUES FROM (0) TO (10); CREATE TABLE d_rest PARTITION OF d "
      "DEFAULT; INSERT INTO d VALUES (12), (15); CREATE TABLE m (id integer) "
      "PARTITION BY RANGE (id); CREATE TABLE m0 PARTITION OF m FOR VALUES FROM "
      "(0) TO (MAXVALUE)");
  EXPECT_THAT(Refusal({"gone"}), HasSubstr("there is no table 'gone'"));
  EXPECT_THAT(Refusal({"plain"}), HasSubstr("not divided by ranges"));
  EXPECT_THAT(Refusal({"h"}), HasSubstr("not divided by ranges"));
  EXPECT_THAT(Refusal({"w"}), HasSubstr("its key is a text"));
  EXPECT_THAT(Refusal({"m"}), HasSubstr("reaches to MAXVALUE"));
  EXPECT_THAT(Refusal({"d"}), HasSubstr("d_rest has 2 rows from 10 to "));
  EXPECT_THAT(Refusal({"d", 1, "1 month"}), HasSubstr("no distance"));
}

INSTANTIATE_TEST_SUITE_P(Both, PartitionTableTest,
                         ::testing::Values(Access::kInPlace,
                                           Access::kVersioned),
                         [](const auto& way) {
                           return std::string(ToString(way.param));
                         });

}  // namespace
}  // namespace segue::test
