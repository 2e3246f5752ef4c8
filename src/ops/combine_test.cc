#include "ops/combine.h"

#include "ops/add_column.h"
#include "ops/alter_column.h"
#include "ops/create_index.h"
#include "ops/create_table.h"
#include "ops/rename_column.h"
#include "ops/with_spec.h"
#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

class CombineTest : public PlanBed {
 protected:
  std::vector<OperationPtr> Combined(const Migration& migration) {
    const test::FakeDialect dialect(can_);
    return Combine(migration.operations, schema_, dialect);
  }
  std::vector<std::string> Names(const Migration& migration) {
    std::vector<std::string> names;
    for (const OperationPtr& operation : Combined(migration)) {
      names.push_back(operation->name());
    }
    return names;
  }
  // Returns what the operation at this place of the result asks for.
  template <class Spec>
  Spec SpecAt(std::size_t place, const Migration& migration) {
    const std::vector<OperationPtr> all = Combined(migration);
    const Spec* found = SpecOf<Spec>(*all.at(place));
    EXPECT_NE(found, nullptr);
    return found == nullptr ? Spec{} : *found;
  }
  std::string Refused(const Migration& migration) {
    try {
      Combined(migration);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused);
      return error.what();
    }
    return "";
  }
  static ColumnChange Type(const std::string& type, const std::string& up = "",
                           const std::string& down = "") {
    ColumnChange change;
    change.type = type;
    change.up = up;
    change.down = down;
    return change;
  }
  static ColumnChange NotNull(const std::string& up) {
    ColumnChange change;
    change.nullable = false;
    change.up = up;
    return change;
  }
};

TEST_F(CombineTest, AChangeAndARenameAreOneChange) {
  Migration migration("m", "");
  migration.AlterColumn("users", "age", Type("bigint", "age + 1", "age - 1"))
      .RenameColumn("users", "age", "years");
  ASSERT_EQ(Combined(migration).size(), 1u);
  const auto spec = SpecAt<AlterColumnSpec>(0, migration);
  EXPECT_EQ(spec.column, "age");
  EXPECT_EQ(spec.change.new_name, "years");
  EXPECT_EQ(spec.change.type, "bigint");
  EXPECT_EQ(spec.change.up, "age + 1");
  // The first change calls the new column by the old name.
  EXPECT_EQ(spec.change.down,
            "(SELECT (age - 1\n) FROM (SELECT (\"years\"\n) AS \"age\") AS "
            "_segue_before)");
}

TEST_F(CombineTest, TheLaterChangeReadsWhatTheEarlierOneGives) {
  Migration migration("m", "");
  migration.RenameColumn("users", "age", "years")
      .AlterColumn("users", "years", Type("text", "years::text", "years::int"));
  const auto spec = SpecAt<AlterColumnSpec>(0, migration);
  EXPECT_EQ(spec.change.up,
            "(SELECT (years::text\n) FROM (SELECT (\"age\"\n) AS \"years\") AS "
            "_segue_before)");
  EXPECT_EQ(spec.change.down, "years::int");
}

TEST_F(CombineTest, AnExpressionReadsTheTypeOfTheEarlierChange) {
  Migration migration("m", "");
  migration.AlterColumn("users", "age", Type("text"))
      .AlterColumn("users", "age", NotNull("coalesce(age, 'x')"));
  const auto spec = SpecAt<AlterColumnSpec>(0, migration);
  EXPECT_EQ(spec.change.type, "text");
  EXPECT_EQ(spec.change.nullable, false);
  EXPECT_NE(spec.change.up.find("CAST(\"age\" AS text)"), std::string::npos)
      << spec.change.up;
}

TEST_F(CombineTest, TwoChangesOfTheValuesAreRefused) {
  Migration migration("m", "");
  migration.AlterColumn("users", "age", Type("bigint", "age + 1", "age - 1"))
      .AlterColumn("users", "age", NotNull("coalesce(age, 0)"));
  EXPECT_EQ(Refused(migration),
            "alter_column 'age' of table 'users': an earlier operation of this "
            "migration gives the column other values, too, and the values in "
            "between would be nobody's");
}

TEST_F(CombineTest, TwoTypesAreRefused) {
  Migration migration("m", "");
  migration.AlterColumn("users", "age", Type("bigint"))
      .AlterColumn("users", "age", Type("text"));
  EXPECT_NE(Refused(migration).find("nobody would ever see that type"),
            std::string::npos);
}

TEST_F(CombineTest, AnAddedColumnIsAddedAsItIsToBe) {
  Migration migration("m", "");
  migration.AddColumn("users", {"nick", "text"})
      .AlterColumn("users", "nick", NotNull("coalesce(nick, email)"))
      .RenameColumn("users", "nick", "alias");
  ASSERT_EQ(Combined(migration).size(), 1u);
  const auto spec = SpecAt<AddColumnSpec>(0, migration);
  EXPECT_EQ(spec.column.name, "alias");
  EXPECT_FALSE(spec.column.nullable);
  EXPECT_EQ(spec.up,
            "(SELECT (coalesce(nick, email)\n) FROM (SELECT (CAST(NULL AS "
            "text)\n) AS \"nick\") AS _segue_before)");
}

TEST_F(CombineTest, AnAddedColumnIsNotDropped) {
  Migration migration("m", "");
  migration.AddColumn("users", {"nick", "text"}).DropColumn("users", "nick");
  EXPECT_EQ(Refused(migration),
            "drop_column 'nick' of table 'users': an earlier add_column of "
            "this migration adds the column");
}

TEST_F(CombineTest, ACreatedTableIsCreatedAsItIsToBe) {
  Migration migration("m", "");
  migration.CreateTable("pets", {{"id", "integer"}, {"name", "text"}}, {"id"})
      .AddColumn("pets", {"age", "integer"})
      .AlterColumn("pets", "age", Type("bigint"))
      .RenameColumn("pets", "name", "called")
      .CreateConstraint("pets", {"one", ConstraintType::kUnique, {"called"}})
      .RenameTable("pets", "animals");
  ASSERT_EQ(Combined(migration).size(), 1u);
  const auto spec = SpecAt<CreateTableSpec>(0, migration);
  EXPECT_EQ(spec.name, "animals");
  EXPECT_EQ(spec.columns.at(1).column.name, "called");
  EXPECT_EQ(spec.columns.at(2).column.type, "bigint");
  std::vector<std::string> constraints;
  for (const auto& one : spec.constraints) {
    constraints.push_back(one.name + " " + one.columns.at(0));
  }
  EXPECT_THAT(constraints,
              ::testing::UnorderedElementsAre("pets_pkey id", "one called"));
}

TEST_F(CombineTest, AForeignKeyToALaterTableStaysBehindIt) {
  Migration migration("m", "");
  ConstraintSpec key{"k", ConstraintType::kForeignKey, {"b"}};
  key.references_table = "second";
  migration.CreateTable("first", {{"id", "integer"}, {"b", "integer"}}, {"id"})
      .CreateTable("second", {{"id", "integer"}}, {"id"})
      .CreateConstraint("first", key);
  EXPECT_THAT(Names(migration),
              ::testing::ElementsAre("create_table", "create_table",
                                     "create_constraint"));
}

TEST_F(CombineTest, AnIndexIsBuiltBeforeARenameByTheOldName) {
  Migration migration("m", "");
  migration.RenameColumn("users", "age", "years")
      .CreateIndex({"by_years", "users", {"years", "id"}});
  EXPECT_THAT(Names(migration),
              ::testing::ElementsAre("create_index", "rename_column"));
  const auto spec = SpecAt<CreateIndexSpec>(0, migration);
  EXPECT_EQ(spec.index.columns.at(0).name, "age");
}

TEST_F(CombineTest, AnIndexIsBuiltOverTheColumnThatStays) {
  Migration migration("m", "");
  migration.CreateIndex({"by_age", "users", {"age"}})
      .AlterColumn("users", "age", Type("bigint"))
      .RenameColumn("users", "age", "years");
  EXPECT_THAT(Names(migration),
              ::testing::ElementsAre("alter_column", "create_index"));
  const auto spec = SpecAt<CreateIndexSpec>(1, migration);
  EXPECT_EQ(spec.index.columns.at(0).name, "years");
}

// What comes after might mean the column that has the name.
TEST_F(CombineTest, ARenameToATakenNameStaysOne) {
  Migration migration("m", "");
  migration.RenameColumn("users", "age", "name")
      .RenameColumn("users", "name", "title");
  EXPECT_EQ(Combined(migration).size(), 2u);
}

TEST_F(CombineTest, NothingMovesAcrossSql) {
  Migration migration("m", "");
  migration.AlterColumn("users", "age", Type("bigint"))
      .Sql("SELECT 1", "SELECT 1")
      .RenameColumn("users", "age", "years");
  EXPECT_EQ(Combined(migration).size(), 3u);
}

TEST_F(CombineTest, ThePlanSaysWhatIsMadeAsOne) {
  Migration migration("m", "");
  migration.RenameColumn("users", "email", "mail")
      .AlterColumn("users", "age", Type("bigint"))
      .RenameColumn("users", "age", "years");
  migration.operations = Combined(migration);
  const std::vector<std::string> lines = Plan(migration);
  EXPECT_EQ(std::count(lines.begin(), lines.end(),
                       "  note: operations 2 and 3 are made as one: "
                       "alter_column, rename_column"),
            1);
}

}  // namespace
}  // namespace segue::ops
