// The undo window of a table that is divided into partitions, or united: what
// it was follows each write of what it has become.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/partitions.h"
#include "segue/undo.h"
#include "tests/support/test_database.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

// All that a table may have which a partitioned one may have, too.
constexpr const char* kAround = R"sql(
SET client_min_messages = error;
DO $$ BEGIN CREATE ROLE part_reader;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE accounts (id integer PRIMARY KEY);
INSERT INTO accounts SELECT generate_series(1, 5);
CREATE TABLE seen (id bigint);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO seen VALUES (NEW.id); RETURN NEW; END';
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, s serial,
  at date NOT NULL, "odd 'n%me" text DEFAULT 'a%b',
  account integer CONSTRAINT of_account REFERENCES accounts ON DELETE CASCADE,
  v numeric(10, 2) CHECK (v > 0),
  g numeric GENERATED ALWAYS AS (v * 2) STORED, PRIMARY KEY (@KEY@)) @HOW@;
ALTER TABLE t ALTER v SET STATISTICS 77, ALTER v SET (n_distinct = 5);
CREATE UNIQUE INDEX "t odd" ON t (lower("odd 'n%me") DESC, @KEY@) WHERE v > 1;
CREATE INDEX t_v ON t (v) INCLUDE (at) WITH (fillfactor = 60);
CREATE STATISTICS st (dependencies) ON account, v FROM t;
CREATE VIEW cheap AS SELECT id, v FROM t WHERE v < 100;
CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW WHEN (NEW.v > 1)
  EXECUTE FUNCTION note();
CREATE POLICY po ON t FOR SELECT TO part_reader USING (v > 50);
GRANT SELECT ON t TO part_reader WITH GRANT OPTION;  GRANT UPDATE (v) ON t TO part_reader;
GRANT USAGE ON SEQUENCE t_id_seq TO part_reader;
COMMENT ON TABLE t IS 'the t';
COMMENT ON COLUMN t.v IS 'val''ue';
COMMENT ON INDEX t_v IS 'ix';
COMMENT ON CONSTRAINT t_pkey ON t IS 'pk';
COMMENT ON TRIGGER tr ON t IS 'trg';  COMMENT ON POLICY po ON t IS 'pol';
COMMENT ON SEQUENCE t_id_seq IS 'sq';
INSERT INTO t (at, account, v) SELECT date '2025-01-01' + i, 1 + i % 5, i
  FROM generate_series(1, 600) i;
)sql";

constexpr const char* kParts = R"sql(
CREATE TABLE t_2025 PARTITION OF t FOR VALUES FROM ('2025-01-01') TO
  ('2026-01-01');
CREATE TABLE "t 2026" PARTITION OF t FOR VALUES FROM ('2026-01-01') TO
  ('2027-01-01');
CREATE TABLE t_rest PARTITION OF t DEFAULT;
)sql";

constexpr const char* kRows =
    "SELECT md5(string_agg(t::text, ',' ORDER BY id, at)) FROM t";
constexpr const char* kRowsAside =
    "SELECT md5(string_agg(t::text, ',' ORDER BY id, at)) FROM _segue_old_t t";
constexpr const char* kKind =
    "SELECT relkind FROM pg_class WHERE oid = 't'::regclass";

std::string TableWith(const std::string& key, const std::string& how) {
  std::string sql = kAround;
  for (const auto& [mark, text] :
       {std::pair<std::string, std::string>{"@KEY@", key}, {"@HOW@", how}}) {
    for (auto at = sql.find(mark); at != std::string::npos;
         at = sql.find(mark, at + text.size())) {
      sql.replace(at, mark.size(), text);
    }
  }
  // The rows come when there is a partition for them.
  if (!how.empty()) sql.insert(sql.find("ALTER TABLE t "), kParts);
  return sql;
}

PartitionSpec ByYear() {
  return {.method = PartitionSpec::Method::kRange,
          .key = {"at"},
          .parts = {{"t_2025", {"2025-01-01"}, {"2026-01-01"}},
                    {"t_2026", {"2026-01-01"}, {"2027-01-01"}}},
          .default_part = "t_rest"};
}

PartitionSpec ByHash() {
  return {.method = PartitionSpec::Method::kHash,
          .key = {"id"},
          .parts = {{"t_0", {}, {}}, {"t_1", {}, {}}, {"t_2", {}, {}}}};
}

// One table, and how it is divided or united.
struct Way {
  const char* name;
  std::string setup;
  std::optional<PartitionSpec> how;  // nullopt: united
};

std::vector<Way> Ways() {
  // Nobody gets these rights to what segue makes.
  const std::string rights =
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO part_reader;";
  return {{"Divided", TableWith("id", "") + rights, ByYear()},
          {"DividedByItsKey", TableWith("id, at", ""), ByYear()},
          {"DividedByHash",
           TableWith("id", "") +
               "CREATE TABLE notes (id bigint CONSTRAINT of_t REFERENCES t ON "
               "DELETE CASCADE); INSERT INTO notes SELECT id FROM t WHERE id % "
               "10 = 0;",
           ByHash()},
          {"United",
           TableWith("id, at", "PARTITION BY RANGE (at)") +
               "CREATE TABLE notes (id bigint, at date, CONSTRAINT of_t "
               "FOREIGN KEY (id, at) REFERENCES t ON DELETE CASCADE ON UPDATE "
               "CASCADE); INSERT "
               "INTO notes SELECT id, at FROM t WHERE id % 10 = 0; "
               "CREATE PUBLICATION pub FOR TABLE t WITH "
               "(publish_via_partition_root);",
           std::nullopt}};
}

using Param = std::tuple<int, Access>;

class PartitionUndoTest : public ::testing::TestWithParam<Param> {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    way_ = Ways()[static_cast<std::size_t>(std::get<0>(GetParam()))];
    db_ = PostgresTestbed().fresh();
    db_->Exec(way_.setup);
    before_ = db_->Dump();
    database_.emplace(db_->Open());
  }
  void Start() {
    Migration migration("m", "");
    migration.access = std::get<1>(GetParam());
    migration.undo_window = std::chrono::hours(1);
    if (way_.how) {
      migration.PartitionTable("t", *way_.how);
    } else {
      migration.UnpartitionTable("t");
    }
    Migrator(*database_, {}).Start(migration);
  }
  void Complete() { Migrator(*database_, {}).Complete(); }
  void Undo() { UndoWindow(*database_, {}).Undo(); }
  void Drop() { UndoWindow(*database_, {}).Drop(); }
  void Rollback() { Migrator(*database_, {}).Rollback(); }
  std::string One(const std::string& sql) { return *db_->app().One(sql); }
  // How the table is stored before the seal, and after it.
  std::string KindBefore() const { return way_.how ? "r" : "p"; }
  std::string KindAfter() const { return way_.how ? "p" : "r"; }

  Way way_{};
  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
  std::string before_;
};

TEST_P(PartitionUndoTest, SealUndoSealUndoRollbackGivesEverythingBack) {
  const std::string rows = One(kRows);
  Start();
  for (int i = 0; i < 2; ++i) {
    Complete();
    EXPECT_EQ(One(kKind), KindAfter());
    Undo();
    EXPECT_EQ(One(kKind), KindBefore());
    EXPECT_EQ(One("SELECT count(*) FROM pg_constraint WHERE NOT convalidated "
                  "AND conparentid = 0"),
              "0");
  }
  Rollback();
  EXPECT_EQ(db_->Dump(), before_);
  EXPECT_EQ(One(kRows), rows);
}

// Every kind of write is in the table that is put aside at once, and back.
TEST_P(PartitionUndoTest, TheTableAsItWasFollowsEachWrite) {
  Start();
  Complete();
  EXPECT_EQ(One(kRowsAside), One(kRows));
  for (const char* write :
       {"UPDATE t SET at = at + 365 WHERE id < 50",
        "DELETE FROM t WHERE id BETWEEN 60 AND 70",
        "INSERT INTO t (id, at, v) OVERRIDING SYSTEM VALUE VALUES (9000, "
        "'2026-01-01', 3)",
        "UPDATE t SET id = DEFAULT, at = at - 1 WHERE id = 9000",
        "UPDATE t SET v = 5 WHERE at > '2026-01-01'",
        "UPDATE t SET s = s + 1, \"odd 'n%me\" = 'x' || id",
        "DELETE FROM accounts WHERE id = 2",
        "INSERT INTO t (at, v) SELECT '2026-07-07', 1 FROM "
        "generate_series(1, 3)",
        "WITH gone AS (DELETE FROM t WHERE id = 90 RETURNING *) INSERT INTO t "
        "(at, v) SELECT at + 400, v FROM gone",
        "TRUNCATE t CASCADE", "INSERT INTO t (at, v) VALUES ('2040-01-01', 4)",
        "INSERT INTO t (at, v) VALUES ('2025-07-07', 1), ('2026-07-07', 1)"}) {
    db_->Exec(write);
    EXPECT_EQ(One(std::string("SELECT coalesce((") + kRowsAside + "), '')"),
              One(std::string("SELECT coalesce((") + kRows + "), '')"))
        << write;
  }
  const std::string rows = One(kRows);
  Undo();
  EXPECT_EQ(One(kRows), rows);
  db_->Exec("INSERT INTO t (at, v) VALUES ('2025-08-08', 7)");
  const std::string more = One(kRows);
  Complete();
  EXPECT_EQ(One(kRows), more);
  Drop();
  EXPECT_EQ(One(kRows), more);
  EXPECT_EQ(One(kKind), KindAfter());
  EXPECT_EQ(One("SELECT count(*) FROM pg_class WHERE relname ~ 'segue' AND "
                "relnamespace = 'public'::regnamespace"),
            "0");
  EXPECT_EQ(One("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '~segue%'"),
            "0");
}

// A session writes rows of its own, and counts what the server has confirmed.
class Writer {
 public:
  Writer(std::unique_ptr<Client> client, int number)
      : client_(std::move(client)), thread_([this, number] {
          try {
            for (int i = 1; !stop_; ++i) Round(number, i);
          } catch (const std::exception& failed) {
            error_ = failed.what();
            failed_ = true;
          }
        }) {}
  ~Writer() { stop_ = true; }

  void Wait(int rounds) const {
    const int from = rounds_;
    while (!failed_ && rounds_ < from + rounds) std::this_thread::yield();
  }
  std::string Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return error_;
  }
  long rows() const { return rows_; }
  long sum() const { return sum_; }

 private:
  void Round(int number, int i) {
    const std::string account = std::to_string(number);
    const std::string n = std::to_string(i);
    client_->Query(
        "INSERT INTO t (at, account, v) VALUES (date '2025-06-01' + " +
        std::to_string(i % 900) + ", " + account + ", " + n + ")");
    rows_ += 1;
    sum_ += i;
    const std::string mine = " WHERE account = " + account + " AND v = " + n;
    if (i % 3 == 0) {
      // Moves it to another partition.
      sum_ += Counted("UPDATE t SET v = v + 1, at = at + 200" + mine);
    }
    if (i % 5 == 0) {
      const long gone = Counted("DELETE FROM t" + mine);
      rows_ -= gone;
      sum_ -= gone * i;
    }
    ++rounds_;
  }

  // Returns how many rows the statement has written.
  long Counted(const std::string& sql) {
    return std::stol(*client_->One("WITH w AS (" + sql +
                                   " RETURNING 1) SELECT count(*) FROM w"));
  }

  std::unique_ptr<Client> client_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> failed_ = false;
  std::atomic<int> rounds_ = 0;
  long rows_ = 0;
  long sum_ = 0;
  std::string error_;
  std::jthread thread_;
};

TEST_P(PartitionUndoTest, NoAcknowledgedWriteIsLost) {
  db_->Exec("ALTER TABLE t DROP CONSTRAINT of_account; DELETE FROM t");
  Writer old(db_->NewClient(), 1001);
  old.Wait(20);
  Start();
  const bool versioned = std::get<1>(GetParam()) == Access::kVersioned;
  Writer fresh(versioned ? db_->NewVersionClient("m") : db_->NewClient(), 1002);
  const auto step = [&](const std::function<void()>& act) {
    old.Wait(30);
    fresh.Wait(30);
    EXPECT_NO_THROW(act());
  };
  step([&] { Complete(); });
  step([&] { Undo(); });
  step([&] { Complete(); });
  step([&] { Undo(); });
  step([&] { Complete(); });
  step([&] { Drop(); });
  old.Wait(30);
  fresh.Wait(30);
  EXPECT_EQ(old.Stop(), "");
  EXPECT_EQ(fresh.Stop(), "");
  EXPECT_EQ(One("SELECT count(*) || ' ' || sum(v)::bigint FROM t WHERE account "
                "= 1001"),
            std::to_string(old.rows()) + " " + std::to_string(old.sum()));
  EXPECT_EQ(One("SELECT count(*) || ' ' || sum(v)::bigint FROM t WHERE account "
                "= 1002"),
            std::to_string(fresh.rows()) + " " + std::to_string(fresh.sum()));
}

// The contract fails when the keys are exchanged and not yet proven, and takes
// itself back.
TEST_P(PartitionUndoTest, KeysThatAreNotProvenComeBack) {
  Start();
  db_->ExecUnseen("UPDATE t SET account = 99 WHERE id = 7");
  db_->ExecUnseen("UPDATE _segue_new_t SET account = 99 WHERE id = 7");
  EXPECT_THAT(ThrownBy([&] { Complete(); }).what(), HasSubstr("of_account"));
  db_->ExecUnseen("UPDATE t SET account = 1 WHERE id = 7");
  db_->Exec("UPDATE t SET account = 3 WHERE id = 7");
  Undo();
  EXPECT_EQ(One(kKind), KindBefore());
  Complete();
  Undo();
  Rollback();
  EXPECT_EQ(db_->Dump(), before_);
}

std::string NameOf(const ::testing::TestParamInfo<Param>& info) {
  const auto at = static_cast<std::size_t>(std::get<0>(info.param));
  return std::string(Ways()[at].name) + "_" +
         std::string(ToString(std::get<1>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(
    All, PartitionUndoTest,
    ::testing::Combine(::testing::Range(0, 4),
                       ::testing::Values(Access::kInPlace, Access::kVersioned)),
    NameOf);

class PartitionUndoOfOneTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    db_ = PostgresTestbed().fresh();
  }
  // Starts and seals.
  void Seal(const std::string& setup, const std::optional<PartitionSpec>& how) {
    db_->Exec(setup);
    database_.emplace(db_->Open());
    Migration migration("m", "");
    migration.access = Access::kInPlace;
    migration.undo_window = std::chrono::hours(1);
    if (how) {
      migration.PartitionTable("t", *how);
    } else {
      migration.UnpartitionTable("t");
    }
    Migrator(*database_, {}).Start(migration);
    Migrator(*database_, {}).Complete();
  }
  std::string UndoRefusal() {
    return ThrownBy([&] { UndoWindow(*database_, {}).Undo(); }).what();
  }
  void Undo() { UndoWindow(*database_, {}).Undo(); }
  std::string One(const std::string& sql) { return *db_->app().One(sql); }

  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
};

// The table as it was could not have two rows with one id, whoever comes first.
TEST_F(PartitionUndoOfOneTest, AKeyHoldsUntilTheDrop) {
  Seal(TableWith("id", ""), ByYear());
  constexpr const char* kSecond =
      "INSERT INTO t (id, at, v) OVERRIDING SYSTEM VALUE VALUES (7, "
      "'2026-05-05', 1)";
  EXPECT_THAT(db_->app().ErrorOf(kSecond), HasSubstr("duplicate key"));
  const auto first = db_->NewClient();
  first->Query(
      "BEGIN; INSERT INTO t (id, at, v) OVERRIDING SYSTEM VALUE VALUES (7000, "
      "'2025-05-05', 1)");
  std::string error;
  std::jthread second([&] {
    error = db_->NewClient()->ErrorOf(
        "INSERT INTO t (id, at, v) OVERRIDING SYSTEM VALUE VALUES (7000, "
        "'2026-05-05', 2)");
  });
  WaitUntil(db_->app(),
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
            "'Lock' AND datname = current_database()",
            "1");
  first->Query("COMMIT");
  second.join();
  EXPECT_THAT(error, HasSubstr("duplicate key"));
  EXPECT_EQ(One(kRowsAside), One(kRows));
  UndoWindow(*database_, {}).Drop();
  db_->Exec(kSecond);
  EXPECT_EQ(One("SELECT count(*) FROM t WHERE id = 7"), "2");
}

TEST_F(PartitionUndoOfOneTest, WhatGoesWithAPartitionRefusesTheUndo) {
  Seal(TableWith("id", ""), ByYear());
  db_->Exec("TRUNCATE t_2025");
  EXPECT_EQ(One(kRowsAside), One(kRows));
  db_->Exec("ALTER TABLE t DETACH PARTITION t_2026");
  EXPECT_THAT(UndoRefusal(),
              HasSubstr("a partition that is gone of public.t is not as it was "
                        "when the contract was sealed"));
  EXPECT_THAT(ThrownBy([&] { UndoWindow(*database_, {}).Drop(); }).what(),
              HasSubstr("does not follow any more"));
  UndoWindow(*database_, {}).Drop("", "its rows are meant to be gone");
  EXPECT_EQ(One("SELECT count(*) FROM t"), One("SELECT count(*) FROM t_rest"));
}

// Empty ones are followed from their first row on.
TEST_F(PartitionUndoOfOneTest, PartitionsThatSegueMakesAheadAreKnown) {
  PartitionSpec how = ByYear();
  how.parts.pop_back();
  Seal(TableWith("id", "") + "DELETE FROM t WHERE at >= '2026-01-01';", how);
  EXPECT_FALSE(Partitions(*database_, {}).Ahead({"t", 2}).empty());
  db_->Exec("INSERT INTO t (at, v) VALUES ('2026-05-05', 7)");
  EXPECT_EQ(One(kRowsAside), One(kRows));
  EXPECT_EQ(One("SELECT count(*) FROM t_p2026"), "1");
  db_->Exec("TRUNCATE t_p2026");
  EXPECT_EQ(One(kRowsAside), One(kRows));
  db_->Exec("ALTER TABLE t DETACH PARTITION t_2025");
  EXPECT_FALSE(Partitions(*database_, {}).Ahead({"t", 3}).empty());
  EXPECT_THAT(UndoRefusal(), HasSubstr("a partition that is gone"));
}

// What only the partitions have would be lost.
TEST_F(PartitionUndoOfOneTest, WhatAPartitionHasForItselfRefusesTheUndo) {
  Seal(TableWith("id", ""), ByYear());
  db_->Exec("CREATE INDEX own ON t_2025 (account)");
  EXPECT_THAT(UndoRefusal(),
              HasSubstr("partition public.t_2025 has index own"));
  db_->Exec("DROP INDEX own; CREATE PUBLICATION pub FOR TABLE t");
  EXPECT_THAT(UndoRefusal(), HasSubstr("publication pub for itself"));
  db_->Exec("DROP PUBLICATION pub; CREATE INDEX fresh ON t (account)");
  EXPECT_THAT(UndoRefusal(), HasSubstr("index fresh"));
  db_->Exec("DROP INDEX fresh; CREATE VIEW more AS SELECT v FROM t");
  Undo();
  EXPECT_EQ(One("SELECT count(*) FROM more"), "600");
}

TEST_F(PartitionUndoOfOneTest, WhatPartitionsCannotHaveRefusesTheUndo) {
  Seal(TableWith("id, at", "PARTITION BY RANGE (at)"), std::nullopt);
  EXPECT_TRUE(db_->app().Fails("SELECT FROM t_2025"));
  db_->Exec("CREATE PUBLICATION pub FOR TABLE t");
  EXPECT_THAT(UndoRefusal(),
              HasSubstr("publication pub would publish its partitions by "
                        "themselves"));
  db_->Exec(
      "DROP PUBLICATION pub; COMMENT ON CONSTRAINT of_account ON t IS 'x'");
  EXPECT_THAT(UndoRefusal(), HasSubstr("of_account"));
  db_->Exec("COMMENT ON CONSTRAINT of_account ON t IS NULL");
  db_->Exec("ALTER TABLE _segue_old_t_2025 RENAME TO other");
  EXPECT_THAT(UndoRefusal(),
              HasSubstr("not those of the start by their names"));
  db_->Exec("ALTER TABLE other RENAME TO _segue_old_t_2025");
  Undo();
  EXPECT_EQ(One("SELECT count(*) FROM t_2025"), "364");
}

// As before the start, and as the table that an undo brings back wants it.
TEST_F(PartitionUndoOfOneTest, ARowThatNoPartitionTakesIsRefusedUntilTheDrop) {
  std::string setup = TableWith("id, at", "PARTITION BY RANGE (at)");
  Seal(setup + "DELETE FROM t_rest; DROP TABLE t_rest;", std::nullopt);
  constexpr const char* kHomeless =
      "INSERT INTO t (at, v) VALUES ('2040-01-01', 4)";
  EXPECT_THAT(db_->app().ErrorOf(kHomeless), HasSubstr("no partition"));
  UndoWindow(*database_, {}).Drop();
  db_->Exec(kHomeless);
}

TEST_F(PartitionUndoOfOneTest, AKeyWithoutAWayBackRefusesThePlan) {
  const std::string refusal =
      ThrownBy([&] {
        Seal(TableWith("id, at", "PARTITION BY RANGE (at)") +
                 "COMMENT ON CONSTRAINT of_account ON t IS 'x';",
             std::nullopt);
      }).what();
  EXPECT_THAT(refusal, HasSubstr("undo_window: foreign key of_account has a "
                                 "comment"));
}

}  // namespace
}  // namespace segue::test
