// Every primitive action, there and back: forward makes it so, the probe sees
// it, undo gives back the very catalogue.
#include <gmock/gmock.h>
#include <unistd.h>

#include "segue/error.h"
#include "tests/support/actions.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class RenderTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE t(id integer PRIMARY KEY, name text NOT NULL, "
        "kind text DEFAULT 'a', CONSTRAINT named CHECK (name <> ''));"
        "CREATE INDEX by_kind ON t(kind);"
        "INSERT INTO t(id, name) VALUES (1, 'x'), (2, 'y')");
    connection_ = db().Connect();
    for (const std::string& sql : dialect().LedgerSetup()) {
      connection_->Execute(sql);
    }
  }

  schema::Table Table() {
    schema::Schema schema = dialect().Inspect(
        *connection_, dialect().capabilities().default_schema);
    return schema::RequireTable(schema, "t");
  }
  schema::Column Column(const std::string& name) {
    return schema::RequireColumn(Table(), name);
  }
  schema::Column NewColumn(const std::string& type) {
    schema::Column column;
    column.name = "added";
    column.type = type;
    return column;
  }

  // Forward, probe, undo, probe; twice over, because a start that was rolled
  // back may be started again.
  PlannedAction ThereAndBack(const plan::Action& action) {
    const std::string before = db().Dump();
    PlannedAction planned = RenderNow(db(), *connection_, action);
    EXPECT_FALSE(planned.description.empty());
    EXPECT_TRUE(planned.reversible);
    for (int round = 0; round < 2; ++round) {
      EXPECT_FALSE(Probe(*connection_, planned)) << planned.probe;
      Forward(*connection_, planned);
      EXPECT_TRUE(Probe(*connection_, planned)) << planned.probe;
      EXPECT_NE(db().Dump(), before) << planned.description;
      Undo(*connection_, planned);
      EXPECT_FALSE(Probe(*connection_, planned)) << planned.probe;
      EXPECT_EQ(db().Dump(), before) << planned.description;
    }
    EXPECT_EQ(db().app().One("SELECT count(*) FROM t"), "2");
    return planned;
  }

  // Forward only; what it leaves is for the test to look at.
  void Do(const plan::Action& action) {
    Forward(*connection_, RenderNow(db(), *connection_, action));
  }

  std::unique_ptr<db::Connection> connection_;
};

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

schema::Index IndexOn(const std::vector<std::string>& columns) {
  schema::Index index;
  index.name = "made Index";
  for (const std::string& name : columns) {
    schema::IndexColumn column;
    column.name = name;
    index.columns.push_back(column);
  }
  return index;
}

TEST_P(RenderTest, BuildsIndexes) {
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

TEST_P(RenderTest, ClearsAwayAFailedUniqueIndex) {
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

TEST_P(RenderTest, DropsAndRenamesIndexes) {
  schema::Index index = Table().indexes.at(0);
  for (const schema::Index& candidate : Table().indexes) {
    if (candidate.name == "by_kind") index = candidate;
  }
  ASSERT_EQ(index.name, "by_kind");
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

TEST_P(RenderTest, DropsAnIndexByItself) {
  Do(plan::CreateIndex{Table().name, IndexOn({"kind", "name"})});
  const std::string before = db().Dump();
  schema::Index index;
  for (const schema::Index& candidate : Table().indexes) {
    if (candidate.name == "made Index") index = candidate;
  }
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

TEST_P(RenderTest, ListsTheDuplicatesThatAUniqueIndexWouldMeet) {
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

// A table with what both databases have of columns and constraints.
schema::Table NewTable(const schema::TableName& beside) {
  schema::Table table;
  table.name = {beside.schema, "made \"Table\""};
  schema::Column id;
  id.name = "the id";
  id.type = "integer";
  id.nullable = false;
  schema::Column parent = id;
  parent.name = "parent";
  parent.nullable = true;
  parent.default_sql = "1";
  table.columns = {id, parent};
  schema::Constraint key;
  key.kind = schema::ConstraintKind::kPrimaryKey;
  key.name = "made_key";
  key.columns = {"the id"};
  schema::Constraint reference;
  reference.kind = schema::ConstraintKind::kForeignKey;
  reference.name = "to t";
  reference.columns = {"parent"};
  reference.reference.table = beside.name;
  reference.reference.columns = {"id"};
  reference.reference.on_delete = "CASCADE";
  schema::Constraint check;
  check.name = "positive";
  check.check = "parent > 0 -- so";
  table.constraints = {key, reference, check};
  return table;
}

TEST_P(RenderTest, CreatesATable) {
  const schema::Table table = NewTable(Table().name);
  ThereAndBack(plan::CreateTable{table});
  Do(plan::CreateTable{table});
  db().Exec("INSERT INTO \"made \"\"Table\"\"\"(\"the id\") VALUES (1)");
  EXPECT_TRUE(
      db().app().Fails("INSERT INTO \"made \"\"Table\"\"\" VALUES (1, 2)"));
  EXPECT_TRUE(
      db().app().Fails("INSERT INTO \"made \"\"Table\"\"\" VALUES (2, 0)"));
}

TEST_P(RenderTest, DropsATableForGoodAndNeverWhatHangsOnIt) {
  PlannedAction planned =
      RenderNow(db(), *connection_, plan::DropTable{Table()});
  EXPECT_FALSE(planned.reversible);
  EXPECT_FALSE(Probe(*connection_, planned));
  if (traits().views_hold_tables) {
    db().Exec("CREATE VIEW v AS SELECT id FROM t");
    EXPECT_ANY_THROW(Forward(*connection_, planned));
    EXPECT_FALSE(Probe(*connection_, planned));
    db().Exec("DROP VIEW v");
  }
  Forward(*connection_, planned);
  EXPECT_TRUE(Probe(*connection_, planned));
  EXPECT_TRUE(db().app().Fails("SELECT 1 FROM t"));
}

TEST_P(RenderTest, RenamesATable) {
  // In quotes, since some databases write a name in them once it was renamed.
  db().Exec("DROP TABLE t; CREATE TABLE \"t\"(id integer PRIMARY KEY)");
  db().Exec("INSERT INTO t VALUES (1), (2)");
  ThereAndBack(plan::RenameTable{Table().name, "T2 \"x\""});
  Do(plan::RenameTable{Table().name, "T2 \"x\""});
  EXPECT_EQ(db().app().One("SELECT count(*) FROM \"T2 \"\"x\"\"\""), "2");
}

TEST_P(RenderTest, ShowsATableUnderASecondName) {
  plan::VersionView view;
  view.source = plan::Projection{Table().name};
  view.name = "second \"t\"";
  view.columns = Table().columns;
  view.key = Table().WalkKey();
  ThereAndBack(plan::PublishAlias{view});
  Do(plan::PublishAlias{view});
  db().Exec("INSERT INTO \"second \"\"t\"\"\"(id, name) VALUES (3, 'z')");
  db().Exec("UPDATE \"second \"\"t\"\"\" SET name = 'zz' WHERE id = 3");
  EXPECT_EQ(db().app().One("SELECT name || kind FROM t WHERE id = 3"), "zza");
  db().Exec("DELETE FROM \"second \"\"t\"\"\" WHERE id = 3");
  ThereAndBack(plan::RetireAlias{view});
}

SEGUE_INSTANTIATE(RenderTest);

class PostgresRenderTest : public RenderTest {};

TEST_P(PostgresRenderTest, AddsAndValidatesConstraints) {
  schema::Constraint check;
  check.name = "short";
  check.kind = schema::ConstraintKind::kCheck;
  check.check = "length(name) < 10";
  check.columns = {"name"};
  check.validated = false;
  ThereAndBack(plan::AddConstraint{Table().name, check});
  db().Exec("INSERT INTO t(id, name) VALUES (3, 'far too long for it')");
  Do(plan::AddConstraint{Table().name, check});
  PlannedAction validate = RenderNow(
      db(), *connection_, plan::ValidateConstraint{Table().name, "short"});
  EXPECT_FALSE(Probe(*connection_, validate));
  EXPECT_ANY_THROW(Forward(*connection_, validate));
  db().Exec("DELETE FROM t WHERE id = 3");
  Forward(*connection_, validate);
  EXPECT_TRUE(Probe(*connection_, validate));
}

TEST_P(PostgresRenderTest, DropsConstraintsAndGivesThemBack) {
  for (const schema::Constraint& constraint : Table().constraints) {
    if (constraint.name != "named") continue;
    ThereAndBack(plan::DropConstraint{Table().name, constraint});
    return;
  }
  FAIL() << "the constraint was not read";
}

TEST_P(PostgresRenderTest, AdoptsAnIndexAsAConstraint) {
  schema::Index unique = IndexOn({"name"});
  unique.unique = true;
  Do(plan::CreateIndex{Table().name, unique});
  schema::Constraint constraint;
  constraint.name = "one_name";
  constraint.kind = schema::ConstraintKind::kUnique;
  constraint.columns = {"name"};
  constraint.using_index = unique.name;
  PlannedAction planned = RenderNow(
      db(), *connection_, plan::AddConstraint{Table().name, constraint});
  EXPECT_FALSE(Probe(*connection_, planned));
  Forward(*connection_, planned);
  EXPECT_TRUE(Probe(*connection_, planned));
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, name) VALUES (9, 'x')"));
}

TEST_P(PostgresRenderTest, BuildsIndexesWithoutBlockingWriters) {
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
TEST_P(PostgresRenderTest, CopiesAnIndexWhole) {
  db().Exec(
      "CREATE INDEX whole ON t (name text_pattern_ops DESC NULLS LAST) "
      "INCLUDE (id) WITH (fillfactor = 70, deduplicate_items = off) "
      "WHERE kind > 'a'");
  schema::Index index;
  for (const schema::Index& candidate : Table().indexes) {
    if (candidate.name == "whole") index = candidate;
  }
  const std::string before = db().Dump();
  index.definition.clear();  // what remains are the fields
  PlannedAction planned =
      RenderNow(db(), *connection_, plan::DropIndex{Table().name, index, true});
  Forward(*connection_, planned);
  Undo(*connection_, planned);
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(PostgresRenderTest, KeepsTheTablespaceOfAnIndex) {
  const TempDir folder;
  const Account account = UnprivilegedAccount();
  ASSERT_EQ(chown(folder.path().c_str(), account.user, account.group), 0);
  db().Exec("CREATE TABLESPACE apart LOCATION '" + folder.path() + "'");
  db().Exec("CREATE INDEX whole ON t (name) TABLESPACE apart");
  for (const schema::Index& index : Table().indexes) {
    if (index.name != "whole") continue;
    EXPECT_EQ(index.tablespace, "apart");
    schema::Index copy = index;
    copy.name = "copied";
    Do(plan::CreateIndex{Table().name, copy});
  }
  EXPECT_EQ(db().app().One("SELECT tablespace FROM pg_indexes WHERE indexname "
                           "= 'copied'"),
            "apart");
  db().Exec("DROP INDEX whole, copied");
  db().Exec("DROP TABLESPACE apart");
}

// Somebody else took the name after the plan was made.
TEST_P(PostgresRenderTest, LeavesAnIndexOfAnotherTableAlone) {
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
