// The copy of a table on PostgreSQL: other sessions, roles and snapshots.
#include <algorithm>
#include <regex>
#include <thread>

#include "tests/conformance/lock_wait.h"
#include "tests/conformance/table_motion_fixture.h"

namespace segue::test {
namespace {

using ::testing::IsEmpty;

class PostgresTableMotionTest : public TableMotionTest {
 protected:
  // The most rows that a node of the statement's plan gives or leaves out.
  int MostRows(const std::string& sql, const std::vector<db::Value>& range) {
    db::Connection& connection = bed().connection();
    db::Transaction transaction(connection, {db::Purpose::kBackfill, {}});
    static const std::regex kRows(
        "actual rows=([0-9]+)|Rows Removed by [^:]*: ([0-9]+)");
    int most = 0;
    for (const db::Row& row :
         connection
             .Execute("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + sql, range)
             .rows) {
      const std::string line = db::ToText(row[0]);
      std::smatch found;
      if (!std::regex_search(line, found, kRows)) continue;
      most = std::max(most, std::stoi(found[1].matched ? found[1] : found[2]));
    }
    return most;
  }
};

TEST_P(PostgresTableMotionTest, FollowsTruncate) {
  Install(kTables).Fill();
  db().Exec("TRUNCATE t; INSERT INTO t VALUES (2, 'z')");
  EXPECT_EQ(Copy(), "2|z\n");
  ExpectInStep();
}

TEST_P(PostgresTableMotionTest, AKeyIsGivenAwayWithinOneStatement) {
  Install(kTables).Fill();
  db().Exec(
      "WITH d AS (DELETE FROM t WHERE id = 1 RETURNING id) "
      "INSERT INTO t SELECT id, 'again' FROM d");
  ExpectInStep();
  db().Exec(
      "WITH d AS (DELETE FROM t WHERE id = 1 RETURNING 1), "
      "u AS (UPDATE t SET id = 1 WHERE id = 2 AND EXISTS (SELECT FROM d) "
      "RETURNING 1) INSERT INTO t SELECT 2, 'second' FROM u");
  EXPECT_EQ(Copy(), "1|b\n2|second\n3|c\n");
  ExpectInStep();
}

// The trigger of the nested INSERT is over before that of the key's change.
TEST_P(PostgresTableMotionTest, AUserTriggerTakesTheKeyThatWasLeft) {
  Install(std::string(kTables) +
          "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "INSERT INTO t VALUES (OLD.id, OLD.o); RETURN NULL; END $$;"
          "CREATE TRIGGER stay AFTER UPDATE OF id ON t FOR EACH ROW EXECUTE "
          "FUNCTION stay()")
      .Fill();
  db().Exec("UPDATE t SET id = 10 WHERE id = 1");
  EXPECT_EQ(Copy(), "1|a\n2|b\n3|c\n10|a\n");
  ExpectInStep();
}

TEST_P(PostgresTableMotionTest, CopiesIdentitiesAndWhatIsVolatileOnce) {
  db().Exec(
      "CREATE TABLE t(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
      "o text); INSERT INTO t(o) VALUES ('a'), ('b');"
      "CREATE TABLE c(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
      "o text, token uuid, twice text GENERATED ALWAYS AS (o || o) STORED)");
  CopyBed copy(db(), {{"token", "gen_random_uuid()"}, {"twice", "''"}});
  copy.motion().columns[2].value.is_volatile = true;
  copy.Install();
  copy.Fill();
  const std::string tokens =
      ToLines(db().Query("SELECT token FROM c ORDER BY id"));
  db().Exec("UPDATE t SET o = 'x'");
  EXPECT_EQ(ToLines(db().Query("SELECT token FROM c ORDER BY id")), tokens);
  EXPECT_EQ(ToLines(db().Query("SELECT id, o, twice FROM c ORDER BY id")),
            "1|x|xx\n2|x|xx\n");
  EXPECT_THAT(copy.Verify(), IsEmpty());
}

TEST_P(PostgresTableMotionTest, WorksForARoleWithoutRightsOnTheCopy) {
  db().Exec(
      "DROP ROLE IF EXISTS segue_copier; CREATE ROLE segue_copier;" +
      std::string(kTables) +
      "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON t TO segue_copier");
  Install("CREATE SCHEMA other; CREATE TABLE other.c(id integer, o text)",
          {{"o", "lower(o)"}})
      .Fill();
  std::unique_ptr<Client> client = db().NewClient();
  client->Query("SET ROLE segue_copier; SET search_path = other, public");
  client->Query("UPDATE t SET o = 'X', id = 9 WHERE id = 1");
  client->Query("INSERT INTO t VALUES (4, 'D'); DELETE FROM t WHERE id = 2");
  EXPECT_EQ(Copy(), "3|c\n4|d\n9|x\n");
  EXPECT_TRUE(client->Fails("SELECT * FROM public.c"));
  // Nor may it make a trigger of its own of the function.
  client->Query("CREATE TEMP TABLE mine(id integer, o text)");
  EXPECT_TRUE(client->Fails(
      "CREATE TRIGGER x AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION "
      "segue.copy_m1()"));
  client->Query("TRUNCATE t");
  EXPECT_EQ(Copy(), "");
  client.reset();
  db().Exec("DROP OWNED BY segue_copier; DROP ROLE segue_copier");
}

TEST_P(PostgresTableMotionTest, ADeleteThatRacesAChunkLeavesNoGhost) {
  Install(kTables);
  std::unique_ptr<Client> client = db().NewClient();
  bed().connection().Begin({db::Purpose::kBackfill, {}});
  bed().connection().Execute(bed().sql().fill->statement.all);
  std::jthread writer([&] {
    client->Query("DELETE FROM t WHERE id = 1");
    client->Query("UPDATE t SET id = 7 WHERE id = 2");
  });
  WaitForALock(db().app());
  bed().connection().Commit();
  writer.join();
  EXPECT_EQ(Copy(), "3|c\n7|b\n");
  ExpectInStep();
}

// The snapshot of such a session does not show what the chunk brought.
TEST_P(PostgresTableMotionTest, ARepeatableReadLeavesNoGhostEither) {
  Install(kTables);
  std::unique_ptr<Client> client = db().NewClient();
  client->Query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM t");
  bed().FillChunk(1);
  try {
    client->Query("DELETE FROM t WHERE id = 1; COMMIT");
    ADD_FAILURE() << "it was not refused";
  } catch (const ClientError& error) {
    EXPECT_EQ(error.code(), "40001");
  }
  client->Query(
      "ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ; DELETE FROM "
      "t WHERE id IN (1, 2); COMMIT");
  bed().Fill();
  EXPECT_EQ(Copy(), "3|c\n");
  ExpectInStep();
}

TEST_P(PostgresTableMotionTest, AChunkYieldsToARowThatAWriterBrings) {
  Install(kTables);
  std::unique_ptr<Client> client = db().NewClient();
  client->Query("BEGIN; UPDATE t SET o = 'mine' WHERE id = 2");
  std::jthread filler([&] { bed().Fill(); });
  WaitForALock(db().app());
  client->Query("COMMIT");
  filler.join();
  EXPECT_EQ(bed().refused(), 1);
  EXPECT_EQ(Copy(), "1|a\n2|mine\n3|c\n");
  ExpectInStep();
}

// The server knows nothing of a copy that is being filled, and would read it
// from its first row on.
TEST_P(PostgresTableMotionTest, AChunkReadsItsOwnPartOfTheCopy) {
  constexpr int kRows = 12'000;
  constexpr int kChunk = 1'000;
  const std::string shape =
      "(id integer PRIMARY KEY, o text) WITH (autovacuum_enabled = off);";
  Install("CREATE TABLE t" + shape + "CREATE TABLE c" + shape +
          "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, " +
          std::to_string(kRows) + ") i; ANALYZE t");
  for (int done = 0; done < kRows / 2; done += kChunk) bed().FillChunk(kChunk);
  // A writer brings a row of the chunk, so that each row of it is looked for.
  db().Exec("UPDATE t SET o = 'mine' WHERE id = 6500");
  const std::vector<db::Value> range = {std::int64_t{kRows / 2},
                                        std::int64_t{kRows / 2 + kChunk}};
  for (const WalkSql* walk : {&*bed().sql().fill, &bed().sql().verify.at(0),
                              &bed().sql().verify.at(1)}) {
    EXPECT_LE(MostRows(walk->statement.between, range), kChunk);
  }
}

TEST_P(PostgresTableMotionTest, RefusesAPartition) {
  db().Exec(
      "CREATE TABLE p(id integer PRIMARY KEY, o text) PARTITION BY RANGE (id);"
      "CREATE TABLE t PARTITION OF p DEFAULT;"
      "CREATE TABLE c(id integer PRIMARY KEY, o text)");
  CopyBed copy(db());
  EXPECT_EQ(KindOf([&] { copy.Install(); }), ErrorKind::kRefused);
}

TEST_P(PostgresTableMotionTest, LongNamesStayApart) {
  const std::string name(61, 'x');
  const std::string shape =
      "(id integer PRIMARY KEY, " + name + "a text, " + name + "b text)";
  Install("CREATE TABLE t" + shape + "; CREATE TABLE c" + shape +
              "; INSERT INTO t VALUES (1, 'A', 'B')",
          {{name + "a", "lower(" + name + "a)"},
           {name + "b", "lower(" + name + "b)"}})
      .Fill();
  db().Exec("INSERT INTO t VALUES (2, 'C', 'D')");
  EXPECT_EQ(Copy(), "1|a|b\n2|c|d\n");
  db().Exec(bed().sql().after_fill);
}

SEGUE_INSTANTIATE_ON(PostgresTableMotionTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
