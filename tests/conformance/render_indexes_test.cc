// Actions of indexes on each database: forward makes it so, the probe sees it,
// undo gives back the very catalogue.
#include <unistd.h>

#include "segue/error.h"
#include "tests/conformance/render_fixture.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {
namespace {

class RenderIndexesTest : public RenderTest {};

TEST_P(RenderIndexesTest, BuildsIndexes) {
  schema::Index plain = IndexOn({"kind", "name"});
  plain.columns[0].descending = true;
  ThereAndBack(plan::CreateIndex{Table().name, plain});
  schema::Index unique = IndexOn({"name"});
  unique.unique = true;
  unique.predicate = "kind IS NOT NULL";
  ThereAndBack(plan::CreateIndex{Table().name, unique});
  schema::Index expression = IndexOn({"name"});
  expression.columns[0].expression = "lower(name)";
  expression.columns[0].name.clear();
  ThereAndBack(plan::CreateIndex{Table().name, expression});
}

TEST_P(RenderIndexesTest, ClearsAwayAFailedUniqueIndex) {
  db().Exec("INSERT INTO t(id, name) VALUES (3, 'x')");
  schema::Index unique = IndexOn({"name"});
  unique.unique = true;
  const std::string before = db().Dump();
  PlannedAction planned =
      RenderNow(db(), *connection_, plan::CreateIndex{Table().name, unique});
  EXPECT_ANY_THROW(Forward(*connection_, planned));
  EXPECT_FALSE(Probe(*connection_, planned));
  RunStatements(*connection_, planned.cleanup, planned.transactional);
  EXPECT_EQ(db().Dump(), before);
  db().Exec("DELETE FROM t WHERE id = 3");
  Forward(*connection_, planned);
  EXPECT_TRUE(Probe(*connection_, planned));
}

TEST_P(RenderIndexesTest, DropsAndRenamesIndexes) {
  const schema::Index index = Index("by_kind");
  ThereAndBack(plan::RenameIndex{Table().name, index, "by kind 2"});
  PlannedAction planned =
      RenderNow(db(), *connection_, plan::DropIndex{Table().name, index});
  const std::string before = db().Dump();
  Forward(*connection_, planned);
  EXPECT_TRUE(Probe(*connection_, planned));
  EXPECT_EQ(db().Dump().find("by_kind"), std::string::npos);
  if (!planned.reversible) return;
  Undo(*connection_, planned);
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(RenderIndexesTest, DropsAnIndexByItself) {
  Do(plan::CreateIndex{Table().name, IndexOn({"kind", "name"})});
  const std::string before = db().Dump();
  schema::Index index = Index("made Index");
  PlannedAction planned =
      RenderNow(db(), *connection_, plan::DropIndex{Table().name, index, true});
  EXPECT_EQ(planned.transactional, !can().concurrent_index);
  EXPECT_FALSE(Probe(*connection_, planned));
  for (int round = 0; round < 2; ++round) {
    Forward(*connection_, planned);
    EXPECT_TRUE(Probe(*connection_, planned));
    if (planned.transactional) break;
  }
  for (int round = 0; round < 2; ++round) {
    Undo(*connection_, planned);
    EXPECT_EQ(db().Dump(), before);
    if (planned.transactional) break;
  }
  index.unique = true;
  EXPECT_FALSE(
      RenderNow(db(), *connection_, plan::DropIndex{Table().name, index, true})
          .reversible);
}

TEST_P(RenderIndexesTest, ListsTheDuplicatesThatAUniqueIndexWouldMeet) {
  schema::Index unique = IndexOn({"name"});
  unique.unique = true;
  const auto objections = [&] {
    const PlannedAction planned =
        RenderNow(db(), *connection_, plan::CreateIndex{Table().name, unique});
    std::vector<std::string> texts;
    for (const db::Row& row : connection_->Execute(planned.objections).rows) {
      texts.push_back(db::ToText(row[0]));
    }
    return texts;
  };
  EXPECT_THAT(objections(), ::testing::IsEmpty());
  db().Exec("INSERT INTO t(id, name) VALUES (3, 'x'), (4, 'x'), (5, 'Y')");
  EXPECT_THAT(objections(), ::testing::ElementsAre("(name)=(x) is in 3 rows"));
  unique.predicate = "id < 4";
  EXPECT_THAT(objections(), ::testing::ElementsAre("(name)=(x) is in 2 rows"));
  unique.columns[0].expression = "lower(name)";
  unique.columns[0].name.clear();
  unique.predicate.clear();
  EXPECT_THAT(objections(), ::testing::Contains(::testing::HasSubstr(
                                "(lower(name))=(x) is in 3 rows")));
  unique = IndexOn({"to be added"});
  unique.unique = true;
  EXPECT_EQ(
      RenderNow(db(), *connection_, plan::CreateIndex{Table().name, unique})
          .objections,
      "");
}

SEGUE_INSTANTIATE(RenderIndexesTest);

class PostgresRenderIndexesTest : public RenderTest {};

TEST_P(PostgresRenderIndexesTest, BuildsIndexesWithoutBlockingWriters) {
  PlannedAction planned = RenderNow(
      db(), *connection_, plan::CreateIndex{Table().name, IndexOn({"name"})});
  EXPECT_FALSE(planned.transactional);
  EXPECT_FALSE(planned.cleanup.empty());
  std::string sql;
  for (const Statement& statement : planned.forward) sql += statement.sql;
  EXPECT_THAT(sql, ::testing::HasSubstr("CREATE INDEX CONCURRENTLY"));
  // Its own, longer budget, given back afterwards.
  Forward(*connection_, planned);
  EXPECT_EQ(db::ToText(connection_->Execute("SHOW lock_timeout").rows[0][0]),
            "500ms");
}

// A copy of an index, and one that is brought back, has all of it.
TEST_P(PostgresRenderIndexesTest, CopiesAnIndexWhole) {
  db().Exec(
      "CREATE INDEX whole ON t (name text_pattern_ops DESC NULLS LAST) "
      "INCLUDE (id) WITH (fillfactor = 70, deduplicate_items = off) "
      "WHERE kind > 'a'");
  schema::Index index = Index("whole");
  const std::string before = db().Dump();
  index.definition.clear();  // what remains are the fields
  PlannedAction planned =
      RenderNow(db(), *connection_, plan::DropIndex{Table().name, index, true});
  Forward(*connection_, planned);
  Undo(*connection_, planned);
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(PostgresRenderIndexesTest, KeepsTheTablespaceOfAnIndex) {
  const TempDir folder;
  const Account account = UnprivilegedAccount();
  ASSERT_EQ(chown(folder.path().c_str(), account.user, account.group), 0);
  db().Exec("CREATE TABLESPACE apart LOCATION '" + folder.path() + "'");
  db().Exec("CREATE INDEX whole ON t (name) TABLESPACE apart");
  schema::Index copy = Index("whole");
  EXPECT_EQ(copy.tablespace, "apart");
  copy.name = "copied";
  Do(plan::CreateIndex{Table().name, copy});
  EXPECT_EQ(db().app().One("SELECT tablespace FROM pg_indexes WHERE indexname "
                           "= 'copied'"),
            "apart");
  db().Exec("DROP INDEX whole, copied");
  db().Exec("DROP TABLESPACE apart");
}

// Somebody else took the name after the plan was made.
TEST_P(PostgresRenderIndexesTest, LeavesAnIndexOfAnotherTableAlone) {
  const PlannedAction planned = RenderNow(
      db(), *connection_, plan::CreateIndex{Table().name, IndexOn({"name"})});
  db().Exec("CREATE TABLE other(v integer)");
  db().Exec("CREATE INDEX \"made Index\" ON other(v)");
  const std::string before = db().Dump();
  EXPECT_FALSE(Probe(*connection_, planned));
  RunStatements(*connection_, planned.cleanup, false);
  EXPECT_ANY_THROW(Forward(*connection_, planned));
  Undo(*connection_, planned);
  EXPECT_EQ(db().Dump(), before);
}

SEGUE_INSTANTIATE_ON(PostgresRenderIndexesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
