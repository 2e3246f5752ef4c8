// A table with everything that a rebuild carries, beside one that nobody has
// touched: the whole catalogue is compared, by another way than segue's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/undo.h"
#include "tests/support/beside_plain.h"
#include "tests/support/postgres_server.h"
#include "tests/support/test_database.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSetup = R"sql(
SET client_min_messages = error;
DO $$ BEGIN CREATE ROLE rebuild_reader;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE rebuild_owner;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE parent (id integer PRIMARY KEY);
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START 10 CYCLE)
    PRIMARY KEY, s serial, name text COLLATE "C" NOT NULL DEFAULT 'x',
  "odd 'n%me" text DEFAULT 'a%b', p integer REFERENCES parent ON DELETE CASCADE,
  up bigint REFERENCES t, v numeric(10, 2) CHECK (v > 0),
  g text GENERATED ALWAYS AS (upper(name)) STORED, r int4range,
  CONSTRAINT apart EXCLUDE USING gist (r WITH &&), UNIQUE (s))
  WITH (fillfactor = 80, autovacuum_enabled = false,
    toast.autovacuum_enabled = false);
ALTER TABLE t ALTER name SET STATISTICS 77, ALTER name SET STORAGE EXTERNAL,
  ALTER v SET (n_distinct = 5);
CREATE INDEX t_name ON t (lower(name) text_pattern_ops DESC) WHERE v > 1;
ALTER INDEX t_name ALTER COLUMN 1 SET STATISTICS 99;
CREATE UNIQUE INDEX t_u ON t (name, s) INCLUDE (v);
CREATE INDEX "t odd" ON t ("odd 'n%me" NULLS FIRST);
ALTER TABLE t CLUSTER ON t_u;
ALTER TABLE t REPLICA IDENTITY USING INDEX t_s_key;
CREATE TABLE child (id integer PRIMARY KEY, t bigint
  CONSTRAINT of_t REFERENCES t ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
CREATE VIEW v AS SELECT id, name FROM t WHERE v > 0;
CREATE VIEW vv AS SELECT t.*, v.name AS n2 FROM t JOIN v USING (id);
CREATE VIEW vg AS SELECT id, name, count(*) FROM t GROUP BY id;
CREATE VIEW vo WITH (security_barrier, check_option = local) AS
  SELECT * FROM t;
CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE UPDATE OF name ON t FOR EACH ROW WHEN (NEW.v > 1)
  EXECUTE FUNCTION pass();
ALTER TABLE t ENABLE ALWAYS TRIGGER tr;
CREATE TRIGGER off AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION pass();
ALTER TABLE t DISABLE TRIGGER off;
CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON t DEFERRABLE FOR EACH ROW
  EXECUTE FUNCTION pass();
CREATE POLICY po ON t AS RESTRICTIVE FOR UPDATE TO rebuild_reader
  USING (v > 0) WITH CHECK (v < 100);
CREATE POLICY po2 ON t USING (id IN (SELECT id FROM parent));
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE STATISTICS st (dependencies) ON name, v FROM t;
ALTER STATISTICS st SET STATISTICS 55;
CREATE PUBLICATION pub FOR TABLE t WITH (publish = 'insert');
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO rebuild_reader;
ALTER DEFAULT PRIVILEGES GRANT UPDATE ON SEQUENCES TO rebuild_reader;
ALTER TABLE t OWNER TO rebuild_owner;
GRANT CREATE ON SCHEMA public TO rebuild_owner;
GRANT SELECT, INSERT ON t TO rebuild_reader WITH GRANT OPTION;
GRANT UPDATE (name) ON t TO rebuild_reader;
GRANT SELECT (id) ON t TO PUBLIC;
REVOKE DELETE ON t FROM rebuild_owner;
GRANT USAGE ON SEQUENCE t_id_seq TO rebuild_reader;
GRANT SELECT ON v TO rebuild_reader;
COMMENT ON TABLE t IS 'the t';
COMMENT ON COLUMN t.name IS 'na''me';
COMMENT ON CONSTRAINT t_pkey ON t IS 'pk';
COMMENT ON CONSTRAINT t_v_check ON t IS 'positive';
COMMENT ON INDEX t_name IS 'ix';
COMMENT ON TRIGGER tr ON t IS 'trg';
COMMENT ON POLICY po ON t IS 'pol';
COMMENT ON STATISTICS st IS 'sst';
COMMENT ON SEQUENCE t_id_seq IS 'sq';
COMMENT ON CONSTRAINT of_t ON child IS 'cfk';
INSERT INTO parent SELECT generate_series(1, 5);
INSERT INTO t (name, p, v, r) SELECT 'n' || i, 1 + i % 5, i,
  int4range(i * 10, i * 10 + 5) FROM generate_series(1, 100) i;
INSERT INTO child SELECT i, i FROM generate_series(10, 50) i;
)sql";

class RebuildTableTest : public ::testing::TestWithParam<Access> {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed()); }
};

TEST_P(RebuildTableTest, NothingOfTheCatalogueIsLost) {
  BesidePlain beside(PostgresServer::Shared(), kSetup, true);
  const Verdict verdict =
      beside.Try({"  - rebuild_table: {table: t}\n", "SELECT 1"}, GetParam());
  // The table has row security, which views of older servers bypass.
  const bool bypasses = PostgresServer::Shared().version() < 15;
  if (bypasses && GetParam() == Access::kVersioned) {
    EXPECT_THAT(verdict.refused, HasSubstr("row security"));
    return;
  }
  EXPECT_EQ(verdict.refused, "");
  EXPECT_EQ(base::Join(verdict.differences, "\n"), "");
  EXPECT_TRUE(verdict.rolled_back);
}

INSTANTIATE_TEST_SUITE_P(Both, RebuildTableTest,
                         ::testing::Values(Access::kInPlace,
                                           Access::kVersioned),
                         [](const auto& way) {
                           return std::string(ToString(way.param));
                         });

class RebuildTableUndoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    db_ = PostgresTestbed().fresh();
    db_->Exec(kSetup);
    before_ = db_->Dump();
    database_.emplace(db_->Open());
    Migrator migrator(*database_, {});
    migration_.RebuildTable("t", {.storage_parameters = "fillfactor = 50"});
    migration_.undo_window = std::chrono::hours(1);
    migrator.Start(migration_);
  }
  void Complete() { Migrator(*database_, {}).Complete(); }
  void Undo() { UndoWindow(*database_, {}).Undo(); }
  std::string One(const std::string& sql) { return *db_->app().One(sql); }

  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
  Migration migration_{"m", ""};
  std::string before_;
};

TEST_F(RebuildTableUndoTest, TheTableAsItWasHasWhatWasWrittenSince) {
  Complete();
  db_->Exec("INSERT INTO t (name, v) VALUES ('late', 7)");
  db_->Exec(
      "DELETE FROM t WHERE name = 'n2'; UPDATE t SET v = 8 WHERE id = 12");
  const std::string rows =
      One("SELECT md5(string_agg(t::text, ',' ORDER BY "
          "id)) FROM t");
  EXPECT_EQ(One("SELECT count(*) FROM pg_class WHERE relname = 't' AND "
                "'fillfactor=50' = ANY (reloptions)"),
            "1");
  Undo();
  EXPECT_EQ(One("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t"),
            rows);
  EXPECT_EQ(One("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"),
            "0");
  db_->Exec("INSERT INTO t (name, v) VALUES ('later', 9)");
  Complete();
  EXPECT_EQ(One("SELECT count(*) FROM t WHERE name LIKE 'late%'"), "2");
  Undo();
  Migrator(*database_, {}).Rollback();
  EXPECT_EQ(db_->Dump(), before_);
}

// What only the new table has would be lost with an undo.
TEST_F(RebuildTableUndoTest, AnUndoLosesNoIndexOfOthers) {
  Complete();
  db_->Exec("CREATE INDEX fresh ON t (v)");
  EXPECT_THAT(ThrownBy([&] { Undo(); }).what(), HasSubstr("index fresh"));
  db_->Exec("INSERT INTO t (name, v) VALUES ('late', 7)");
  db_->Exec("DROP INDEX fresh");
  Undo();
  EXPECT_EQ(One("SELECT count(*) FROM t WHERE name = 'late'"), "1");
}

TEST_F(RebuildTableUndoTest, TheContractLosesNothingOfOthers) {
  db_->Exec("CREATE INDEX fresh ON t (v)");
  EXPECT_THAT(ThrownBy([&] { Complete(); }).what(), HasSubstr("index fresh"));
  db_->Exec("DROP INDEX fresh; ALTER TABLE t ADD COLUMN more text");
  EXPECT_THAT(ThrownBy([&] { Complete(); }).what(), HasSubstr("column more"));
  db_->Exec("ALTER TABLE t DROP COLUMN more");
  db_->Exec(
      "CREATE TRIGGER more AFTER UPDATE ON t FOR EACH ROW EXECUTE "
      "FUNCTION pass(); GRANT DELETE ON t TO rebuild_reader; COMMENT ON "
      "TABLE t IS 'other words'; CREATE VIEW more AS SELECT v FROM t");
  Complete();
  EXPECT_EQ(One("SELECT count(*) FROM pg_trigger WHERE tgname = 'more' AND "
                "tgrelid = 't'::regclass"),
            "1");
  EXPECT_EQ(One("SELECT has_table_privilege('rebuild_reader', 't', 'DELETE')"),
            "t");
  EXPECT_EQ(One("SELECT obj_description('t'::regclass)"), "other words");
  EXPECT_EQ(One("SELECT count(*) FROM more"), One("SELECT count(*) FROM t"));
}

// Such a transaction would find the new table empty.
TEST_F(RebuildTableUndoTest, ASnapshotThatIsOlderThanTheCopyIsWaitedFor) {
  db_ = PostgresTestbed().fresh();
  db_->Exec(
      "CREATE TABLE u (id integer PRIMARY KEY); INSERT INTO u VALUES (1)");
  Database database = db_->Open();
  std::unique_ptr<Client> reader = db_->NewClient();
  reader->Query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader->Query("SELECT 1");
  Migration migration("m", "");
  migration.RebuildTable("u");
  MigratorOptions options;
  options.lock_patience = std::chrono::seconds(2);
  Migrator migrator(database, options);
  migrator.Start(migration);
  // The gate, which sees such a session too, can be overridden.
  EXPECT_THAT(ThrownBy([&] { migrator.Complete(false, "a test"); }).what(),
              HasSubstr("is older than the copy"));
  EXPECT_EQ(*reader->One("SELECT count(*) FROM u"), "1");
  reader->Query("COMMIT");
  migrator.Complete();
  EXPECT_EQ(One("SELECT count(*) FROM u"), "1");
}

}  // namespace
}  // namespace segue::test
