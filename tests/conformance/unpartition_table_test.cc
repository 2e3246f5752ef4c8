// A plain table that takes the place of a partitioned one while it is used.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
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
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY,
  at date NOT NULL, "odd 'n%me" text DEFAULT 'a%b',
  account integer CONSTRAINT of_account REFERENCES accounts ON DELETE CASCADE,
  v numeric(10, 2) CHECK (v > 0),
  g numeric GENERATED ALWAYS AS (v * 2) STORED,
  PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE t_2025 PARTITION OF t FOR VALUES FROM ('2025-01-01') TO
  ('2026-01-01') WITH (fillfactor = 80);
CREATE TABLE "t 2026" PARTITION OF t FOR VALUES FROM ('2026-01-01') TO
  ('2027-01-01') WITH (fillfactor = 80);
CREATE TABLE t_rest PARTITION OF t DEFAULT WITH (fillfactor = 80);
ALTER TABLE t ALTER v SET STATISTICS 77;
CREATE UNIQUE INDEX "t odd" ON t (lower("odd 'n%me") DESC, id, at) WHERE v > 1;
CREATE INDEX t_v ON t (v) INCLUDE (at) WITH (fillfactor = 60);
CREATE STATISTICS st (dependencies) ON account, v FROM t;
CREATE VIEW cheap AS SELECT id, v FROM t WHERE v < 100;
CREATE TABLE notes (id bigint, at date,
  CONSTRAINT of_t FOREIGN KEY (id, at) REFERENCES t ON DELETE CASCADE
  ON UPDATE CASCADE);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO seen VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW WHEN (NEW.v > 1)
  EXECUTE FUNCTION note();
CREATE POLICY po ON t FOR SELECT TO part_reader USING (v > 50);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON t TO part_reader WITH GRANT OPTION;
GRANT UPDATE (v) ON t TO part_reader;
GRANT USAGE ON SEQUENCE t_id_seq TO part_reader;
COMMENT ON TABLE t IS 'the t';
COMMENT ON COLUMN t.v IS 'val''ue';
COMMENT ON INDEX t_v IS 'ix';
COMMENT ON CONSTRAINT t_pkey ON t IS 'pk';
INSERT INTO t (at, account, v) SELECT date '2025-01-01' + i, 1 + i % 5, i
  FROM generate_series(1, 600) i;
INSERT INTO notes SELECT id, at FROM t WHERE id % 10 = 0;
)sql";

// What is said of the table in the same words before and after.
constexpr const char* kFacts = R"sql(
SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
  WHERE tgrelid = 't'::regclass AND NOT tgisinternal
UNION ALL SELECT polname || pg_get_expr(polqual, polrelid) FROM pg_policy
  WHERE polrelid = 't'::regclass
UNION ALL SELECT coalesce((SELECT string_agg(a::text, ' ' ORDER BY a::text)
    FROM unnest(relacl) a), 'own') || relrowsecurity FROM pg_class
  WHERE oid IN ('t'::regclass, 't_id_seq'::regclass)
UNION ALL SELECT attname || format_type(atttypid, atttypmod) || attnotnull
  || attidentity::text || attgenerated::text || coalesce(attacl::text, '')
  || (to_jsonb(a) ->> 'attstattarget')
  FROM pg_attribute a WHERE attrelid = 't'::regclass AND attnum > 0
UNION ALL SELECT conname || pg_get_constraintdef(oid) || convalidated
  FROM pg_constraint WHERE conparentid = 0
    AND (conrelid = 't'::regclass OR confrelid = 't'::regclass)
UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
UNION ALL SELECT pg_get_viewdef('cheap'::regclass)
UNION ALL SELECT replace(pg_get_indexdef(indexrelid), ' ONLY ', ' ')
  FROM pg_index WHERE indrelid = 't'::regclass
UNION ALL SELECT description FROM pg_description
  WHERE objoid IN ('t'::regclass, 't_v'::regclass)
    OR objoid IN (SELECT oid FROM pg_constraint WHERE conname = 't_pkey')
UNION ALL SELECT count(*) || 'rows' || sum(id) || sum(v) || sum(g) FROM t
ORDER BY 1)sql";

constexpr const char* kRows =
    "SELECT md5(string_agg(t::text, ',' ORDER BY id, at)) FROM t";
constexpr const char* kCopied =
    "SELECT md5(string_agg(t::text, ',' ORDER BY id, at)) FROM _segue_new_t t";

constexpr const char* kTriggers =
    "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~segue%'";

class UnpartitionTableTest : public ::testing::TestWithParam<Access> {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    db_ = PostgresTestbed().fresh();
    db_->Exec(kSetup);
    // A version's views of an older server would pass by the policies.
    if (GetParam() == Access::kVersioned &&
        std::stoi(One("SHOW server_version_num")) < 150000) {
      db_->Exec(
          "DROP POLICY po ON t; ALTER TABLE t DISABLE ROW LEVEL SECURITY");
    }
    database_.emplace(db_->Open());
  }
  void Start() {
    Migration migration("m", "");
    migration.access = GetParam();
    migration.UnpartitionTable("t");
    Migrator(*database_, {}).Start(migration);
  }
  void Complete() { Migrator(*database_, {}).Complete(); }
  std::string Refusal() {
    return ThrownBy([&] { Complete(); }).what();
  }
  std::string One(const std::string& sql) { return *db_->app().One(sql); }
  std::string Facts() { return ToLines(db_->Query(kFacts)); }

  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
};

TEST_P(UnpartitionTableTest, WhatTheTableHasGoesAlong) {
  const std::string before = Facts();
  Start();
  Complete();
  EXPECT_EQ(Facts(), before);
  EXPECT_EQ(
      One("SELECT relkind::text || reloptions::text FROM pg_class WHERE oid = "
          "'t'::regclass"),
      "r{fillfactor=80}");
  db_->Exec("INSERT INTO t (at, account, v) VALUES ('2026-05-05', 1, 9)");
  EXPECT_EQ(One("SELECT max(id) FROM seen"), "601");
  EXPECT_TRUE(
      db_->app().Fails("INSERT INTO notes VALUES (9999, '2025-01-01')"));
  EXPECT_EQ(One("SELECT count(*) FROM pg_class WHERE relname ~ "
                "'segue|^t.(2025|2026|rest)' AND relnamespace = "
                "'public'::regnamespace"),
            "0");
  EXPECT_EQ(One("SELECT count(*) FROM pg_constraint WHERE conparentid <> 0"),
            "0");
}

TEST_P(UnpartitionTableTest, ARollbackLeavesNothing) {
  const std::string before = db_->Dump();
  Start();
  Migrator(*database_, {}).Rollback();
  EXPECT_EQ(db_->Dump(), before);
}

// Rows move between partitions, come and go, by the table and by a partition.
TEST_P(UnpartitionTableTest, WritersGoOnWhileTheTableIsCopied) {
  std::atomic<bool> stop = false;
  std::atomic<int> rounds = 0;
  std::string error;
  std::jthread writer([&] {
    try {
      const std::unique_ptr<Client> client = db_->NewClient();
      for (int i = 1; !stop; ++i, ++rounds) {
        const std::string n = std::to_string(i);
        client->Query(
            "UPDATE t SET at = at + 400 - 800 * (" + n +
            " % 2), v = v + 1 WHERE id = " + std::to_string(1 + i * 7 % 500));
        client->Query("DELETE FROM t WHERE id = " +
                      std::to_string(501 + i % 90));
        client->Query("INSERT INTO t (at, v) VALUES ('2040-01-01', 2)");
        client->Query("INSERT INTO t (at, v) VALUES ('2026-06-01', 2)");
        // In place, a statement that names a partition fails afterwards.
        client->Query(
            "DO $$ BEGIN UPDATE t_rest SET v = v + 1 WHERE id % 50 = " +
            std::to_string(i % 50) +
            "; EXCEPTION WHEN undefined_table THEN NULL; END $$");
      }
    } catch (const std::exception& failed) {
      error = failed.what();
    }
  });
  EXPECT_NO_THROW(Start());
  const int started = rounds;
  while (error.empty() && rounds < started + 50) std::this_thread::yield();
  EXPECT_NO_THROW(Complete());
  const int completed = rounds;
  while (error.empty() && rounds < completed + 5) std::this_thread::yield();
  stop = true;
  writer.join();
  EXPECT_EQ(error, "");
  EXPECT_EQ(One("SELECT relkind FROM pg_class WHERE oid = 't'::regclass"), "r");
  EXPECT_EQ(One("SELECT count(*) FROM t WHERE at = '2040-01-01'"),
            std::to_string(rounds));
  EXPECT_EQ(One("SELECT count(*) FROM t WHERE at = '2026-06-01' AND account IS "
                "NULL"),
            std::to_string(rounds));
}

// Every kind of write, also of a partition itself, is in the copy at once.
TEST_P(UnpartitionTableTest, TheCopyFollowsEachWrite) {
  Start();
  EXPECT_EQ(One(kCopied), One(kRows));
  for (const char* write :
       {"UPDATE t SET at = at + 365 WHERE id < 50",
        "DELETE FROM t_2025 WHERE "
        "id BETWEEN 60 AND 70",
        "INSERT INTO \"t 2026\" (id, at, v) "
        "OVERRIDING SYSTEM VALUE VALUES (9000, '2026-01-01', 3)",
        "UPDATE t_rest SET v = 5", "DELETE FROM accounts WHERE id = 2",
        "TRUNCATE \"t 2026\" CASCADE", "TRUNCATE t_2025, t_rest CASCADE",
        "INSERT INTO t (at, v) VALUES ('2025-07-07', 1), ('2026-07-07', 1)",
        "TRUNCATE t_2025, t CASCADE",
        "INSERT INTO t (at, v) VALUES "
        "('2025-07-07', 1), ('2026-07-07', 1)"}) {
    db_->Exec(write);
    EXPECT_EQ(One(std::string("SELECT coalesce((") + kCopied + "), '')"),
              One(std::string("SELECT coalesce((") + kRows + "), '')"))
        << write;
  }
  Complete();
  EXPECT_EQ(One("SELECT count(*) FROM t"), "2");
}

// An older snapshot would leave rows of others in the copy.
TEST_P(UnpartitionTableTest, AnOlderSnapshotTruncatesNoPartition) {
  Start();
  db_->Exec("ALTER TABLE notes DROP CONSTRAINT of_t");
  EXPECT_THAT(db_->app().ErrorOf("BEGIN ISOLATION LEVEL REPEATABLE READ; "
                                 "TRUNCATE t_2025"),
              HasSubstr("READ COMMITTED transaction only"));
  db_->Exec("ROLLBACK");
}

// What comes after the snapshot goes as well, and the copy does not keep it.
TEST_P(UnpartitionTableTest, AnOlderSnapshotTruncatesTheTable) {
  Start();
  const auto older = db_->NewClient();
  older->Query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM seen");
  db_->Exec("INSERT INTO t (at, v) VALUES ('2025-07-07', 1)");
  older->Query("TRUNCATE t CASCADE; COMMIT");
  EXPECT_EQ(One("SELECT count(*) FROM _segue_new_t"), "0");
  db_->Exec("INSERT INTO t (at, v) VALUES ('2026-07-07', 1)");
  EXPECT_EQ(One(kCopied), One(kRows));
  Complete();
}

TEST_P(UnpartitionTableTest, OtherPartitionsRefuseTheContract) {
  db_->Exec("DROP TABLE notes");
  Start();
  db_->Exec(
      "CREATE TABLE t_2027 PARTITION OF t FOR VALUES FROM ('2027-01-01') TO "
      "('2028-01-01')");
  EXPECT_THAT(Refusal(),
              HasSubstr("partition t_2027 of public.t is not as it was"));
  db_->Exec("DROP TABLE t_2027; ALTER TABLE t DETACH PARTITION t_2025");
  EXPECT_THAT(Refusal(), HasSubstr("a partition that is gone of public.t"));
  // It comes back with other values, and with triggers of its own.
  db_->Exec(
      "UPDATE t_2025 SET v = v + 1; ALTER TABLE t ATTACH PARTITION t_2025 FOR "
      "VALUES FROM ('2025-01-01') TO ('2026-01-01')");
  EXPECT_THAT(Refusal(),
              HasSubstr("partition t_2025 of public.t is not as it was"));
  Migrator(*database_, {}).Rollback();
  EXPECT_EQ(One(kTriggers), "0");
  Start();
  Complete();
  EXPECT_EQ(One("SELECT relkind FROM pg_class WHERE oid = 't'::regclass"), "r");
}

TEST_P(UnpartitionTableTest, ADetachedPartitionKeepsNothingAfterARollback) {
  Start();
  db_->Exec(
      "ALTER TABLE notes DROP CONSTRAINT of_t; ALTER TABLE t DETACH "
      "PARTITION t_2025; TRUNCATE t_2025");
  Migrator(*database_, {}).Rollback();
  EXPECT_EQ(One(kTriggers), "0");
}

// What a partition gets for itself meanwhile would go with it.
TEST_P(UnpartitionTableTest, WhatAPartitionGetsMeanwhileIsNotLost) {
  Start();
  db_->Exec("CREATE INDEX own ON t_2025 (account)");
  EXPECT_THAT(Refusal(), HasSubstr("partition public.t_2025 has index own"));
  db_->Exec("DROP INDEX own; GRANT SELECT ON t_rest TO part_reader");
  EXPECT_THAT(Refusal(),
              HasSubstr("partition public.t_rest has privilege SELECT of "
                        "part_reader"));
  db_->Exec(
      "REVOKE SELECT ON t_rest FROM part_reader; CREATE VIEW low AS "
      "SELECT id FROM \"t 2026\"");
  EXPECT_THAT(Refusal(), HasSubstr("on view public.low"));
  db_->Exec("DROP VIEW low; CREATE PUBLICATION one FOR TABLE t_rest");
  EXPECT_THAT(Refusal(), HasSubstr("publication one for itself"));
  db_->Exec("DROP PUBLICATION one");
  Complete();
}

TEST_P(UnpartitionTableTest, ThereAndBackIsWhatItWas) {
  Migration back("back", "");
  back.access = Access::kInPlace;
  back.UnpartitionTable("t");
  Migration there("there", "");
  there.access = Access::kInPlace;
  there.PartitionTable("t",
                       {.method = PartitionSpec::Method::kRange,
                        .key = {"at"},
                        .parts = {{"t_2025", {"2025-01-01"}, {"2026-01-01"}},
                                  {"t_2026", {"2026-01-01"}, {"2027-01-01"}}},
                        .default_part = "t_rest"});
  db_->Exec("ALTER TABLE notes DROP CONSTRAINT of_t");
  Migrator migrator(*database_, {});
  migrator.Start(back);
  migrator.Complete();
  const std::string plain = db_->Dump();
  migrator.Start(there);
  migrator.Complete();
  back.id = "again";
  migrator.Start(back);
  migrator.Complete();
  EXPECT_EQ(db_->Dump(), plain);
}

INSTANTIATE_TEST_SUITE_P(Both, UnpartitionTableTest,
                         ::testing::Values(Access::kInPlace,
                                           Access::kVersioned),
                         [](const auto& way) {
                           return std::string(ToString(way.param));
                         });

}  // namespace
}  // namespace segue::test
