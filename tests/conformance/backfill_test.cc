// The SQL that moves and checks rows, range by range.
#include <gmock/gmock.h>

#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BackfillSqlTest : public SyncTest {
 protected:
  std::string Count(const std::string& condition) {
    return *db().app().One("SELECT count(*) FROM t WHERE " + condition);
  }
  // Fills in chunks of three and checks that each row came over once.
  void FillsAll(int rows) {
    EXPECT_EQ(bed().CountLeft(), rows);
    // Where the fill goes from page to page, a repair goes by the key. The last
    // chunk is what is left after the last whole one.
    const bool by_key = bed().FillsByKey();
    EXPECT_EQ(by_key ? bed().Fill(3) : bed().RepairAll(3), rows / 3 + 1);
    EXPECT_EQ(Count("n = lower(o) AND _segue_d = 1"), std::to_string(rows));
    EXPECT_EQ(Count("o LIKE 'ROW%'"), std::to_string(rows));
    EXPECT_EQ(bed().CountLeft(), 0);
    EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
  }
  // Ten rows 'ROW0'...; `key` is an expression over the number i.
  std::string Rows(const std::string& columns, const std::string& key) {
    return ";WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s "
           "WHERE i < 9) INSERT INTO t(" +
           columns + ") SELECT " + key + ", 'ROW' || i FROM s";
  }
};

TEST_P(BackfillSqlTest, WalksByAnInteger) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)" +
              Rows("id, o", "i * 7 - 30"),
          Lossy());
  FillsAll(10);
}

TEST_P(BackfillSqlTest, WalksByACompositeKeyInKeyOrder) {
  Install(
      "CREATE TABLE t(a integer NOT NULL, b text NOT NULL, o text, "
      "PRIMARY KEY (b, a))" +
          Rows("a, b, o", "9 - i, 'k' || i / 4"),
      Lossy());
  EXPECT_THAT(bed().sql().verify.at(0).key_columns, ElementsAre("b", "a"));
  FillsAll(10);
}

TEST_P(BackfillSqlTest, WalksByText) {
  Install("CREATE TABLE t(id text NOT NULL PRIMARY KEY, o text)" +
              Rows("id, o", "'it''s ' || i"),
          Lossy());
  FillsAll(10);
}

TEST_P(BackfillSqlTest, WalksByAUniqueKey) {
  Install(
      "CREATE TABLE t(id integer NOT NULL UNIQUE, o text)" + Rows("id, o", "i"),
      Lossy());
  FillsAll(10);
}

TEST_P(BackfillSqlTest, FillsTablesWithoutAKey) {
  SEGUE_SKIP_BEFORE(14);  // which can walk by position
  Install("CREATE TABLE t(id integer UNIQUE, o text)" + Rows("id, o", "NULL"),
          Lossy());
  EXPECT_THAT(bed().motion().key, IsEmpty());
  bed().Fill(3);
  EXPECT_EQ(Count("n = lower(o) AND _segue_d = 1"), "10");
  EXPECT_EQ(bed().CountLeft(), 0);
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
}

TEST_P(BackfillSqlTest, FillsAnEmptyTable) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)", Lossy());
  EXPECT_EQ(bed().Fill(3), 1);
  EXPECT_EQ(bed().CountLeft(), 0);
}

TEST_P(BackfillSqlTest, StaysInsideItsBounds) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)" + Rows("id, o", "i"),
          Lossy());
  auto key = [](std::int64_t id) { return db::Row{id}; };
  bed().FillKeys({key(2), key(4)});
  EXPECT_EQ(Count("_segue_d = 1"), "2");
  EXPECT_EQ(Count("_segue_d = 1 AND id IN (3, 4)"), "2");
  bed().FillKeys({{}, key(0)});
  EXPECT_EQ(Count("_segue_d = 1 AND id = 0"), "1");
  bed().FillKeys({key(8), {}});
  EXPECT_EQ(Count("_segue_d = 1 AND id = 9"), "1");
  EXPECT_EQ(bed().CountLeft(), 6);
  bed().FillRange({});
  EXPECT_EQ(bed().CountLeft(), 0);
}

TEST_P(BackfillSqlTest, CountsTheRowsItFills) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)" + Rows("id, o", "i"),
          Lossy());
  db().Exec("UPDATE t SET n = 'mine' WHERE id < 3");
  db::Result result = RunRange(bed().connection(), bed().sql().fill->statement,
                               {}, db::Purpose::kBackfill);
  EXPECT_EQ(result.affected, 7);
}

TEST_P(BackfillSqlTest, LeavesRowsAloneThatAClientWrote) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)" + Rows("id, o", "i"),
          Lossy());
  db().Exec("UPDATE t SET n = 'Mine' WHERE id = 1");
  db().Exec("UPDATE t SET o = 'Left', n = 'Right' WHERE id = 2");
  bed().Fill();
  EXPECT_EQ(Row(0), "ROW0|row0|1\n");
  EXPECT_EQ(Row(1), "Mine|Mine|2\n");
  EXPECT_EQ(Row(2), "Left|Right|3\n");
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
}

TEST_P(BackfillSqlTest, FillingTwiceChangesNothing) {
  Install(kPlainTable, Lossy()).Fill();
  const std::string once = AllRows();
  bed().Fill();
  EXPECT_EQ(AllRows(), once);
}

TEST_P(BackfillSqlTest, VerifyNamesTheRowsThatDisagree) {
  Install(
      "CREATE TABLE t(a integer NOT NULL, b text NOT NULL, o text, "
      "PRIMARY KEY (b, a))" +
          Rows("a, b, o", "i, 'k'"),
      Lossy())
      .Fill();
  db().Exec("UPDATE t SET n = 'Mine' WHERE a = 7");
  std::vector<std::string> damaged;
  // As if a trigger had been missing.
  db().ExecUnseen(
      "UPDATE t SET n = 'wrong' WHERE a = 4;"
      "UPDATE t SET o = 'wrong' WHERE a = 7;"
      "UPDATE t SET _segue_d = 0 WHERE a = 9");
  EXPECT_THAT(bed().VerifyKeys(), ElementsAre("(k, 4)", "(k, 7)", "(k, 9)"));
  auto key = [](std::int64_t a) { return db::Row{std::string("k"), a}; };
  EXPECT_THAT(bed().VerifyKeys({key(4), key(8)}), ElementsAre("(k, 7)"));
  EXPECT_EQ(bed().CountLeft(), 1);
}

TEST_P(BackfillSqlTest, VerifyListsAtMostAHundred) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text);"
      "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE "
      "i < 250) INSERT INTO t SELECT i, 'x' FROM s",
      Lossy());
  EXPECT_EQ(bed().VerifyKeys().size(), 100u);
}

TEST_P(BackfillSqlTest, VerifyTellsNullFromAValue) {
  Install(kPlainTable, Lossy()).Fill();
  db().ExecUnseen("UPDATE t SET n = NULL WHERE id = 1");
  EXPECT_THAT(bed().VerifyKeys(), ElementsAre("(1)"));
}

TEST_P(BackfillSqlTest, DoesNotRederiveWhatIsVolatile) {
  MotionSpec spec;
  spec.up = "'r' || CAST(random() AS text)";
  spec.writes_back = false;
  spec.is_volatile = true;
  Install(kPlainTable, spec).Fill();
  EXPECT_EQ(Count("n LIKE 'r%'"), "2");
  EXPECT_EQ(*db().app().One("SELECT count(DISTINCT n) FROM t"), "2");
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
}

TEST_P(BackfillSqlTest, TriesTheExpressionBeforehand) {
  MotionSpec spec;
  spec.up = "nullif(o, 'DEF')";
  spec.new_not_null = true;
  db().Exec(kPlainTable);
  MotionBed motion(db(), spec);  // nothing of it installed
  ASSERT_TRUE(motion.sql().trial);
  const RangeSql& trial = motion.sql().trial->walk.statement;
  EXPECT_THAT(
      Keys(RunRange(motion.connection(), trial, {}, db::Purpose::kRead)),
      ElementsAre("(2)"));
  EXPECT_THAT(
      Keys(RunRange(motion.connection(), trial, {{}, db::Row{std::int64_t{1}}},
                    db::Purpose::kRead)),
      IsEmpty());
}

TEST_P(BackfillSqlTest, EstimatesRows) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)" + Rows("id, o", "i"),
          Lossy());
  db().Exec("ANALYZE t");
  db::Result result =
      bed().connection().Execute(bed().sql().fill->estimated_rows);
  EXPECT_EQ(db::ToInt(result.rows.at(0).at(0)), 10);
}

SEGUE_INSTANTIATE(BackfillSqlTest);

class PostgresBackfillTest : public BackfillSqlTest {
 protected:
  std::string Plan(const std::string& sql,
                   const std::vector<db::Value>& parameters) {
    db::Transaction transaction(bed().connection(),
                                {db::Purpose::kBackfill, {}});
    std::string text;
    for (const db::Row& row :
         bed().connection().Execute("EXPLAIN " + sql, parameters).rows) {
      text += db::ToText(row[0]) + "\n";
    }
    return text;
  }
};

TEST_P(PostgresBackfillTest, WalksByUuid) {
  Install(
      "CREATE TABLE t(id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "
      "o text)" +
          Rows("id, o", "gen_random_uuid()"),
      Lossy());
  FillsAll(10);
}

TEST_P(PostgresBackfillTest, WalksByAnIdentityThatIsAlwaysGenerated) {
  Install(
      "CREATE TABLE t(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
      "o text); INSERT INTO t(o) SELECT 'ROW' || g FROM "
      "generate_series(1, 10) g",
      Lossy());
  FillsAll(10);
}

TEST_P(PostgresBackfillTest, WalksByTimesAndDecimals) {
  Install(
      "CREATE TABLE t(at timestamptz, amount numeric, o text, PRIMARY KEY "
      "(at, amount))" +
          Rows("at, amount, o",
               "'2026-01-01'::timestamptz + i / 2 * interval '1 "
               "microsecond', -i / 3.0"),
      Lossy());
  FillsAll(10);
}

TEST_P(PostgresBackfillTest, UsesTheKeysIndex) {
  Install(
      "CREATE TABLE t(a integer, b integer, o text, PRIMARY KEY (b, a));"
      "INSERT INTO t SELECT g % 100, g, 'x' FROM generate_series(1, 20000) "
      "g",
      Lossy());
  // Without statistics, as right after a restore.
  const MotionSql& sql = bed().sql();
  const db::Value one = std::int64_t{1};
  // One bound of two columns and the size; two bounds.
  for (const std::string& plan :
       {Plan(sql.verify.at(0).next_bound.after, {one, one, one}),
        Plan(sql.verify.at(0).statement.between, {one, one, one, one})}) {
    EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
    EXPECT_NE(plan.find("Index"), std::string::npos) << plan;
  }
}

TEST_P(PostgresBackfillTest, FillsRowsThatMove) {
  for (const char* key : {"", " PRIMARY KEY"}) {
    SCOPED_TRACE(key);
    if (GetParam().server_version() < 14 && *key == '\0') continue;
    db().Exec("DROP TABLE IF EXISTS t");
    Install("CREATE TABLE t(id integer" + std::string(key) +
                ", o text) WITH (fillfactor = 100); INSERT INTO t SELECT g, "
                "'ROW' || g FROM generate_series(1, 500) g",
            Lossy());
    // Rows get new places behind and before the cursor.
    bed().FillRange(
        {{},
         bed()
             .connection()
             .Execute(bed().sql().fill->next_bound.all, {std::int64_t{100}})
             .rows.at(0)});
    db().Exec("UPDATE t SET o = o || 'x' WHERE id % 3 = 0");
    bed().Fill(50);
    EXPECT_EQ(bed().CountLeft(), 0);
    EXPECT_EQ(Count("n = lower(o)"), "500");
  }
}

TEST_P(PostgresBackfillTest, FindsSeveralBoundsByPositionAtOnce) {
  SEGUE_SKIP_BEFORE(14);  // which can walk by position
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text); INSERT INTO t "
      "SELECT g, repeat('x', 1000) FROM generate_series(1, 140) g; "
      "ANALYZE t",
      Lossy());
  const RangeSql& next = bed().sql().fill->next_bound;
  const auto bounds = [&](const std::string& sql, const db::Row& parameters) {
    std::string text;
    for (const db::Row& row :
         bed().connection().Execute(sql, parameters).rows) {
      text += db::ToText(row.at(0));
    }
    return text;
  };
  // Seven rows a page, twenty pages.
  EXPECT_EQ(bounds(next.all, {std::int64_t{14}}),
            "(1,65535)(3,65535)(5,65535)(7,65535)(9,65535)(11,65535)"
            "(13,65535)(15,65535)");
  EXPECT_EQ(bounds(next.after, {std::string("(13,65535)"), std::int64_t{14}}),
            "(15,65535)(17,65535)");
  EXPECT_EQ(bounds(next.between, {std::string("(13,65535)"),
                                  std::string("(15,65535)"), std::int64_t{7}}),
            "(14,65535)");
  EXPECT_EQ(bounds(next.after, {std::string("(13,65535)"), std::int64_t{90}}),
            "");
}

// The planner knows nothing of a column that was empty until now.
TEST_P(PostgresBackfillTest, LeavesStatisticsOfTheNewColumn) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text); INSERT INTO t "
      "SELECT g, 'X' || g FROM generate_series(1, 100) g",
      Lossy());
  bed().Fill(50);
  db().Exec(bed().sql().after_fill);
  EXPECT_EQ(*db().app().One("SELECT string_agg(attname || ' ' || n_distinct, "
                            "',') FROM pg_stats WHERE tablename = 't'"),
            "n -1");
}

// Of a partitioned table the key tells the partition; a position would not.
TEST_P(PostgresBackfillTest, GoesThroughPartitionsByTheKey) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text) PARTITION BY RANGE (id);"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (50);"
      "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (50) TO (200);"
      "INSERT INTO t SELECT g, 'X' FROM generate_series(1, 100) g",
      Lossy());
  EXPECT_EQ(bed().sql().fill->statement.all.find("ctid"), std::string::npos);
  EXPECT_EQ(bed().Fill(30), 4);
  EXPECT_EQ(bed().CountLeft(), 0);
}

SEGUE_INSTANTIATE_ON(PostgresBackfillTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
