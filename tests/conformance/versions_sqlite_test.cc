// Published versions on SQLite: what writes through their views come to.
#include <gmock/gmock.h>

#include "tests/conformance/versions_sqlite_fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr char kRename[] = "{rename_column: {table: t, from: o, to: n}}";
// Old and new differ in their bytes, so that a follower that was written
// without need shows.
constexpr char kLower[] =
    "{alter_column: {table: t, column: o, name: n, type: text, nullable: true, "
    "up: lower(o), down: upper(n)}}";

class VersionWritesTest : public SqliteVersionsTest {
 protected:
  void ExpectTheVersionBreaksTheTie(bool recursive);
};

// Two motions, whose triggers fire each other, and a trigger of the user's that
// writes the row before segue's have seen it.
void VersionWritesTest::ExpectTheVersionBreaksTheTie(bool recursive) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a text, b text NOT NULL "
      "DEFAULT 'dflt', touched int);"
      "CREATE TRIGGER touch AFTER INSERT ON t BEGIN UPDATE t SET touched = 1 "
      "WHERE id = NEW.id; END;");
  Start("01",
        "{alter_column: {table: t, column: a, name: x, type: text, "
        "up: \"coalesce(a, 'by old')\", down: \"coalesce(x, 'by new')\"}}, "
        "{alter_column: {table: t, column: b, name: y, type: text, "
        "nullable: true, default: null, up: \"b || '!'\", "
        "down: \"coalesce(y, 'none')\"}}");
  const auto as_new = On("latest");
  const auto as_old = db().NewClient();
  for (Client* client : {as_new.get(), as_old.get()}) {
    client->Query(std::string("PRAGMA recursive_triggers = ") +
                  (recursive ? "1" : "0"));
  }
  as_new->Query("INSERT INTO t(id) VALUES (1), (2)");
  as_new->Query("INSERT INTO t(id, x, y) SELECT 3, 'X', 'Y'");
  as_old->Query("INSERT INTO t(id) VALUES (4)");
  as_new->Query("INSERT INTO t(id, x) VALUES (5, 'X')");
  EXPECT_EQ(Ask(*as_new, "SELECT id, x, y, touched FROM t ORDER BY id"),
            "1|NULL|NULL|1\n2|NULL|NULL|1\n3|X|Y|1\n4|by old|dflt!|1\n"
            "5|X|NULL|1\n");
  EXPECT_EQ(Ask(*as_old, "SELECT id, a, b FROM t ORDER BY id"),
            "1|by new|none\n2|by new|none\n3|X|Y\n4|NULL|dflt\n5|X|none\n");
  EXPECT_TRUE(migrator().Verify().clean());
  migrator().Complete();
  // The mark is gone with the column that it was in.
  as_new->Query("INSERT INTO t(id) VALUES (6)");
  EXPECT_EQ(Ask(*as_new, "SELECT x, y FROM t WHERE id = 6"), "NULL|NULL\n");
}

TEST_P(VersionWritesTest, TheVersionBreaksTheTieOfAnInsert) {
  ExpectTheVersionBreaksTheTie(false);
}

TEST_P(VersionWritesTest, AlsoWhereTriggersAreRecursive) {
  ExpectTheVersionBreaksTheTie(true);
}

TEST_P(VersionWritesTest, WhatAnUpdateDoesNotNameIsNotTouched) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text COLLATE NOCASE, "
      "anything, num numeric, r real, b blob, note text);"
      "INSERT INTO t VALUES (1, 'MiXed', '007', '12abc', -0.0, x'00ff', ''),"
      "(2, NULL, 7, 1.5, 1e300, '9', '');");
  const std::string all =
      "SELECT id, o, typeof(anything), anything, typeof(num), num, typeof(r), "
      "r, typeof(b), hex(b) FROM t ORDER BY id";
  Start("01", kLower);
  const std::string before = Base(all);
  const auto client = On("latest");
  client->Query("UPDATE t SET note = 'x'");
  EXPECT_EQ(Base(all), before);
  // Back and forth it would have become upper case.
  EXPECT_EQ(Base("SELECT o, _segue_d FROM t ORDER BY id"), "MiXed|1\nNULL|1\n");
  client->Query("UPDATE t SET n = 'MIXED' WHERE id = 1");
  EXPECT_EQ(Base("SELECT o, _segue_d FROM t WHERE id = 1"), "MIXED|2\n");
  client->Query("INSERT INTO t(anything, b) VALUES (x'01', 5), ('1', '1')");
  EXPECT_EQ(Ask(*client,
                "SELECT typeof(anything), typeof(b) FROM t "
                "WHERE id > 2 ORDER BY id"),
            "blob|integer\ntext|text\n");
  EXPECT_TRUE(migrator().Verify().clean());
}

TEST_P(VersionWritesTest, ConflictClausesDoWhatTheyDoOnATable) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL, "
      "note text DEFAULT 'none'); CREATE UNIQUE INDEX by_o ON t(o)");
  Start("01",
        "{alter_column: {table: t, column: o, name: n, type: text, "
        "up: lower(o), down: lower(n)}}");
  const auto client = On("latest");
  const auto table = db().NewClient();
  table->Query(
      "ATTACH ':memory:' AS m; CREATE TABLE m.c(id integer PRIMARY "
      "KEY, n text UNIQUE NOT NULL, note text DEFAULT 'none')");
  for (const char* clause :
       {"IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"}) {
    for (const char* sql :
         {"INSERT OR $ INTO t(id, n) VALUES (3, 'c'), (4, 'a'), (5, 'e')",
          "INSERT OR $ INTO t(id, n) VALUES (1, 'z')",
          "UPDATE OR $ t SET n = 'a' WHERE id = 2",
          "UPDATE OR $ t SET id = 1 WHERE id = 2"}) {
      std::string view_sql = sql;
      view_sql.replace(view_sql.find('$'), 1, clause);
      std::string table_sql = view_sql;
      const std::size_t at = table_sql.find(" t");
      table_sql.replace(at, 2, " m.c");
      SCOPED_TRACE(view_sql);
      client->Query(
          "DELETE FROM t; INSERT INTO t VALUES (1, 'a', 'one'), "
          "(2, 'b', 'two')");
      table->Query(
          "DELETE FROM m.c; INSERT INTO m.c VALUES (1, 'a', 'one'), "
          "(2, 'b', 'two')");
      const bool fails = table->Fails(table_sql);
      const std::string wanted =
          Ask(*table, "SELECT id, n, note FROM m.c ORDER BY id");
      EXPECT_EQ(client->Fails(view_sql), fails);
      EXPECT_EQ(Ask(*client, "SELECT id, n, note FROM t ORDER BY id"), wanted);
      EXPECT_EQ(Base("SELECT id, o, note FROM t ORDER BY id"), wanted);
    }
  }
  EXPECT_TRUE(migrator().Verify().clean());
}

TEST_P(VersionWritesTest, LimitsAreAsDocumented) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY, o text DEFAULT 'x')");
  Start("01", kRename);
  const auto client = On("latest");
  EXPECT_THAT(client->ErrorOf("INSERT INTO t(n) VALUES ('a') "
                              "ON CONFLICT (id) DO NOTHING"),
              HasSubstr("cannot UPSERT a view"));
  EXPECT_EQ(Ask(*client, "INSERT INTO t(n) VALUES (NULL) RETURNING id, n"),
            "NULL|NULL\n");
  EXPECT_EQ(Ask(*client, "SELECT changes(), last_insert_rowid()"), "0|0\n");
  EXPECT_EQ(Ask(*client, "SELECT id, n FROM t"), "1|x\n");
  client->Query("UPDATE t SET n = NULL");
  EXPECT_EQ(Ask(*client, "SELECT n FROM t"), "NULL\n");
  EXPECT_EQ(Ask(*client, "SELECT rowid FROM t"), "NULL\n");
  EXPECT_THAT(client->ErrorOf("CREATE INDEX i ON t(n)"), HasSubstr("view"));
}

TEST_P(VersionWritesTest, EachVersionHasItsOwnDefaults) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text DEFAULT 'first', "
      "at text DEFAULT (upper('e' || 'x')), k int NOT NULL DEFAULT -3)");
  Reach("01", kRename);
  Start("02",
        "{alter_column: {table: t, column: n, default: \"'second'\"}}, "
        "{alter_column: {table: t, column: at, default: null}}");
  const auto first = On("01");
  const auto second = On("02");
  first->Query("INSERT INTO t(id) VALUES (1); INSERT INTO t DEFAULT VALUES");
  second->Query("INSERT INTO t(id) VALUES (3)");
  EXPECT_EQ(Base("SELECT * FROM t ORDER BY id"),
            "1|first|EX|-3\n2|first|EX|-3\n3|second|NULL|-3\n");
  migrator().Complete();
  second->Query("INSERT INTO t(id, k) VALUES (4, 0)");
  EXPECT_EQ(Base("SELECT n, at, k FROM t WHERE id = 4"), "second|NULL|0\n");
  EXPECT_TRUE(first->Fails("SELECT * FROM t"));
}

TEST_P(VersionWritesTest, KeysAndCascades) {
  db().Exec(
      "CREATE TABLE p(k text NOT NULL COLLATE NOCASE, l int, o text, PRIMARY "
      "KEY (l, k)) WITHOUT ROWID;"
      "CREATE TABLE c(id text PRIMARY KEY, pk text, pl int, FOREIGN KEY (pl, "
      "pk) REFERENCES p(l, k) ON UPDATE CASCADE ON DELETE SET NULL);"
      "INSERT INTO p VALUES ('a', 1, 'x'), ('b', 1, 'y'), ('a', 2, 'z');"
      "INSERT INTO c VALUES ('1', 'a', 1), ('2', 'b', 1), (NULL, 'a', 2), "
      "(NULL, 'a', 2)");
  Start("01",
        "{rename_column: {table: p, from: k, to: key}}, "
        "{rename_column: {table: c, from: pk, to: parent}}");
  const auto client = On("latest");
  client->Query("UPDATE p SET key = 'B2' WHERE key = 'B' AND l = 1");
  client->Query("UPDATE p SET o = 'changed' WHERE key = 'A' AND l = 1");
  client->Query("DELETE FROM p WHERE o = 'z'");
  client->Query("UPDATE c SET parent = 'q' WHERE id IS NULL");
  EXPECT_EQ(Base("SELECT pk, count(*) FROM c WHERE id IS NULL GROUP BY pk"),
            "q|2\n");
  EXPECT_EQ(
      client->ErrorOf("INSERT INTO c VALUES ('5', 'nobody', 9)").substr(0, 29),
      "FOREIGN KEY constraint failed");
  EXPECT_EQ(Base("SELECT * FROM p ORDER BY l, k"), "a|1|changed\nB2|1|y\n");
  EXPECT_THAT(client->ErrorOf("UPDATE c SET id = '1' WHERE id = '2'"),
              HasSubstr("UNIQUE constraint failed: c.id"));
  client->Query("DELETE FROM c WHERE id IS NULL");
  EXPECT_EQ(Base("SELECT id, pk, pl FROM c WHERE id IN ('1', '2') ORDER BY id"),
            "1|a|1\n2|B2|1\n");
}

TEST_P(VersionWritesTest, TriggersOfTheUsersFireOnce) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, k int);"
      "CREATE TABLE log(what text);"
      "CREATE TRIGGER i AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('i' || "
      "NEW.id); END;"
      "CREATE TRIGGER u BEFORE UPDATE OF k ON t WHEN NEW.k IS NOT OLD.k BEGIN "
      "INSERT INTO log VALUES ('u' || NEW.id); END;"
      "CREATE TRIGGER d AFTER DELETE ON t BEGIN INSERT INTO log VALUES ('d' || "
      "OLD.id); END;");
  Start("01", kRename);
  const auto client = On("latest");
  client->Query("PRAGMA recursive_triggers = 1");
  client->Query(
      "INSERT INTO t(n) VALUES ('a'), ('b'); UPDATE t SET k = 1; "
      "DELETE FROM t WHERE id = 1");
  EXPECT_EQ(Base("SELECT what FROM log ORDER BY rowid"),
            "i1\ni2\nu1\nu2\nd1\n");
}

TEST_P(VersionWritesTest, RowsThatOnlyTheOldVersionCanTellApartAreRefused) {
  db().Exec("CREATE TABLE t(a, o text); INSERT INTO t VALUES (1, 'A')");
  const std::string before = db().Dump();
  try {
    Start("01", kLower);
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("it has no key"));
  }
  EXPECT_EQ(db().Dump(), before);
  Start("02", kRename);
  const auto client = On("latest");
  client->Query(
      "INSERT INTO t SELECT 1, 'A' FROM t; UPDATE t SET a = a + 1; "
      "UPDATE t SET a = 9 WHERE n = 'A' COLLATE NOCASE");
  EXPECT_EQ(Ask(*client, "SELECT * FROM t"), "9|A\n9|A\n");
}

SEGUE_INSTANTIATE_ON(VersionWritesTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
