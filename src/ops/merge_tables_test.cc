#include "ops/merge_tables.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class MergeTablesTest : public PlanBed {
 protected:
  MergeTablesTest() {
    can_.partitions = true;
    schema::Table other = MakeUsers();
    other.name.name = "guests";
    schema_.tables.push_back(other);
  }

  schema::Table& guests() { return schema_.tables[1]; }
  static Migration Merge(const std::string& one = "'u'",
                         const std::string& two = "'g'") {
    return Migration("m", "").MergeTables({{"users", one}, {"guests", two}},
                                          "people", "kind");
  }
};

TEST_F(MergeTablesTest, NoRowIsMoved) {
  const std::vector<std::string> plan = Plan(Merge());
  EXPECT_THAT(plan, Contains("MIGRATING Make 'users', 'guests' parts of "
                             "'people'"));
  EXPECT_THAT(plan,
              Contains("  ATTACH users FOR 'u', guests FOR 'g' TO people"));
  EXPECT_THAT(plan, Not(Contains(HasSubstr("  FILL"))));
  EXPECT_EQ(shape_.FindTable("users"), nullptr);
  EXPECT_EQ(shape_.FindTable("people")->ColumnNames(),
            (std::vector<std::string>{"id", "name", "email", "age", "created",
                                      "kind"}));
}

// NULL where one of them takes it.
TEST_F(MergeTablesTest, TheTableTakesWhatEachPartTakes) {
  guests().FindColumn("name")->nullable = true;
  Plan(Merge());
  EXPECT_TRUE(shape_.FindTable("people")->FindColumn("name")->nullable);
  EXPECT_FALSE(shape_.FindTable("people")->FindColumn("age")->nullable);
}

TEST_F(MergeTablesTest, SequencesAreUnitedWithTheContract) {
  column("id").default_sql = "nextval('users_id_seq'::regclass)";
  guests().FindColumn("id")->default_sql = "nextval('guests_id_seq'::regclass)";
  EXPECT_THAT(Plan(Merge()), Contains("  UNITE NUMBERS OF people.id"));
  EXPECT_EQ(shape_.FindTable("people")->FindColumn("id")->default_sql,
            std::nullopt);
}

TEST_F(MergeTablesTest, NamesAllThatDiffers) {
  guests().columns[3].type = "bigint";
  guests().columns[4].name = "made";
  EXPECT_THAT(
      Refusal(Merge()),
      AllOf(HasSubstr("column 'age' is integer in 'users' and bigint in "
                      "'guests'"),
            HasSubstr("column 'created' is not in 'guests'"),
            HasSubstr("column 'made' is not in 'users'")));
}

TEST_F(MergeTablesTest, RefusesWhatCouldBePassed) {
  guests().row_security = true;
  EXPECT_THAT(Refusal(Merge()), HasSubstr("'guests' has row security"));
}

TEST_F(MergeTablesTest, TheValuesAreConstantsOfOneType) {
  EXPECT_EQ(Refusal(Merge("1", "-2")), "");
  EXPECT_THAT(Refusal(Merge("1", "'g'")), HasSubstr("neither all texts"));
  EXPECT_THAT(Refusal(Merge("upper('u')", "'g'")),
              HasSubstr("neither all texts"));
  EXPECT_THAT(Refusal(Merge("NULL", "'g'")), HasSubstr("neither all texts"));
}

TEST_F(MergeTablesTest, ADatabaseWithoutPartitionsIsNamed) {
  can_.partitions = false;
  EXPECT_THAT(Refusal(Merge()), HasSubstr("has no partitioned tables"));
}

TEST_F(MergeTablesTest, IsAloneOnItsTables) {
  Migration before("m", "");
  before.AddColumn("guests", Spec("nick"));
  before.MergeTables({{"users", "'u'"}, {"guests", "'g'"}}, "people", "kind");
  EXPECT_THAT(Refusal(before), HasSubstr("in the same migration"));
  EXPECT_THAT(Refusal(Merge().Sql("SELECT 1", "SELECT 1")),
              HasSubstr("in the same migration"));
}

}  // namespace
}  // namespace segue::ops
