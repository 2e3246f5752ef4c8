// Constraints, replica identity and their trials on each database: forward
// makes it so, the probe sees it, undo gives back the very catalogue.
#include "segue/error.h"
#include "tests/conformance/render_fixture.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RenderConstraintsTest : public RenderedActions {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    Prepare(
        "CREATE TABLE parent(id integer NOT NULL PRIMARY KEY);"
        "INSERT INTO parent VALUES (1);"
        "CREATE TABLE t(id integer NOT NULL PRIMARY KEY,"
        " up integer CONSTRAINT in_column CHECK (up > 0) ,\n"
        " CONSTRAINT \"Named\" CHECK (up < 100) ,\n"
        " CONSTRAINT fk_old FOREIGN KEY (up) REFERENCES parent (id));"
        "INSERT INTO t VALUES (1, 1), (2, NULL), (3, 1)");
  }

  schema::TableName Table() { return schema::RequireTable(Schema(), "t").name; }
  schema::Constraint Named(const std::string& name) {
    const schema::Schema schema = Schema();
    for (const auto& one : schema::RequireTable(schema, "t").constraints) {
      if (one.name == name) return one;
    }
    ADD_FAILURE() << "no constraint " << name;
    return {};
  }

  static schema::Constraint Check(const std::string& sql) {
    schema::Constraint check;
    check.name = "added";
    check.columns = {"up"};
    check.check = sql;
    return check;
  }
  static schema::Constraint ForeignKey(const std::string& column) {
    schema::Constraint key;
    key.name = "added";
    key.kind = schema::ConstraintKind::kForeignKey;
    key.columns = {column};
    key.reference.table = "parent";
    key.reference.columns = {"id"};
    key.reference.on_delete = "CASCADE";
    return key;
  }

  plan::ConstraintTrial TrialOf(const schema::Constraint& constraint,
                                const std::string& column) {
    const schema::Schema schema = Schema();
    const schema::Table& table = schema::RequireTable(schema, "t");
    plan::ConstraintTrial trial;
    trial.constraint = constraint;
    plan::Expression value;
    value.sql = column;
    value.bindings = {{column, column, "integer"}};
    trial.values = {{column, "integer", value}};
    trial.key = {*table.FindColumn("id")};
    return trial;
  }
  std::vector<std::string> Found(const PlannedAction& planned) {
    std::vector<std::string> keys;
    if (!planned.trial) return {"no trial"};
    for (const db::Row& row :
         connection_->Execute(planned.trial->walk.statement.all).rows) {
      keys.push_back(db::ToText(row.at(0)));
    }
    return keys;
  }
};

TEST_P(RenderConstraintsTest, AddsAndDropsAndRenames) {
  ThereAndBack(plan::AddConstraint{Table(), Check("up <> 7 -- not this")});
  ThereAndBack(plan::AddConstraint{Table(), ForeignKey("up")});
  for (const char* name : {"in_column", "Named", "fk_old"}) {
    ThereAndBack(plan::DropConstraint{Table(), Named(name)});
    ThereAndBack(plan::RenameConstraint{Table(), Named(name), "Other name"});
  }
}

TEST_P(RenderConstraintsTest, AnAddedCheckHolds) {
  Forward(*connection_,
          RenderNow(db(), *connection_,
                    plan::AddConstraint{Table(), Check("up <> 7")}));
  EXPECT_ANY_THROW(db().Exec("INSERT INTO t VALUES (9, 7)"));
  db().Exec("INSERT INTO t VALUES (9, 1)");
}

TEST_P(RenderConstraintsTest, RowsThatBreakItAreFoundByKey) {
  const auto add = [&](const schema::Constraint& constraint,
                       const std::string& column) {
    return RenderNow(
        db(), *connection_,
        plan::AddConstraint{Table(), constraint, TrialOf(constraint, column)});
  };
  EXPECT_THAT(Found(add(Check("t.up <> 1"), "up")), ElementsAre("1", "3"));
  EXPECT_THAT(Found(add(Check("up = 1"), "up")), ElementsAre());
  EXPECT_THAT(Found(add(ForeignKey("id"), "id")), ElementsAre("2", "3"));
  EXPECT_THAT(Found(add(ForeignKey("up"), "up")), ElementsAre());
}

TEST_P(RenderConstraintsTest, DuplicatesAreFoundByKey) {
  schema::Index index;
  index.name = "u";
  index.unique = true;
  index.columns.resize(1);
  index.columns[0].name = "up";
  schema::Constraint unique;
  unique.name = "u";
  unique.kind = schema::ConstraintKind::kUnique;
  unique.columns = {"up"};
  EXPECT_THAT(Found(RenderNow(
                  db(), *connection_,
                  plan::CreateIndex{Table(), index, TrialOf(unique, "up")})),
              ElementsAre("1", "3"));
}

TEST_P(RenderConstraintsTest, AddingProvesTheRowsWhereNothingIsNotValid) {
  if (dialect().capabilities().not_valid_constraints) {
    GTEST_SKIP() << "validated apart here";
  }
  const std::string before = db().Dump();
  for (const auto& constraint : {Check("up <> 1"), ForeignKey("id")}) {
    const PlannedAction planned =
        RenderNow(db(), *connection_, plan::AddConstraint{Table(), constraint});
    EXPECT_ANY_THROW(Forward(*connection_, planned));
    EXPECT_EQ(db().Dump(), before);
  }
}

TEST_P(RenderConstraintsTest, ACheckIsBoundToWhereItsColumnsLive) {
  db::CheckQuestion question;
  question.table = Table();
  question.table.name = "moved";
  question.sql = "moved.a < 5 AND b <> 'a' || \"a\" -- a";
  question.bindings = {{"a", "_segue_new_a", "integer"}, {"b", "a", "text"}};
  const db::Answer answer = dialect().Examine(*connection_, question);
  EXPECT_EQ(answer.error, "");
  EXPECT_THAT(answer.bound, HasSubstr("_segue_new_a"));
  EXPECT_THAT(answer.bound, HasSubstr("'a'"));
  db().Exec("CREATE TABLE moved(_segue_new_a integer, a text, CHECK (" +
            answer.bound + "\n))");
  db().Exec("INSERT INTO moved VALUES (4, 'x')");
  EXPECT_ANY_THROW(db().Exec("INSERT INTO moved VALUES (4, 'a4')"));
  EXPECT_ANY_THROW(db().Exec("INSERT INTO moved VALUES (6, 'x')"));
  question.sql = "c > 0";
  EXPECT_NE(dialect().Examine(*connection_, question).error, "");
}

TEST_P(RenderConstraintsTest, ReplicaIdentityOrARefusal) {
  plan::SetReplicaIdentity action;
  action.table = Table();
  action.before = "DEFAULT";
  action.after = "FULL";
  if (!dialect().capabilities().replica_identity) {
    EXPECT_THROW(RenderNow(db(), *connection_, action), Error);
    return;
  }
  ThereAndBack(action);
  action.after = "INDEX";
  action.after_index = "t_pkey";
  const PlannedAction planned = RenderNow(db(), *connection_, action);
  Forward(*connection_, planned);
  EXPECT_TRUE(Probe(*connection_, planned));
  const schema::Schema schema = Schema();
  const schema::Table& table = schema::RequireTable(schema, "t");
  EXPECT_EQ(table.replica_identity, "INDEX");
  EXPECT_EQ(table.replica_identity_index, "t_pkey");
}

TEST_P(RenderConstraintsTest, InspectSaysWhereAForeignKeyPoints) {
  Forward(*connection_,
          RenderNow(db(), *connection_,
                    plan::AddConstraint{Table(), ForeignKey("up")}));
  const schema::Constraint key = Named("added");
  EXPECT_EQ(key.reference.table, "parent");
  EXPECT_THAT(key.reference.columns, ElementsAre("id"));
  EXPECT_EQ(key.reference.on_delete, "CASCADE");
  EXPECT_EQ(key.reference.on_update, "");
}

SEGUE_INSTANTIATE(RenderConstraintsTest);

class PostgresRenderConstraintsTest : public RenderTest {};

TEST_P(PostgresRenderConstraintsTest, AddsAndValidatesConstraints) {
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

TEST_P(PostgresRenderConstraintsTest, DropsConstraintsAndGivesThemBack) {
  for (const schema::Constraint& constraint : Table().constraints) {
    if (constraint.name != "named") continue;
    ThereAndBack(plan::DropConstraint{Table().name, constraint});
    return;
  }
  FAIL() << "the constraint was not read";
}

TEST_P(PostgresRenderConstraintsTest, AdoptsAnIndexAsAConstraint) {
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

SEGUE_INSTANTIATE_ON(PostgresRenderConstraintsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
