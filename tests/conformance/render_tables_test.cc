// Actions of tables on each database, and tables that go while applications
// write those that they refer to.
#include <thread>

#include "tests/conformance/render_fixture.h"

namespace segue::test {
namespace {

class RenderTablesTest : public RenderTest {};

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

TEST_P(RenderTablesTest, CreatesATable) {
  const schema::Table table = NewTable(Table().name);
  ThereAndBack(plan::CreateTable{table});
  Do(plan::CreateTable{table});
  db().Exec("INSERT INTO \"made \"\"Table\"\"\"(\"the id\") VALUES (1)");
  EXPECT_TRUE(
      db().app().Fails("INSERT INTO \"made \"\"Table\"\"\" VALUES (1, 2)"));
  EXPECT_TRUE(
      db().app().Fails("INSERT INTO \"made \"\"Table\"\"\" VALUES (2, 0)"));
}

TEST_P(RenderTablesTest, DropsATableForGoodAndNeverWhatHangsOnIt) {
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

TEST_P(RenderTablesTest, RenamesATable) {
  // In quotes, since some databases write a name in them once it was renamed.
  db().Exec("DROP TABLE t; CREATE TABLE \"t\"(id integer PRIMARY KEY)");
  db().Exec("INSERT INTO t VALUES (1), (2)");
  ThereAndBack(plan::RenameTable{Table().name, "T2 \"x\""});
  Do(plan::RenameTable{Table().name, "T2 \"x\""});
  EXPECT_EQ(db().app().One("SELECT count(*) FROM \"T2 \"\"x\"\"\""), "2");
}

TEST_P(RenderTablesTest, ShowsATableUnderASecondName) {
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

SEGUE_INSTANTIATE(RenderTablesTest);

class TableGoesTest : public RenderedActions {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    Prepare(
        "CREATE TABLE items(id integer PRIMARY KEY, v integer);"
        "INSERT INTO items VALUES (1, 0), (2, 0);"
        "CREATE TABLE logs(id integer PRIMARY KEY,"
        " item integer REFERENCES items)");
  }

  schema::Table Logs() { return schema::RequireTable(Schema(), "logs"); }

  // Runs `statements` from the middle of an application's transaction on.
  void ExpectMakesWay(const std::vector<Statement>& statements) {
    const std::unique_ptr<Client> client = db().NewClient();
    client->Query(
        "BEGIN; SET LOCAL deadlock_timeout = '1ms';"
        "UPDATE items SET v = 1 WHERE id = 1");
    std::thread goes([&] { RunStatements(*connection_, statements, true); });
    WaitUntil(db().app(), "SELECT count(*) FROM pg_locks WHERE NOT granted",
              "1");
    EXPECT_NO_THROW(client->Query("DELETE FROM items WHERE id = 2; COMMIT"));
    goes.join();
    EXPECT_TRUE(db().app().Fails("SELECT 1 FROM logs"));
  }
};

TEST_P(TableGoesTest, ForGood) {
  ExpectMakesWay(
      RenderNow(db(), *connection_, plan::DropTable{Logs()}).forward);
}

TEST_P(TableGoesTest, BecauseItIsNoLongerMade) {
  ExpectMakesWay(RenderNow(db(), *connection_, plan::CreateTable{Logs()}).undo);
}

// As when somebody has dropped it with all that hung on it.
TEST_P(TableGoesTest, AlsoWithoutTheOneItRefersTo) {
  const auto undo =
      RenderNow(db(), *connection_, plan::CreateTable{Logs()}).undo;
  db().Exec("DROP TABLE items CASCADE");
  RunStatements(*connection_, undo, true);
  EXPECT_TRUE(db().app().Fails("SELECT 1 FROM logs"));
}

TEST_P(TableGoesTest, AlsoWhenTheOtherIsSomebodyElses) {
  db().Exec(
      "DROP ROLE IF EXISTS segue_logs; CREATE ROLE segue_logs;"
      "ALTER TABLE logs OWNER TO segue_logs");
  const auto undo =
      RenderNow(db(), *connection_, plan::CreateTable{Logs()}).undo;
  connection_->Execute("SET ROLE segue_logs");
  RunStatements(*connection_, undo, true);
  EXPECT_TRUE(db().app().Fails("SELECT 1 FROM logs"));
  db().Exec("DROP ROLE segue_logs");
}

SEGUE_INSTANTIATE_ON(TableGoesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
