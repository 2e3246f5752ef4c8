// What the plan refuses or warns of on SQLite, on small schemas. The cases in
// tests/cases/*/sqlite_*.yaml have the same by way of whole plans.
#include "dialects/sqlite/hazards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/sqlite/test_session.h"
#include "dialects/sqlite/user_trigger.h"

namespace segue::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

schema::Column Named(const char* name) {
  schema::Column column;
  column.name = name;
  return column;
}

class HazardsTest : public ::testing::Test {
 protected:
  // Returns "<id>: <message>" for each hazard; a warning begins with "(".
  std::vector<std::string> Of(const std::vector<plan::Action>& actions,
                              const plan::Motions& motions = db::kNoMotions) {
    const schema::Schema schema = session_.Schema();
    std::vector<std::string> found;
    for (const Hazard& hazard :
         Hazards(actions, {schema, std::chrono::milliseconds(500), motions})) {
      EXPECT_NE(hazard.why, "");
      EXPECT_NE(hazard.safe_way, "");
      EXPECT_LT(hazard.action, actions.size());
      found.push_back((hazard.refuses ? "" : "(warning) ") + hazard.id + ": " +
                      hazard.message);
    }
    return found;
  }

  // Returns the hazards of a rename in place of the column o of t to n.
  std::vector<std::string> OfRename(const std::string& up = "o") {
    const plan::ColumnMotion motion = session_.MakeMotion(up, "n", 1, "o", "n");
    return Of({plan::CreateSync{motion.name}},
              TestSession::MotionsWith(motion));
  }

  TestSession session_{
      "CREATE TABLE t (id INTEGER PRIMARY KEY, o TEXT, z INTEGER);"
      "CREATE TABLE x (a);"};
};

TEST_F(HazardsTest, NothingInTheWay) {
  EXPECT_THAT(OfRename(), IsEmpty());
  EXPECT_THAT(Of({plan::AddColumn{{"", "t"}, Named("more")}}), IsEmpty());
}

// Each of these reads the column in another way.
TEST_F(HazardsTest, EveryReadOfTheColumnByAnInsertTriggerIsFound) {
  for (const std::string body :
       {"INSERT INTO x VALUES (NEW.o)", "INSERT INTO x VALUES (new.\"O\")",
        "INSERT INTO x VALUES (new.[o])", "INSERT INTO x VALUES (new.'o')",
        "INSERT INTO x SELECT o FROM t", "INSERT INTO x SELECT k.o FROM t k",
        "DELETE FROM x WHERE a IN (SELECT t.o FROM t)",
        "SELECT RAISE(ABORT, 'no') WHERE NEW . o IS NULL",
        "UPDATE t SET z = 1 WHERE o = 'a'", "UPDATE t SET o = 'a'",
        "INSERT INTO x SELECT quote(a.o) FROM (SELECT * FROM t) a"}) {
    session_.Run("CREATE TRIGGER g AFTER INSERT ON t BEGIN " + body + "; END");
    EXPECT_THAT(OfRename(), ElementsAre(HasSubstr("trigger 'g' of table 't'")))
        << body;
    session_.Run("DROP TRIGGER g");
  }
}

TEST_F(HazardsTest, OtherWordsAreNoReads) {
  session_.Run("CREATE TABLE y (o, p)");
  for (const std::string body :
       {"INSERT INTO x VALUES ('o')", "INSERT INTO y(o) VALUES (NEW.z)",
        "UPDATE y SET o = NEW.id, p = 1", "SELECT o FROM y",
        "INSERT INTO y(p, o) SELECT z, id FROM t", "SELECT count(*) FROM t",
        "UPDATE t SET z = z * 2 WHERE id = NEW.id"}) {
    session_.Run("CREATE TRIGGER g AFTER INSERT ON t BEGIN " + body + "; END");
    EXPECT_THAT(OfRename(), IsEmpty()) << body;
    session_.Run("DROP TRIGGER g");
  }
}

TEST_F(HazardsTest, AnUpdateTriggerThatIsNotFiredMayStillSeeHalfARow) {
  session_.Run(
      "CREATE TRIGGER g AFTER UPDATE OF z ON t BEGIN "
      "INSERT INTO x VALUES (NEW.o); END");
  EXPECT_THAT(OfRename(), ElementsAre(HasSubstr("that is being changed")));
}

TEST_F(HazardsTest, ATriggerThatOnlyTouchesItsRowIsAWarning) {
  session_.Run(
      "CREATE TRIGGER g AFTER UPDATE ON t BEGIN "
      "UPDATE t SET z = strftime('%s') WHERE id = OLD.id; END");
  EXPECT_THAT(OfRename(), ElementsAre(HasSubstr("(warning) trigger-runs-again: "
                                                "trigger 'g' of table 't'")));
}

TEST_F(HazardsTest, WhatDoesMoreThanTouchingIsRefused) {
  for (const std::string body :
       {"UPDATE t SET z = z + 1 WHERE id = NEW.id",
        "UPDATE t SET z = 1 WHERE id = NEW.id",
        "UPDATE t SET z = random() WHERE id = NEW.id",
        "UPDATE t SET z = NEW.z WHERE id = NEW.id",
        "UPDATE t SET o = 'a' WHERE id = NEW.id",
        "UPDATE t SET z = 1 WHERE id <> NEW.id", "UPDATE t SET z = 1",
        "UPDATE t SET z = 1 WHERE z = NEW.z OR id = NEW.id",
        "UPDATE t SET z = (SELECT 1) WHERE id = NEW.id",
        "INSERT INTO x VALUES (1)", "DELETE FROM x"}) {
    session_.Run("CREATE TRIGGER g AFTER UPDATE ON t BEGIN " + body + "; END");
    EXPECT_THAT(OfRename(), ElementsAre(HasSubstr("runs again"))) << body;
    session_.Run("DROP TRIGGER g");
  }
}

TEST_F(HazardsTest, ATriggerThatAnotherOneFiresIsFoundToo) {
  session_.Run(
      "CREATE TRIGGER a AFTER UPDATE ON t BEGIN "
      "UPDATE t SET z = CURRENT_TIME WHERE id = NEW.id; END;"
      "CREATE TRIGGER b AFTER UPDATE OF z ON t BEGIN "
      "INSERT INTO x VALUES (1); END");
  EXPECT_THAT(OfRename(),
              ElementsAre(HasSubstr("(warning) trigger-runs-again"),
                          HasSubstr("trigger 'b' of table 't' runs again")));
}

// The cases are sqlite-up_of_session_functions and sqlite-up_reads_other_table.
TEST_F(HazardsTest, ExpressionsTellWhatTheyDependOn) {
  EXPECT_THAT(OfRename("lower(o)"),
              ElementsAre(HasSubstr("(warning) expression-of-the-session: 'up' "
                                    "of table 't' runs in the session")));
  EXPECT_THAT(OfRename("CASE WHEN o LIKE 'a%' THEN o ELSE z END"),
              ElementsAre(HasSubstr("(like)")));
  EXPECT_THAT(OfRename("(SELECT max(a) FROM x)"),
              ElementsAre(HasSubstr("reads 'x'"), HasSubstr("(max)")));
  EXPECT_THAT(OfRename("CASE WHEN (o IN ('a')) THEN 'b' ELSE CAST(z AS TEXT) "
                       "END"),
              IsEmpty());
}

// A collation or a function of an application's own is unknown here. Case
// unknown_collation_stuck.
TEST_F(HazardsTest, AnIndexWithAnUnknownCollationStopsEveryAlter) {
  const schema::Schema schema = session_.Schema();
  schema::Schema foreign = schema;
  foreign.tables[0].indexes.emplace_back();
  foreign.tables[0].indexes.back().name = "ie";
  foreign.tables[0].indexes.back().definition =
      "CREATE INDEX ie ON t(o COLLATE appnat)";
  const std::vector<plan::Action> add = {
      plan::AddColumn{{"", "x"}, Named("u")}};
  const std::vector<Hazard> hazards =
      Hazards(add, {foreign, std::chrono::milliseconds(500)});
  ASSERT_EQ(hazards.size(), 1U);
  EXPECT_EQ(hazards[0].message,
            "ALTER TABLE fails on this database: error in index ie: no such "
            "collation sequence: appnat; mend or drop that object first");
}

// Case unknown_function_generated.
TEST_F(HazardsTest, AGeneratedColumnOfAnUnknownFunctionIsNamed) {
  schema::Schema foreign = session_.Schema();
  schema::Table table;
  table.name.name = "f";
  table.definition =
      "CREATE TABLE f(id INTEGER PRIMARY KEY, e, g AS (app_slug(e)) STORED)";
  table.columns = {Named("id"), Named("e"), Named("g")};
  table.columns[2].generated_sql = "app_slug(e)";
  foreign.tables.push_back(table);
  const std::vector<plan::Action> add = {
      plan::AddColumn{{"", "f"}, Named("u")}};
  const std::vector<Hazard> hazards =
      Hazards(add, {foreign, std::chrono::milliseconds(500)});
  ASSERT_EQ(hazards.size(), 1U);
  EXPECT_THAT(hazards[0].message,
              HasSubstr("table 'f' cannot be written by segue: "));
  EXPECT_THAT(hazards[0].message, HasSubstr("(generated column 'g')"));
  // A table that does not change may have what it wants.
  EXPECT_THAT(Hazards({plan::AddColumn{{"", "x"}, Named("u")}},
                      {foreign, std::chrono::milliseconds(500)}),
              IsEmpty());
}

TEST(UserTriggerTest, ReadsItsParts) {
  const UserTrigger trigger(
      {"after",
       "CREATE TRIGGER after BEFORE UPDATE OF a, \"b c\" ON main.[my t] FOR "
       "EACH ROW WHEN NEW.begin = 1 AND CASE WHEN 1 THEN 1 END BEGIN\n"
       "INSERT OR REPLACE INTO main.log(x) VALUES (';');\n"
       "UPDATE OR IGNORE k SET p = (SELECT q = 1), r = 2 WHERE s = 3;\n"
       "DELETE FROM main . \"old\"; END"});
  EXPECT_EQ(trigger.event, TriggerEvent::kUpdate);
  EXPECT_EQ(trigger.table, "my t");
  EXPECT_THAT(trigger.of, ElementsAre("a", "b c"));
  EXPECT_TRUE(trigger.when.Names("begin"));
  ASSERT_EQ(trigger.body.size(), 3U);
  EXPECT_EQ(trigger.body[0].written, "log");
  EXPECT_TRUE(trigger.body[0].deletes);
  EXPECT_EQ(trigger.body[1].written, "k");
  EXPECT_THAT(trigger.body[1].sets, ElementsAre("p", "r"));
  EXPECT_EQ(trigger.body[2].written, "old");
}

}  // namespace
}  // namespace segue::sqlite
