#include "dialects/sqlite/version_views.h"

#include <gmock/gmock.h>

#include "dialects/sqlite/test_session.h"
#include "dialects/sqlite/version_session.h"

namespace segue::sqlite {
namespace {

using ::testing::HasSubstr;

// Returns a view v over t that shows the columns under other names.
plan::VersionView ViewOf(const schema::Table& table,
                         std::map<std::string, std::string> names = {}) {
  plan::VersionView view;
  view.source = plan::Projection{table.name};
  for (schema::Column column : table.columns) {
    const auto renamed = names.find(column.name);
    if (renamed != names.end()) {
      column.stored_as = column.name;
      column.name = renamed->second;
    }
    view.columns.push_back(std::move(column));
  }
  view.key = table.WalkKey();
  return view;
}

void Create(TestSession* session, const plan::VersionView& view) {
  const schema::Table base = session->Table();
  session->Execute(CreateUpdatableView("v", view, &base));
}

// Creates the view as an application of a version that calls the table v sees
// it.
void Publish(TestSession* session, const plan::VersionView& shape) {
  plan::VersionView view = shape;
  view.name = "v";
  const schema::Table base = session->Table();
  session->Execute(CreatePublishedView("main_1", view, &base));
  session->Run(VersionSessionSql(session->connection(), "main_1"));
}

TEST(VersionViewsTest, WritesReachTheBaseUnderItsNames) {
  TestSession session(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, o TEXT NOT NULL DEFAULT 'x', "
      "\"a b\" REAL, g AS (id * 2)); INSERT INTO t (id) VALUES (7)");
  Create(&session, ViewOf(session.Table(), {{"o", "n"}, {"a b", "c\"d"}}));
  session.Run("INSERT INTO v (n) VALUES ('one'), (NULL)");
  session.Run("INSERT INTO v SELECT id + 10, n, 1.5, NULL FROM v");
  session.Run("UPDATE v SET \"c\"\"d\" = 2 WHERE n = 'one'");
  session.Run("UPDATE v SET id = 20 WHERE id = 7; DELETE FROM v WHERE id = 17");
  EXPECT_EQ(session.Ask("SELECT id, o, \"a b\", g FROM t ORDER BY id"),
            "8|one|2.0|16 9|x|NULL|18 18|one|2.0|36 19|x|1.5|38 20|x|NULL|40");
  EXPECT_THAT(session.ErrorOf("INSERT INTO v (g) VALUES (1)"),
              HasSubstr("generated column \"g\""));
  EXPECT_THAT(session.ErrorOf("UPDATE v SET g = 1"),
              HasSubstr("generated column \"g\""));
  EXPECT_THAT(session.ErrorOf("INSERT INTO v (id) VALUES (8)"),
              HasSubstr("UNIQUE constraint failed: t.id"));
  session.Execute({DropUpdatableView("v")});
  EXPECT_EQ(session.Ask("SELECT name FROM sqlite_schema WHERE name <> "
                        "'segue_busy'"),
            "t");
}

TEST(VersionViewsTest, ACompositeKeyFindsTheRow) {
  TestSession session(
      "CREATE TABLE t (b TEXT COLLATE NOCASE, a, n, PRIMARY KEY (a, b)) "
      "WITHOUT ROWID; INSERT INTO t VALUES ('x', 1, 0), ('x', 2, 0), "
      "('y', 1, 0), ('x', '1', 0), ('x', x'31', 0)");
  Create(&session, ViewOf(session.Table(), {{"a", "k"}}));
  session.Run("UPDATE v SET n = 1 WHERE k = 1 AND typeof(k) = 'integer'");
  session.Run("UPDATE v SET k = 3, b = 'X' WHERE k = 2");
  session.Run("DELETE FROM v WHERE typeof(k) = 'blob'");
  EXPECT_EQ(session.Ask("SELECT a, b, n FROM t ORDER BY a, b"),
            "1|x|1 1|y|1 3|X|0 1|x|0");
}

// The rows of the statement are looked up one by one, after the rows before
// them were changed, so no row may be met twice.
TEST(VersionViewsTest, RowsWithoutAKeyAreTakenOneByOne) {
  for (const auto create : {&Create, &Publish}) {
    TestSession session(
        "CREATE TABLE t (a TEXT COLLATE NOCASE, n); "
        "INSERT INTO t VALUES ('a', 1), ('A', 1), ('a', 1), (NULL, 2), "
        "('b', '1'), ('c', 1.0)");
    create(&session, ViewOf(session.Table()));
    session.Run("UPDATE v SET n = n + 1 WHERE a = 'a' COLLATE BINARY");
    session.Run("DELETE FROM v WHERE typeof(n) = 'text'");
    session.Run("UPDATE v SET a = 'd' WHERE a IS NULL");
    EXPECT_EQ(session.Ask("SELECT a, n FROM t ORDER BY rowid"),
              "a|2 A|1 a|2 d|2 c|1.0");
    session.Run("UPDATE v SET n = n + 1; DELETE FROM v WHERE n = 3");
    EXPECT_EQ(session.Ask("SELECT a, n FROM t ORDER BY rowid"), "A|2 c|2.0");
  }
}

TEST(VersionViewsTest, RowsThatCannotBeToldApartAreRefused) {
  TestSession session("CREATE TABLE t (a, n)");
  const schema::Table base = session.Table();
  plan::VersionView view = ViewOf(base);
  view.columns.pop_back();
  view.hidden = {"n"};
  try {
    CreateUpdatableView("v", view, &base);
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("does not show ('n')"));
  }
  // A key that may be NULL identifies only the rows that have one.
  view.key = {"a"};
  view.key_may_be_null = true;
  session.Run("INSERT INTO t VALUES ('k', 1), (NULL, 2), ('l', 3)");
  Create(&session, view);
  session.Run("UPDATE v SET a = a || 'x' WHERE a IS NOT NULL");
  session.Run("DELETE FROM v WHERE a IS NULL");
  EXPECT_EQ(session.Ask("SELECT a, n FROM t ORDER BY n"), "kx|1 lx|3");
}

TEST(VersionViewsTest, APublishedViewSaysWhoseItIs) {
  TestSession session("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  const schema::Table base = session.Table();
  plan::VersionView view = ViewOf(base, {{"id", "a,b"}});
  view.name = "my'table\" key=x";
  const std::string version = "main_02 */ x";
  const std::string name = PublishedName(version, view.name);
  session.Execute(CreatePublishedView(version, view, &base));
  session.Run("ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t RENAME TO u");
  const std::string sql =
      session.Ask("SELECT sql FROM sqlite_schema WHERE type = 'view'");
  const auto read = ReadPublished(name, sql);
  ASSERT_TRUE(read) << sql;
  EXPECT_EQ(read->version_schema, version);
  EXPECT_EQ(read->table, view.name);
  EXPECT_THAT(read->key, ::testing::ElementsAre("a,b"));
  EXPECT_FALSE(ReadPublished("copy", sql));
  EXPECT_FALSE(ReadPublished(name, "CREATE VIEW v AS SELECT 1"));
  for (const char* comment : {"version=%zz table=t key=", "version=v table=t",
                              "version=v key=k", "version="}) {
    EXPECT_FALSE(ReadPublished(
        "v__t", "CREATE VIEW v__t (a) AS /* segue: " + std::string(comment) +
                    " */ SELECT 1"))
        << comment;
  }
}

TEST(VersionViewsTest, LongNamesStayApart) {
  const std::string version(40, 'v');
  const std::string table(40, 't');
  EXPECT_LE(PublishedName(version, table + "1").size(), 63U);
  EXPECT_NE(PublishedName(version, table + "1"),
            PublishedName(version, table + "2"));
  EXPECT_EQ(PublishedName("main_02", "users"), "main_02__users");
}

}  // namespace
}  // namespace segue::sqlite
