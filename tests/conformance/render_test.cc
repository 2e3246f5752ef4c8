// Every primitive action, there and back: forward makes it so, the probe sees
// it, undo gives back the very catalogue. These are the actions of columns and
// of versions, and raw SQL.
#include "segue/error.h"
#include "tests/conformance/render_fixture.h"

namespace segue::test {
namespace {

schema::Column NewColumn(const std::string& type) {
  schema::Column column;
  column.name = "added";
  column.type = type;
  return column;
}

TEST_P(RenderTest, AddsAPlainColumn) {
  ThereAndBack(plan::AddColumn{Table().name, NewColumn("text")});
}

TEST_P(RenderTest, AddsAColumnWithADefaultThatReadsHaveAtOnce) {
  schema::Column column = NewColumn("integer");
  column.nullable = false;
  column.default_sql = "7";
  ThereAndBack(plan::AddColumn{Table().name, column});
  Do(plan::AddColumn{Table().name, column});
  EXPECT_EQ(db().app().One("SELECT sum(added) FROM t"), "14");
  EXPECT_TRUE(db().app().Fails("UPDATE t SET added = NULL"));
}

TEST_P(RenderTest, AddsAColumnWithAnAwkwardName) {
  schema::Column column = NewColumn("text");
  column.name = "Größe \"x\"; 'y'";
  if (can().column_comments) column.comment = "it's";
  column.default_sql = "'a''b'";
  ThereAndBack(plan::AddColumn{Table().name, column});
  Do(plan::AddColumn{Table().name, column});
  EXPECT_EQ(Column(column.name).name, column.name);
  EXPECT_EQ(
      db().app().One("SELECT \"Größe \"\"x\"\"; 'y'\" FROM t WHERE id = 1"),
      "a'b");
}

TEST_P(RenderTest, KeepsACommentOrSaysThatItCannot) {
  schema::Column column = NewColumn("text");
  column.comment = "it's";
  if (!can().column_comments) {
    EXPECT_THROW(Do(plan::AddColumn{Table().name, column}), Error);
    return;
  }
  Do(plan::AddColumn{Table().name, column});
  EXPECT_EQ(Column("added").comment, "it's");
}

TEST_P(RenderTest, DropsAColumnForGood) {
  db().Exec("DROP INDEX by_kind");
  PlannedAction planned = RenderNow(
      db(), *connection_, plan::DropColumn{Table().name, Column("kind")});
  EXPECT_FALSE(planned.reversible);
  EXPECT_FALSE(Probe(*connection_, planned));
  Forward(*connection_, planned);
  EXPECT_TRUE(Probe(*connection_, planned));
  EXPECT_THAT(Table().ColumnNames(), ::testing::ElementsAre("id", "name"));
}

TEST_P(RenderTest, RenamesAColumn) {
  ThereAndBack(plan::RenameColumn{Table().name, "name", "fullName"});
}

TEST_P(RenderTest, ChangesTheDefault) {
  schema::Column before = Column("kind");
  schema::Column after = before;
  after.default_sql.reset();
  ThereAndBack(plan::AlterColumn{Table().name, before, after});
  Do(plan::AlterColumn{Table().name, before, after});
  db().Exec("INSERT INTO t(id, name) VALUES (3, 'z')");
  EXPECT_EQ(db().app().One("SELECT kind FROM t WHERE id = 3"), std::nullopt);
}

// The catalogue prints an expression in its own words, so a probe cannot tell
// one default from another; the action commits with its ledger row instead.
TEST_P(RenderTest, ReplacesTheDefault) {
  const std::string there = db().Dump();
  schema::Column before = Column("kind");
  schema::Column after = before;
  after.default_sql = "'b'";
  PlannedAction planned = RenderNow(
      db(), *connection_, plan::AlterColumn{Table().name, before, after});
  EXPECT_TRUE(planned.transactional);
  Forward(*connection_, planned);
  db().Exec("INSERT INTO t(id, name) VALUES (3, 'z')");
  EXPECT_EQ(db().app().One("SELECT kind FROM t WHERE id = 3"), "b");
  Undo(*connection_, planned);
  EXPECT_EQ(db().Dump(), there);
}

TEST_P(RenderTest, LetsAColumnTakeNulls) {
  schema::Column before = Column("name");
  schema::Column after = before;
  after.nullable = true;
  ThereAndBack(plan::AlterColumn{Table().name, before, after});
  Do(plan::AlterColumn{Table().name, before, after});
  EXPECT_FALSE(db().app().Fails("UPDATE t SET name = NULL WHERE id = 1"));
}

TEST_P(RenderTest, MakesAColumnNotNull) {
  schema::Column before = Column("kind");
  schema::Column after = before;
  after.nullable = false;
  ThereAndBack(plan::AlterColumn{Table().name, before, after});
  Do(plan::AlterColumn{Table().name, before, after});
  EXPECT_TRUE(db().app().Fails("UPDATE t SET kind = NULL WHERE id = 1"));
}

TEST_P(RenderTest, RunsRawSqlAndItsUndo) {
  const std::string before = db().Dump();
  PlannedAction planned =
      RenderNow(db(), *connection_,
                plan::RawSql{"CREATE TABLE extra(v text DEFAULT ';'); "
                             "CREATE INDEX extra_i ON extra(v)",
                             "DROP TABLE extra"});
  // Only its ledger row, committed with it, knows whether it has run.
  EXPECT_TRUE(planned.transactional);
  EXPECT_TRUE(planned.reversible);
  Forward(*connection_, planned);
  EXPECT_EQ(db().app().One("SELECT count(*) FROM extra"), "0");
  Undo(*connection_, planned);
  EXPECT_EQ(db().Dump(), before);
  planned = RenderNow(db(), *connection_, plan::RawSql{"SELECT 1", ""});
  EXPECT_FALSE(planned.reversible);
}

TEST_P(RenderTest, SaysWhichLockItTakes) {
  PlannedAction planned = RenderNow(
      db(), *connection_, plan::AddColumn{Table().name, NewColumn("text")});
  EXPECT_EQ(planned.lock.budget, std::chrono::milliseconds(500));
  EXPECT_FALSE(planned.lock.mode.empty());
  EXPECT_THAT(planned.lock.object, ::testing::HasSubstr("t"));
}

SEGUE_INSTANTIATE(RenderTest);

class PostgresRenderTest : public RenderTest {};

TEST_P(PostgresRenderTest, PublishesAndRetiresAVersion) {
  schema::Schema schema = dialect().Inspect(*connection_, "public");
  plan::VersionView view;
  view.source = plan::Projection{schema.FindTable("t")->name};
  view.name = "t";
  view.columns = schema.FindTable("t")->columns;
  view.columns[1].stored_as = "name";
  view.columns[1].name = "fullName";
  plan::PublishVersion publish{"public_02_x", {view}};
  ThereAndBack(publish);
  Do(publish);
  db().Exec("INSERT INTO public_02_x.t(id, \"fullName\") VALUES (3, 'z')");
  EXPECT_EQ(db().app().One("SELECT name || kind FROM t WHERE id = 3"), "za");
  PlannedAction retire =
      RenderNow(db(), *connection_, plan::RetireVersion{"public_02_x"});
  EXPECT_FALSE(Probe(*connection_, retire));
  Forward(*connection_, retire);
  EXPECT_TRUE(Probe(*connection_, retire));
}

SEGUE_INSTANTIATE_ON(PostgresRenderTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
