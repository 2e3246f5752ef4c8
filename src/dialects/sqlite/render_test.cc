#include "dialects/sqlite/render.h"

#include <gmock/gmock.h>

#include "base/append.h"
#include "dialects/sqlite/test_session.h"

namespace segue::sqlite {
namespace {

// Relaxes the column, and runs the undo.
void ThereAndBack(TestSession* db, const schema::Column& before,
                  const schema::Column& after) {
  const std::string catalogue = db->Catalogue();
  const PlannedAction planned =
      db->Do(plan::AlterColumn{{"", "t"}, before, after});
  EXPECT_NE(db->Catalogue(), catalogue);
  EXPECT_EQ(db->Integrity(), "ok");
  EXPECT_EQ(db->Ask(planned.probe), "1");
  db->Execute(planned.undo);
  EXPECT_EQ(db->Catalogue(), catalogue);
  EXPECT_EQ(db->Integrity(), "ok");
}

TEST(AlterColumn, GivesTheTextBackByteForByte) {
  for (const char* text :
       {"CREATE TABLE t(id INTEGER PRIMARY KEY, [o]  TEXT\tnot null -- why\n"
        ",x TEXT, CHECK (o <> '') UNIQUE (x))",
        "CREATE TABLE IF NOT EXISTS t(o TEXT CONSTRAINT c NOT NULL ON CONFLICT "
        "FAIL CHECK(o NOT NULL), FOREIGN KEY (o) REFERENCES p(a))",
        "CREATE TABLE t('o' TEXT DEFAULT 'a''b' NOT NULL COLLATE NOCASE,"
        "\"k\" TEXT PRIMARY KEY) WITHOUT ROWID"}) {
    TestSession db("CREATE TABLE p(a TEXT PRIMARY KEY); " + std::string(text));
    schema::Column after = db.Column("o");
    after.nullable = true;
    ThereAndBack(&db, db.Column("o"), after);
    after.default_sql = "lower('X')";
    ThereAndBack(&db, db.Column("o"), after);
  }
}

// A row that is older than its column reads the default from the text of the
// table.
TEST(AlterColumn, OldRowsKeepTheDefaultTheyHad) {
  TestSession db(
      "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);"
      "ALTER TABLE t ADD COLUMN o TEXT DEFAULT 'first'");
  schema::Column after = db.Column("o");
  after.default_sql = "'second'";
  const PlannedAction planned =
      db.Do(plan::AlterColumn{{"", "t"}, db.Column("o"), after});
  db.Run("INSERT INTO t(id) VALUES (2)");
  EXPECT_EQ(db.Ask("SELECT o FROM t"), "first second");
  db.Execute(planned.undo);
  EXPECT_EQ(db.Ask("SELECT o FROM t"), "first second");
}

TEST(AlterColumn, NotNullAsksTheRows) {
  TestSession db("CREATE TABLE t(o TEXT); INSERT INTO t VALUES (NULL)");
  schema::Column after = db.Column("o");
  after.nullable = false;
  const plan::AlterColumn alter{{"", "t"}, db.Column("o"), after};
  try {
    db.Do(alter);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConstraint);
    EXPECT_STREQ(error.what(), "NOT NULL constraint failed: t.o");
  }
  db.Run("UPDATE t SET o = ''");
  db.Do(alter);
  EXPECT_NE(db.ErrorOf("INSERT INTO t VALUES (NULL)"), "");
}

// This tests the edit of the table's text amid other changes (ARCHITECTURE.md,
// alter_column).
TEST(AlterColumn, WorksAmongDropsAndRenames) {
  TestSession db(
      "CREATE TABLE t(a INT NOT NULL, o INT NOT NULL, z INT NOT NULL);"
      "INSERT INTO t VALUES (1, 2, 3);"
      "CREATE TRIGGER watch AFTER INSERT ON t BEGIN SELECT NEW.z; END");
  schema::Column hidden;
  hidden.name = "_segue_new_o";
  hidden.type = "TEXT";
  db.Do(plan::AddColumn{{"", "t"}, hidden});
  db.Run("UPDATE t SET _segue_new_o = o");
  std::vector<Statement> contract;
  const auto add = [&](const plan::Action& action) {
    base::Append(db.Render(action).forward, contract);
  };
  schema::Column nullable = hidden;
  nullable.name = "o";
  schema::Column strict = nullable;
  strict.nullable = false;
  strict.default_sql = "'none'";
  add(plan::DropColumn{{"", "t"}, db.Column("o")});
  add(plan::RenameColumn{{"", "t"}, hidden.name, "o"});
  add(plan::AlterColumn{{"", "t"}, nullable, strict});
  db.Execute(contract);
  EXPECT_EQ(db.Table().definition,
            "CREATE TABLE t(a INT NOT NULL, z INT NOT NULL, \"o\" TEXT NOT "
            "NULL DEFAULT 'none')");
  db.Run("INSERT INTO t(a, z) VALUES (1, 1)");
  EXPECT_EQ(db.Ask("SELECT o FROM t"), "2 none");
  EXPECT_EQ(db.Integrity(), "ok");
}

TEST(AlterColumn, OfAColumnThatIsNotThereFails) {
  TestSession db("CREATE TABLE t(o TEXT NOT NULL)");
  schema::Column after = db.Column("o");
  after.nullable = true;
  const PlannedAction planned =
      db.Render(plan::AlterColumn{{"", "t"}, db.Column("o"), after});
  db.Run("ALTER TABLE t RENAME COLUMN o TO p");
  const std::string catalogue = db.Catalogue();
  EXPECT_THROW(db.Execute(planned.forward), Error);
  EXPECT_EQ(db.Catalogue(), catalogue);
  EXPECT_NE(db.ErrorOf("DELETE FROM sqlite_schema"), "");
}

TEST(AddColumn, ComesAndGoesWithoutATrace) {
  for (const char* text :
       {"CREATE TABLE t(a INT -- one\n)", "CREATE TABLE t(a,b, CHECK (a > b))",
        "CREATE TABLE t(a INT PRIMARY KEY) STRICT, WITHOUT ROWID"}) {
    TestSession db(text);
    const std::string before = db.Catalogue();
    schema::Column added;
    added.name = "n";
    added.type = "boolean";
    added.nullable = false;
    added.default_sql = "0";
    const PlannedAction first = db.Do(plan::AddColumn{{"", "t"}, added});
    added.name = "_segue_d";
    const PlannedAction second = db.Do(plan::AddColumn{{"", "t"}, added});
    db.Execute(second.undo);
    db.Execute(first.undo);
    EXPECT_EQ(db.Catalogue(), before);
  }
}

TEST(RenameColumn, LeavesOtherTextsAsTheyWereWritten) {
  TestSession db(
      "CREATE TABLE t(name TEXT, \"q\" TEXT); CREATE INDEX i ON t(name, q);"
      "CREATE VIEW v AS SELECT name, \"q\" FROM t;");
  const std::string before = db.Catalogue();
  for (const char* from : {"name", "q"}) {
    const PlannedAction planned =
        db.Do(plan::RenameColumn{{"", "t"}, from, "full_name"});
    EXPECT_THAT(db.Catalogue(), ::testing::HasSubstr("full_name"));
    db.Execute(planned.undo);
    EXPECT_EQ(db.Catalogue(), before);
  }
}

// SQLite gives quotes to the new name and would keep them for the old one.
TEST(RenameColumn, ANameThatNeedsQuotesLeavesNoneBehind) {
  TestSession db(
      "CREATE TABLE t(name TEXT CHECK (Name <> ''), \"q\" TEXT);"
      "CREATE INDEX i ON t(name, q);"
      "CREATE VIEW v AS SELECT NAME, \"q\", 'name' FROM t;"
      "CREATE TRIGGER g AFTER UPDATE OF name ON t BEGIN "
      "UPDATE t SET q = [new].name; END;");
  const std::string before = db.Catalogue();
  for (const char* from : {"name", "q"}) {
    const PlannedAction planned =
        db.Do(plan::RenameColumn{{"", "t"}, from, "the name"});
    EXPECT_THAT(db.Catalogue(), ::testing::HasSubstr("\"the name\""));
    db.Execute(planned.undo);
    EXPECT_EQ(db.Catalogue(), before);
  }
}

TEST(Indexes, KeepEverythingOnARename) {
  TestSession db(
      "CREATE TABLE t(a TEXT, b TEXT COLLATE NOCASE);"
      "CREATE UNIQUE INDEX i ON t(a COLLATE RTRIM DESC, b, lower(b) DESC) "
      "WHERE a > '';");
  const std::string before = db.Catalogue();
  const PlannedAction planned =
      db.Do(plan::RenameIndex{{"", "t"}, db.Table().indexes.at(0), "j"});
  EXPECT_EQ(db.Ask("SELECT sql FROM sqlite_schema WHERE name = 'j'"),
            "CREATE UNIQUE INDEX \"j\" ON \"t\" (\"a\" COLLATE \"RTRIM\" DESC, "
            "\"b\", lower(b) DESC) WHERE a > ''");
  db.Execute(planned.undo);
  EXPECT_EQ(db.Catalogue(), before);
}

TEST(Indexes, OfConstraintsStay) {
  TestSession db("CREATE TABLE t(a TEXT UNIQUE)");
  EXPECT_THROW(db.Render(plan::DropIndex{{"", "t"}, db.Table().indexes.at(0)}),
               Error);
}

TEST(RawSql, IsSplitIntoStatements) {
  TestSession db("CREATE TABLE t(a)");
  const PlannedAction planned = db.Do(plan::RawSql{
      "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT ';'; SELECT 1; END;\n"
      "-- nothing; here\nINSERT INTO t VALUES (';')",
      "DROP TRIGGER g; DELETE FROM t;"});
  EXPECT_EQ(planned.forward.size(), 2u);
  EXPECT_EQ(planned.undo.size(), 2u);
  EXPECT_TRUE(planned.reversible);
  for (const char* sql : {"COMMIT", "vacuum", "/* x */ BEGIN; SELECT 1"}) {
    EXPECT_THROW(db.Render(plan::RawSql{sql, ""}), Error) << sql;
  }
}

TEST(Refusals, SayWhy) {
  TestSession db("CREATE TABLE t(a)");
  schema::Constraint unique;
  unique.kind = schema::ConstraintKind::kUnique;
  for (const plan::Action& action :
       std::vector<plan::Action>{plan::AddConstraint{{"", "t"}, unique},
                                 plan::ValidateConstraint{{"", "t"}, "c"},
                                 plan::DropConstraint{{"", "t"}, unique}}) {
    try {
      db.Render(action);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    }
  }
}

// Returns a version that shows the table t in its own shape.
plan::PublishVersion VersionOf(TestSession* db, const std::string& name) {
  plan::VersionView view;
  view.source = plan::Projection{{"", "t"}};
  view.name = "t";
  view.columns = db->Table().columns;
  view.key = db->Table().WalkKey();
  return {name, {view}};
}

TEST(Versions, ComeAndGo) {
  TestSession db("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
  const std::string before = db.Catalogue();
  const PlannedAction first = db.Do(VersionOf(&db, "main_1"));
  const PlannedAction second = db.Do(VersionOf(&db, "main_10"));
  EXPECT_EQ(db.Schema().TableNames(), std::vector<std::string>{"t"});
  EXPECT_TRUE(db.Table().dependents.empty());
  EXPECT_TRUE(db.Table().triggers.empty());
  // The probe is about one version, and not about another whose name begins
  // alike.
  EXPECT_EQ(db.Ask(first.probe), "1");
  const PlannedAction retired = db.Do(plan::RetireVersion{"main_1"});
  EXPECT_EQ(db.Ask(first.probe), "0");
  EXPECT_EQ(db.Ask(retired.probe), "1");
  EXPECT_EQ(db.Ask("SELECT count(*) FROM main_10__t"), "0");
  EXPECT_NE(db.ErrorOf("SELECT * FROM main_1__t"), "");
  db.Execute(second.undo);
  EXPECT_EQ(db.Catalogue(), before);
  EXPECT_EQ(db.Integrity(), "ok");
}

// DROP COLUMN does not notice that a trigger still writes the column.
TEST(Versions, ForgetAMotionWithItsTriggers) {
  TestSession db("CREATE TABLE t(id INTEGER PRIMARY KEY, o, p)");
  plan::PublishVersion version = VersionOf(&db, "main_1");
  plan::ColumnMotion first = db.Install("o", "n", 1, "o", "n");
  plan::ColumnMotion second = db.Install("p", "m", 2, "p", "m");
  for (plan::ColumnMotion* motion : {&first, &second}) {
    motion->new_versions = {"main_1"};
    version.views[0].marks.push_back({motion->name, motion->provenance});
    db.Sync(*motion);
  }
  db.Do(version);
  const std::string before = db.Catalogue();
  const PlannedAction undone = db.DropSync(first);
  const std::string trigger =
      db.Ask("SELECT sql FROM sqlite_schema WHERE name = 'main_1__t_insert'");
  EXPECT_THAT(trigger, ::testing::Not(::testing::HasSubstr("_segue_d1")));
  EXPECT_THAT(trigger, ::testing::HasSubstr("_segue_d2"));
  db.Execute(undone.undo);
  EXPECT_EQ(db.Catalogue(), before);
  db.DropSync(second);
  db.DropSync(first);
  db.Run("INSERT INTO main_1__t(id) VALUES (1)");
  EXPECT_EQ(db.Ask("SELECT _segue_d1, _segue_d2 FROM t"), "0|0");
}

TEST(Versions, SayWhatIsInTheWay) {
  for (const char* taken :
       {"CREATE VIEW MAIN_1__T AS SELECT 1", "CREATE TABLE main_1__t(a)",
        "CREATE INDEX main_1__t ON t(a)"}) {
    TestSession db("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    db.Run(taken);
    EXPECT_THROW(db.Render(VersionOf(&db, "main_1")), Error) << taken;
  }
  TestSession db("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
  db.Do(VersionOf(&db, "main_1"));
  // A view that somebody has copied belongs to the user.
  db.Run("CREATE VIEW mine AS SELECT id FROM main_1__t");
  EXPECT_EQ(db.Schema().TableNames(), (std::vector<std::string>{"t", "mine"}));
  try {
    db.Do(plan::RetireVersion{"main_1"});
    FAIL() << "was retired";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("view mine uses main_1__t"));
  }
  EXPECT_EQ(db.Ask("SELECT count(*) FROM mine"), "0");
}

TEST(Inspect, ReadsWhatOthersMention) {
  TestSession db(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
      "CREATE TABLE c(tid REFERENCES t, n REFERENCES T(name));"
      "CREATE VIEW broken AS SELECT name FROM t, nowhere;"
      "CREATE VIEW all_of AS SELECT * FROM t;"
      "CREATE TRIGGER far AFTER INSERT ON c BEGIN "
      "UPDATE t SET name = '' WHERE 0; END;"
      "CREATE VIRTUAL TABLE f USING fts5(body);");
  std::vector<std::string> found;
  for (const schema::Dependent& dependent : db.Table().dependents) {
    found.push_back(dependent.kind + " " + dependent.ToString() + " " +
                    dependent.column);
  }
  EXPECT_THAT(found,
              ::testing::UnorderedElementsAre(
                  "foreign key c.tid_fkey id", "foreign key c.n_fkey name",
                  "view all_of ", "view broken name", "trigger far name"));
  EXPECT_EQ(db.Table("f").kind, "virtual table");
  EXPECT_EQ(db.Table("f_content").kind, "shadow table");
  EXPECT_EQ(db.Table("c").constraints.size(), 2u);
  EXPECT_EQ(db.Table().WalkKey(), std::vector<std::string>{"id"});
}

}  // namespace
}  // namespace segue::sqlite
