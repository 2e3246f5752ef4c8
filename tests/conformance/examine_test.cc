// What the database says about expressions before anything is planned.
#include <gmock/gmock.h>

#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class ExamineTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE t(id integer PRIMARY KEY, name text, n integer)");
    connection_ = db().Connect();
    schema::Schema schema = dialect().Inspect(
        *connection_, dialect().capabilities().default_schema);
    table_ = schema::RequireTable(schema, "t");
  }

  db::Answer Expression(const std::string& sql,
                        const std::string& type = "text") {
    db::ExpressionQuestion question;
    question.table = table_.name;
    question.sql = sql;
    question.type = type;
    for (const schema::Column& column : table_.columns) {
      question.bindings.push_back({column.name, column.name, column.type});
    }
    return dialect().Examine(*connection_, question);
  }

  db::Answer Default(const std::string& sql, const std::string& type) {
    return dialect().Examine(*connection_,
                             db::DefaultQuestion{table_.name, sql, type});
  }

  db::Answer AlterType(const std::string& column, const std::string& type) {
    return dialect().Examine(*connection_,
                             db::TypeQuestion{table_.name, column, type});
  }

  db::Answer LeftOut(const std::string& type) {
    return dialect().Examine(*connection_,
                             db::LeftOutQuestion{table_.name, type});
  }

  std::unique_ptr<db::Connection> connection_;
  schema::Table table_;
};

TEST_P(ExamineTest, MostTypesGiveNullToAColumnThatIsLeftOut) {
  for (const char* type : {"text", "varchar(10)", "no_such_type"}) {
    const db::Answer answer = LeftOut(type);
    EXPECT_EQ(answer.error, "") << type;
    EXPECT_FALSE(answer.default_sql) << type;
  }
}

TEST_P(ExamineTest, TellsWhatAChangeOfTypeCosts) {
  EXPECT_TRUE(AlterType("name", "varchar(10)").rewrites_table);
}

class PostgresExamineTest : public ExamineTest {};

TEST_P(PostgresExamineTest, ADomainHasADefaultAndMayRefuseNull) {
  db().Exec(
      "CREATE DOMAIN three AS numeric(6,2) DEFAULT 3; CREATE DOMAIN "
      "inner_three "
      "AS three; CREATE DOMAIN roll AS float8 DEFAULT random();"
      "CREATE DOMAIN filled AS text CHECK (VALUE IS NOT NULL);"
      "CREATE DOMAIN inner_filled AS filled;"
      "ALTER TABLE t ADD three three, ADD filled inner_filled DEFAULT 'x'");
  EXPECT_EQ(LeftOut("three").default_sql, "3");
  EXPECT_FALSE(LeftOut("three").is_volatile);
  EXPECT_EQ(LeftOut("inner_three").default_sql, "3");
  EXPECT_EQ(LeftOut("inner_three").error, "");
  EXPECT_TRUE(LeftOut("roll").is_volatile);
  EXPECT_THAT(LeftOut("inner_filled").error,
              ::testing::HasSubstr("violates check constraint"));
  const schema::Schema schema = dialect().Inspect(*connection_, "public");
  const schema::Table& table = schema::RequireTable(schema, "t");
  EXPECT_EQ(table.FindColumn("three")->LeftOut(), "3");
  EXPECT_TRUE(table.FindColumn("three")->LeftOutIsConstant());
  EXPECT_FALSE(table.FindColumn("three")->default_sql);
  EXPECT_TRUE(table.FindColumn("filled")->of_domain);
  EXPECT_FALSE(table.FindColumn("name")->of_domain);
}

TEST_P(PostgresExamineTest, TellsWhichChangesOfTypeCostNothing) {
  db().Exec(
      "ALTER TABLE t ADD s varchar(10) CHECK (s <> 'x'), ADD p varchar(10), "
      "ADD m numeric(8, 2); CREATE INDEX by_name ON t(name);"
      "CREATE INDEX by_p ON t(p)");
  EXPECT_FALSE(AlterType("p", "varchar(20)").rewrites_table);
  EXPECT_FALSE(AlterType("p", "varchar(20)").scans_table);
  EXPECT_FALSE(AlterType("p", "varchar(20)").builds_index);
  EXPECT_FALSE(AlterType("p", "text").rewrites_table);
  EXPECT_FALSE(AlterType("m", "numeric(12, 2)").rewrites_table);
  EXPECT_TRUE(AlterType("p", "varchar(5)").rewrites_table);
  EXPECT_TRUE(AlterType("n", "bigint").rewrites_table);
  EXPECT_TRUE(AlterType("m", "numeric(12, 3)").rewrites_table);
  // The check is tried on every row again.
  EXPECT_FALSE(AlterType("s", "text").rewrites_table);
  EXPECT_TRUE(AlterType("s", "text").scans_table);
  EXPECT_TRUE(AlterType("name", "text COLLATE \"C\"").builds_index);
  EXPECT_THAT(AlterType("name", "integer").error,
              ::testing::HasSubstr("cannot be cast automatically"));
  EXPECT_EQ(db().app().One("SELECT count(*) FROM pg_class WHERE relname = "
                           "'segue_examined'"),
            "0");
}

TEST_P(ExamineTest, TakesWhatIsRight) {
  EXPECT_EQ(Expression("lower(name)").error, "");
  EXPECT_EQ(Expression("name").error, "");
  EXPECT_EQ(Expression("CASE WHEN n > 1 THEN name ELSE 'x;y' END").error, "");
  EXPECT_EQ(Expression("n + 1", "integer").error, "");
  EXPECT_EQ(Expression("NULL").error, "");
}

TEST_P(ExamineTest, NamesWhatIsWrong) {
  EXPECT_THAT(Expression("lower(nam)").error, ::testing::HasSubstr("nam"));
  EXPECT_THAT(Expression("nofunction(name)").error,
              ::testing::HasSubstr("nofunction"));
  EXPECT_NE(Expression("lower(name").error, "");
  EXPECT_NE(Expression("").error, "");
  EXPECT_NE(Expression("lower(name, 1, 2)").error, "");
}

TEST_P(ExamineTest, TakesNoMoreThanAnExpression) {
  EXPECT_NE(Expression("1; DROP TABLE t").error, "");
  EXPECT_NE(Expression("name) FROM t; DROP TABLE t; SELECT (1").error, "");
  EXPECT_NE(Expression("name, id").error, "");
  EXPECT_NE(Expression("name -- and the rest").error +
                Expression("name /* open").error,
            "");
  EXPECT_EQ(db().app().One("SELECT count(*) FROM t"), "0");
}

TEST_P(ExamineTest, LeavesTheSessionUsable) {
  Expression("lower(");
  EXPECT_EQ(db::ToInt(connection_->Execute("SELECT 1").rows[0][0]), 1);
  EXPECT_EQ(Expression("name").error, "");
}

TEST_P(ExamineTest, SaysWhatIsVolatile) {
  EXPECT_FALSE(Expression("lower(name)").is_volatile);
  EXPECT_TRUE(Expression("lower(name)").is_immutable);
  EXPECT_TRUE(Expression("n + random()", "double precision").is_volatile);
  EXPECT_FALSE(Expression("n + random()", "double precision").is_immutable);
}

TEST_P(ExamineTest, SaysWhichDefaultsAreConstant) {
  EXPECT_FALSE(Default("'x'", "text").is_volatile);
  EXPECT_FALSE(Default("'x'", "text").rewrites_table);
  EXPECT_TRUE(Default("(random())", "double precision").rewrites_table);
  EXPECT_NE(Default("nofunction()", "text").error, "");
  EXPECT_NE(Default("'x", "text").error, "");
}

SEGUE_INSTANTIATE(ExamineTest);

TEST_P(PostgresExamineTest, ChecksTheType) {
  EXPECT_NE(Expression("name", "integer").error, "");
  EXPECT_NE(Default("'x'", "integer").error, "");
  EXPECT_EQ(Expression("n", "bigint").error, "");
}

TEST_P(PostgresExamineTest, SeesWhatDependsOnTheSession) {
  EXPECT_FALSE(Expression("n::text::timestamptz", "timestamptz").is_immutable);
  EXPECT_FALSE(Expression("now()::text").is_immutable);
  EXPECT_FALSE(Default("now()", "timestamptz").rewrites_table);
  db().Exec(
      "CREATE FUNCTION sly() RETURNS text LANGUAGE sql AS "
      "$$ SELECT random()::text $$");
  EXPECT_TRUE(Expression("public.sly()").is_volatile);
}

TEST_P(PostgresExamineTest, TakesNoAggregatesOrSets) {
  EXPECT_NE(Expression("max(name)").error, "");
  EXPECT_NE(Expression("generate_series(1, n)", "integer").error, "");
  EXPECT_NE(Expression("row_number() OVER ()", "bigint").error, "");
}

SEGUE_INSTANTIATE_ON(PostgresExamineTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
