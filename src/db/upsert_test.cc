#include "db/upsert.h"

#include <gmock/gmock.h>

namespace segue::db {
namespace {

using ::testing::ElementsAre;

Upsert Counted(Upsert::IfThere if_there) {
  return {"t", {{"id", "a"}}, {{"n", std::int64_t{1}, if_there}}};
}

TEST(SqlTest, NumbersParametersWhereTheyStand) {
  Sql sql("UPDATE t SET a = ");
  sql.Bind("x").Text(", b = ").Bind(std::int64_t{2}).Text(" WHERE c = ");
  sql.Bind("x");
  EXPECT_EQ(sql.text(), "UPDATE t SET a = $1, b = $2 WHERE c = $3");
  EXPECT_THAT(sql.parameters(),
              ElementsAre(Value("x"), Value(std::int64_t{2}), Value("x")));
}

TEST(UpsertTest, GivesTheRowOfTheKeyTheNewValues) {
  const Upsert upsert = {
      "segue.t",
      {{"schema_name", "s"}, {"id", "a"}},
      {{"state", "done"}, Upsert::Computed("expires", "now()"), {"host", "h"}}};
  const Sql sql = OnConflictSql(upsert);
  EXPECT_EQ(sql.text(),
            "INSERT INTO segue.t AS there (schema_name, id, state, expires, "
            "host) VALUES ($1, $2, $3, now(), $4) ON CONFLICT (schema_name, id)"
            " DO UPDATE SET state = excluded.state, "
            "expires = excluded.expires, host = excluded.host");
  EXPECT_THAT(sql.parameters(),
              ElementsAre(Value("s"), Value("a"), Value("done"), Value("h")));
}

TEST(UpsertTest, AddsToWhatTheRowHas) {
  EXPECT_EQ(OnConflictSql(Counted(Upsert::IfThere::kAdd)).text(),
            "INSERT INTO t AS there (id, n) VALUES ($1, $2) ON CONFLICT (id) "
            "DO UPDATE SET n = there.n + excluded.n");
}

TEST(UpsertTest, LeavesARowAloneOfWhichEverythingIsKept) {
  EXPECT_EQ(OnConflictSql(Counted(Upsert::IfThere::kKeep)).text(),
            "INSERT INTO t AS there (id, n) VALUES ($1, $2) ON CONFLICT (id) "
            "DO NOTHING");
}

}  // namespace
}  // namespace segue::db
