// The dual writes on PostgreSQL: versions, bytes, other triggers, other roles.
#include <gmock/gmock.h>

#include "segue/error.h"
#include "tests/conformance/sync_fixture.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"

namespace segue::test {
namespace {

class PostgresSyncTest : public SyncTest {
 protected:
  // A client of the version published in `schema` (quotes doubled).
  std::unique_ptr<Client> ClientOf(const std::string& schema) {
    std::unique_ptr<Client> client = db().NewClient();
    client->Query("SET search_path = \"" + schema + "\", public");
    return client;
  }
  // A copy with a default on each side, published as `version`.
  void InstallVersioned(const std::string& version, const std::string& quoted) {
    MotionSpec spec;
    spec.up = "lower(o)";
    spec.down = "upper(n)";
    spec.new_default = "'new'";
    spec.new_versions = {version};
    Install(
        "CREATE TABLE t(id integer PRIMARY KEY, o text DEFAULT 'Old');"
        "CREATE SCHEMA \"" +
            quoted + "\"",
        spec);
  }
};

TEST_P(PostgresSyncTest, TheVersionBreaksTheTieOfAnInsert) {
  InstallVersioned("public_02_x", "public_02_x");
  db().Exec("INSERT INTO t(id) VALUES (1)");
  EXPECT_EQ(Row(1), "Old|old|1\n");
  ClientOf("public_02_x")->Query("INSERT INTO t(id) VALUES (2)");
  EXPECT_EQ(Row(2), "NEW|new|2\n");
  // Another schema first: not a version of this migration.
  db().Exec("CREATE SCHEMA public_01_y");
  ClientOf("public_01_y")->Query("INSERT INTO t(id) VALUES (3)");
  EXPECT_EQ(Row(3), "Old|old|1\n");
}

TEST_P(PostgresSyncTest, TheVersionsNameMayNeedQuotes) {
  InstallVersioned("public_02 X\"y", "public_02 X\"\"y");
  ClientOf("public_02 X\"\"y")->Query("INSERT INTO t(id) VALUES (2)");
  EXPECT_EQ(Row(2), "NEW|new|2\n");
}

TEST_P(PostgresSyncTest, TheVersionNeverOutranksWhatChanged) {
  InstallVersioned("public_02_x", "public_02_x");
  std::unique_ptr<Client> fresh = ClientOf("public_02_x");
  fresh->Query("INSERT INTO public.t(id, o) VALUES (1, 'A')");
  EXPECT_EQ(Row(1), "A|a|1\n");
  fresh->Query("UPDATE public.t SET o = 'B' WHERE id = 1");
  EXPECT_EQ(Row(1), "B|b|1\n");
  fresh->Query("INSERT INTO public.t(id, n) VALUES (2, 'c')");
  EXPECT_EQ(Row(2), "C|c|2\n");
  db().Exec("INSERT INTO t(id, n) VALUES (3, 'd')");
  EXPECT_EQ(Row(3), "D|d|2\n");
}

TEST_P(PostgresSyncTest, FollowsForeignKeyCascades) {
  db().Exec(
      "CREATE TABLE p(code text PRIMARY KEY);"
      "INSERT INTO p VALUES ('A'), ('B')");
  MotionSpec spec;
  spec.up = "lower(o)";
  spec.new_versions = {"public_02_x"};
  Install(
      "CREATE SCHEMA public_02_x;"
      "CREATE TABLE t(id integer PRIMARY KEY, o text REFERENCES p "
      "ON UPDATE CASCADE ON DELETE SET NULL);"
      "INSERT INTO t VALUES (1, 'A'), (2, 'B')",
      spec)
      .Fill();
  std::unique_ptr<Client> fresh = ClientOf("public_02_x");
  fresh->Query("UPDATE p SET code = 'AA' WHERE code = 'A'");
  EXPECT_EQ(Row(1), "AA|aa|1\n");
  fresh->Query("DELETE FROM p WHERE code = 'B'");
  EXPECT_EQ(Row(2), "NULL|NULL|1\n");
}

TEST_P(PostgresSyncTest, ComparesBytesNotValues) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o numeric);"
      "INSERT INTO t VALUES (1, 1.0)",
      {})
      .Fill();
  db().Exec("UPDATE t SET o = 1.00");
  EXPECT_EQ(Row(1), "1.00|1.00|1\n");
  db().Exec("UPDATE t SET n = 1.000");
  EXPECT_EQ(Row(1), "1.000|1.000|2\n");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(PostgresSyncTest, ComparesBytesNotCollations) {
  Install(
      "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', "
      "deterministic = false);"
      "CREATE TABLE t(id integer PRIMARY KEY, o text COLLATE ci);"
      "INSERT INTO t VALUES (1, 'abc')",
      {})
      .Fill();
  db().Exec("UPDATE t SET o = 'ABC'");
  EXPECT_EQ(Row(1), "ABC|ABC|1\n");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(PostgresSyncTest, MovesTypesWithoutEquality) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o json);"
      "INSERT INTO t VALUES (1, '{\"a\": 1}')",
      {})
      .Fill();
  db().Exec("UPDATE t SET o = '{\"a\":  1}'");
  EXPECT_EQ(Row(1), "{\"a\":  1}|{\"a\":  1}|1\n");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(PostgresSyncTest, SeesWhatTheUsersTriggersSet) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, other text);"
      "CREATE FUNCTION derive() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN NEW.o := upper(NEW.other); RETURN NEW; END $$;"
      "CREATE TRIGGER zzz_last BEFORE INSERT OR UPDATE ON t FOR EACH ROW "
      "EXECUTE FUNCTION derive()");
  Install("INSERT INTO t VALUES (1, NULL, 'a')", Lossy()).Fill();
  db().Exec("UPDATE t SET other = 'b'");
  EXPECT_EQ(Row(1), "B|b|1\n");
  db().Exec("INSERT INTO t(id, other) VALUES (2, 'c')");
  EXPECT_EQ(Row(2), "C|c|1\n");
}

TEST_P(PostgresSyncTest, TakesPartInCopy) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)", Lossy());
  Command command;
  command.argv = {PostgresServer::ClientFolder() + "/psql",
                  "-X",
                  "-q",
                  "-v",
                  "ON_ERROR_STOP=1",
                  "-d",
                  db().Url(),
                  "-c",
                  "COPY t(id, o) FROM STDIN"};
  command.input = "1\tABC\n2\t\\N\n";
  OutputOf(command);
  command.argv.back() = "COPY t(id, n) FROM STDIN";
  command.input = "3\tNew\n";
  OutputOf(command);
  EXPECT_EQ(AllRows(), "1|ABC|abc|1\n2|NULL|NULL|1\n3|New|New|2\n");
}

TEST_P(PostgresSyncTest, DoesNotDependOnTheClientsSettings) {
  MotionSpec spec;
  spec.new_type = "timestamptz";
  spec.up = "o::timestamptz";
  spec.down = "n::timestamp";
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o timestamp);"
      "INSERT INTO t VALUES (1, '2026-01-01 12:00')",
      spec)
      .Fill();
  std::unique_ptr<Client> client = db().NewClient();
  client->Query(
      "SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German';"
      "SET search_path = pg_catalog");
  client->Query("INSERT INTO public.t(id, o) VALUES (2, '2026-01-01 12:00')");
  client->Query(
      "INSERT INTO public.t(id, n) VALUES "
      "(3, '2026-01-01 12:00+00')");
  EXPECT_EQ(*db().app().One("SELECT count(DISTINCT (o, n)) FROM t"), "1");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(PostgresSyncTest, WorksForARoleThatMayOnlyWriteTheTable) {
  db().Exec(
      "DROP ROLE IF EXISTS segue_app; CREATE ROLE segue_app;"
      "CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL DEFAULT "
      "'Dflt', other integer); GRANT SELECT, INSERT, UPDATE, DELETE ON t "
      "TO segue_app");
  MotionSpec spec = Lossy();
  spec.new_versions = {"public_02_x"};
  Install("INSERT INTO t VALUES (1, 'ABC')", spec);
  std::unique_ptr<Client> client = db().NewClient();
  client->Query("SET ROLE segue_app");
  client->Query("UPDATE t SET o = 'X' WHERE id = 1");
  client->Query("INSERT INTO t(id) VALUES (2)");
  client->Query("INSERT INTO t(id, n) VALUES (3, 'n')");
  EXPECT_EQ(AllRows(), "1|X|x|1\n2|Dflt|dflt|1\n3|n|n|2\n");
  client.reset();
  db().Exec("DROP OWNED BY segue_app; DROP ROLE segue_app");
}

TEST_P(PostgresSyncTest, FollowsRowsAcrossPartitions) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text) "
      "PARTITION BY RANGE (id);"
      "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (100);"
      "CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (100) TO (200);"
      "INSERT INTO t VALUES (1, 'A'), (2, 'B'), (101, 'C')");
  Install("SELECT 1", Lossy());
  db().Exec("UPDATE t SET id = 111 WHERE id = 1");
  db().Exec("UPDATE t SET o = 'CC' WHERE id = 101");
  db().Exec("INSERT INTO t(id, n) VALUES (5, 'n')");
  bed().Fill();
  EXPECT_EQ(ToLines(db().Query("SELECT id, o, n FROM t ORDER BY id")),
            "2|B|b\n5|n|n\n101|CC|cc\n111|A|a\n");
  EXPECT_EQ(bed().CountLeft(), 0);
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(PostgresSyncTest, ReadsGeneratedColumnsRight) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o integer, g integer "
      "GENERATED ALWAYS AS (o * 2) STORED)");
  MotionSpec spec;
  spec.up = "g + 1";
  spec.writes_back = false;
  try {
    Install("SELECT 1", spec);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
    return;
  }
  db().Exec("INSERT INTO t(id, o) VALUES (1, 5)");
  EXPECT_EQ(Row(1), "5|11|1\n");
  db().Exec("UPDATE t SET o = 6");
  EXPECT_EQ(Row(1), "6|13|1\n");
}

TEST_P(PostgresSyncTest, FiresForSubscribersOfLogicalReplication) {
  Install(kPlainTable, Lossy());
  // As the apply worker does.
  db().Exec(
      "SET session_replication_role = replica;"
      "UPDATE t SET o = 'R' WHERE id = 1;"
      "SET session_replication_role = origin");
  bed().Fill();
  EXPECT_EQ(*db().app().One("SELECT n FROM t WHERE id = 1"), "r");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(PostgresSyncTest, CannotBeSilencedByAClientsSearchPath) {
  Install(kPlainTable, Lossy());
  std::unique_ptr<Client> client = db().NewClient();
  client->Query(
      "CREATE SCHEMA mine; CREATE FUNCTION mine.lower(text) RETURNS "
      "text LANGUAGE sql AS $$ SELECT 'stolen' $$;"
      "SET search_path = mine, pg_catalog, public");
  client->Query("UPDATE public.t SET o = 'X' WHERE id = 1");
  EXPECT_EQ(Row(1), "X|x|1\n");
}

TEST_P(PostgresSyncTest, WritesOfOtherColumnsDoNotCallTheNarrowTrigger) {
  Install(kPlainTable, Lossy()).Fill();
  bed().Narrow();
  std::unique_ptr<Client> client = db().NewClient();
  client->Query("SET track_functions = 'pl'");
  const auto calls = [&] {
    return *client->One(
        "SELECT coalesce(max(pg_stat_get_xact_function_calls(oid)), 0) FROM "
        "pg_proc WHERE proname = 'sync_public.m1'");
  };
  client->Query("BEGIN");
  client->Query("UPDATE t SET other = 1");
  EXPECT_EQ(calls(), "0");
  client->Query("UPDATE t SET o = 'X' WHERE id = 1");
  EXPECT_EQ(calls(), "1");
  client->Query("COMMIT");
  EXPECT_EQ(Row(1), "X|x|1\n");
}

TEST_P(PostgresSyncTest, TheNarrowTriggerFollowsWhatASessionNamesIndirectly) {
  db().Exec(
      "CREATE TABLE p(code text PRIMARY KEY); INSERT INTO p VALUES ('A')");
  MotionSpec spec = Lossy();
  spec.new_versions = {"public_02_x"};
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text REFERENCES p ON UPDATE "
      "CASCADE, other integer); INSERT INTO t VALUES (1, 'A', 0);"
      "CREATE SCHEMA public_02_x;",
      spec)
      .Fill();
  bed().Narrow();
  db().Exec("UPDATE p SET code = 'B'");
  EXPECT_EQ(Row(1), "B|b|1\n");
  db().Exec("CREATE VIEW public_02_x.t AS SELECT id, n AS o FROM public.t");
  db().Exec("UPDATE public_02_x.t SET o = 'b'");
  EXPECT_EQ(Row(1), "B|b|1\n");
  db().Exec("INSERT INTO p VALUES ('n'); UPDATE public_02_x.t SET o = 'n'");
  EXPECT_EQ(Row(1), "n|n|2\n");
}

TEST_P(PostgresSyncTest, TheNarrowTriggerKnowsTheColumnsOfExpressions) {
  MotionSpec spec;
  spec.up = "o || other";
  spec.down = "left(n, -1)";
  Install(kPlainTable, spec).Fill();
  bed().Narrow();
  db().Exec("UPDATE t SET other = 7 WHERE id = 1");
  EXPECT_EQ(Row(1), "ABC|ABC7|1\n");
}

TEST_P(PostgresSyncTest, MergeAndUpdateFromAreWritesToo) {
  SEGUE_SKIP_BEFORE(15);  // MERGE
  Install(kPlainTable, Lossy());
  db().Exec(
      "UPDATE t SET o = v.o FROM (VALUES (1, 'F')) v(id, o) "
      "WHERE t.id = v.id");
  db().Exec(
      "MERGE INTO t USING (VALUES (2, 'M'), (3, 'N')) v(id, o) "
      "ON t.id = v.id WHEN MATCHED THEN UPDATE SET n = v.o "
      "WHEN NOT MATCHED THEN INSERT (id, o) VALUES (v.id, v.o)");
  EXPECT_EQ(AllRows(), "1|F|f|1\n2|M|M|2\n3|N|n|1\n");
}

SEGUE_INSTANTIATE_ON(PostgresSyncTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
