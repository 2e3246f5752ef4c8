// What SQLite tells of a table beyond the list is named.
#include "dialects/sqlite/unknown_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/sqlite/test_session.h"

namespace segue::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kTables =
    "CREATE TABLE p(id INTEGER PRIMARY KEY);"
    "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x' UNIQUE, "
    "b INTEGER REFERENCES p ON DELETE CASCADE, c TEXT AS (a || 'y')) STRICT;"
    "CREATE INDEX ix ON t(b DESC) WHERE b > 0;"
    "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;"
    "CREATE VIEW v AS SELECT a FROM t;"
    "CREATE VIRTUAL TABLE f USING fts5(body);";

// The sources without one column, or without one kind.
std::vector<KnownSource> Without(const std::string& source,
                                 const std::string& left_out) {
  std::vector<KnownSource> sources = KnownSources();
  for (KnownSource& one : sources) {
    if (one.name != source) continue;
    EXPECT_EQ(
        std::erase(one.columns, left_out) + std::erase(one.kinds, left_out), 1u)
        << left_out;
  }
  return sources;
}

TEST(UnknownFacts, ThisSqliteTellsNothingElse) {
  TestSession db(kTables);
  for (const char* table : {"t", "T", "p", "v", "f", "f_content"}) {
    EXPECT_THAT(UnknownFacts(db.connection(), table, KnownSources()),
                IsEmpty());
  }
}

// The pragmas have no column less than the list, or the list would be wrong.
TEST(UnknownFacts, EveryColumnOfTheListIsThere) {
  TestSession db(kTables);
  for (const KnownSource& source : KnownSources()) {
    EXPECT_EQ(db.connection().Execute(source.query, {"t"}).columns,
              source.columns)
        << source.name;
  }
}

TEST(UnknownFacts, AnUnknownColumnCountsOnceItHasAValue) {
  TestSession db(kTables);
  for (const auto& [source, column] :
       std::vector<std::pair<std::string, std::string>>{
           {"table_list", "strict"},
           {"table_xinfo", "dflt_value"},
           {"index_list", "partial"},
           {"index_xinfo", "desc"},
           {"foreign_key_list", "on_delete"}}) {
    const std::vector<KnownSource> known = Without(source, column);
    EXPECT_THAT(UnknownFacts(db.connection(), "t", known),
                ElementsAre(source + "." + column));
    EXPECT_THAT(UnknownFacts(db.connection(), "p", known), IsEmpty()) << column;
  }
}

TEST(UnknownFacts, AnUnknownKindCounts) {
  TestSession db(kTables);
  EXPECT_THAT(
      UnknownFacts(db.connection(), "f", Without("table_list", "virtual")),
      ElementsAre("table_list.type 'virtual'"));
  EXPECT_THAT(UnknownFacts(db.connection(), "t", Without("table_xinfo", "2")),
              ElementsAre("table_xinfo.hidden '2'"));
}

TEST(UnknownFacts, AnObjectOfAnUnknownTypeRefusesThePlan) {
  TestSession db(kTables);
  db.Run(
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET type = 'new' WHERE name = 'ix'");
  const db::Answer answer = db.dialect().Examine(
      db.connection(), db::UnknownFactsQuestion{{"main", "t"}});
  EXPECT_THAT(answer.names, ElementsAre("sqlite_schema.type 'new'"));
}

}  // namespace
}  // namespace segue::sqlite
