#include "dialects/postgres/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const schema::TableName kUsers{"public", "users"};

schema::Column Column(const std::string& name, const std::string& type) {
  schema::Column column;
  column.name = name;
  column.type = type;
  return column;
}

schema::Schema SchemaWith(schema::Table table,
                          const std::string& version = "PostgreSQL 15.8") {
  schema::Schema schema;
  schema.name = "public";
  schema.server_version = version;
  schema.tables.push_back(std::move(table));
  return schema;
}

schema::Table Users() {
  schema::Table table;
  table.name = kUsers;
  table.columns = {Column("id", "bigint"), Column("name", "text")};
  return table;
}

plan::ColumnMotion Rename() {
  plan::ColumnMotion motion;
  motion.name = "01_a_1";
  motion.table = kUsers;
  motion.old_column = Column("name", "text");
  motion.new_column = Column("full_name", "text");
  motion.provenance = "_segue_d";
  motion.up = {"name", {{"name", "name", "text"}}, false, true};
  motion.down = {
      "full_name", {{"full_name", "full_name", "text"}}, false, true};
  motion.keeps_old_column = true;
  motion.key = {Column("id", "bigint")};
  return motion;
}

std::string Joined(const std::vector<Statement>& statements) {
  std::string text;
  for (const Statement& statement : statements) text += statement.sql + ";\n";
  return text;
}

PlannedAction Rendered(const plan::Action& action) {
  const schema::Schema schema = SchemaWith(Users());
  return Render(action, {schema});
}

plan::Motions MotionsWith(const plan::ColumnMotion& motion) {
  plan::Motions motions;
  motions.Add(motion);
  return motions;
}

PlannedAction Sync(const plan::ColumnMotion& motion,
                   plan::SyncForm form = plan::SyncForm::kLive) {
  const schema::Schema schema = SchemaWith(Users());
  return Render(plan::CreateSync{motion.name, form},
                {schema, std::chrono::milliseconds(500), MotionsWith(motion)});
}

MotionSql Rows(const plan::ColumnMotion& motion,
               const schema::Schema& schema = SchemaWith(Users())) {
  return RenderMotions({motion.name}, {schema, std::chrono::milliseconds(500),
                                       MotionsWith(motion)});
}

TEST(RenderTest, AddColumnCanBeUndone) {
  schema::Column column = Column("age", "integer");
  column.nullable = false;
  column.default_sql = "0";
  const PlannedAction planned = Rendered(plan::AddColumn{kUsers, column});
  EXPECT_EQ(planned.forward[0].sql,
            "ALTER TABLE \"public\".\"users\" ADD COLUMN \"age\" integer "
            "DEFAULT 0 NOT NULL");
  EXPECT_EQ(planned.undo[0].sql,
            "ALTER TABLE \"public\".\"users\" DROP COLUMN IF EXISTS \"age\"");
  EXPECT_EQ(planned.lock.mode, "ACCESS EXCLUSIVE");
}

TEST(RenderTest, RefusesAColumnPastTheLimit) {
  schema::Table table = Users();
  table.columns_had = 1600;
  const schema::Schema schema = SchemaWith(table);
  EXPECT_THROW(Render(plan::AddColumn{kUsers, Column("a", "text")}, {schema}),
               Error);
}

TEST(RenderTest, AlterColumnMakesTheDifferenceOnly) {
  schema::Column after = Column("name", "text");
  after.nullable = false;
  const PlannedAction planned =
      Rendered(plan::AlterColumn{kUsers, Column("name", "text"), after});
  ASSERT_EQ(planned.forward.size(), 1U);
  EXPECT_THAT(planned.forward[0].sql, HasSubstr("SET NOT NULL"));
  EXPECT_THAT(planned.forward[0].sql, Not(HasSubstr("DEFAULT")));
  EXPECT_THAT(planned.undo[0].sql, HasSubstr("DROP NOT NULL"));
}

TEST(RenderTest, ConstraintsAreAddedWithoutAScan) {
  schema::Constraint check;
  check.name = "c";
  check.check = "name IS NOT NULL";
  check.validated = false;
  EXPECT_EQ(Rendered(plan::AddConstraint{kUsers, check}).forward[0].sql,
            "ALTER TABLE \"public\".\"users\" ADD CONSTRAINT \"c\" "
            "CHECK (name IS NOT NULL) NOT VALID");
  EXPECT_FALSE(Rendered(plan::ValidateConstraint{kUsers, "c"}).transactional);
}

TEST(RenderTest, IndexesAreBuiltConcurrentlyWithTheirOwnBudget) {
  schema::Index index;
  index.name = "i";
  index.unique = true;
  schema::IndexColumn column;
  column.expression = "lower(name)";
  column.descending = true;
  index.columns = {column};
  index.predicate = "id > 0";
  const PlannedAction planned = Rendered(plan::CreateIndex{kUsers, index});
  EXPECT_FALSE(planned.transactional);
  EXPECT_EQ(planned.forward[1].sql,
            "CREATE UNIQUE INDEX CONCURRENTLY \"i\" ON \"public\".\"users\" "
            "((lower(name)) DESC) WHERE (id > 0\n)");
  EXPECT_THAT(Joined(planned.cleanup), HasSubstr("DROP INDEX CONCURRENTLY"));
  EXPECT_EQ(planned.forward[2].sql, "SET lock_timeout = '500ms'");
}

TEST(SyncTest, ARenameCopiesWithoutFunctions) {
  const std::string sql = Joined(Sync(Rename()).forward);
  EXPECT_THAT(sql, Not(HasSubstr("up_01")));
  EXPECT_THAT(sql, HasSubstr("NEW.\"full_name\" := NEW.\"name\"; "
                             "NEW.\"_segue_d\" := 1;"));
  EXPECT_THAT(sql, HasSubstr("IN SHARE ROW EXCLUSIVE MODE"));
}

TEST(SyncTest, TheFormBeforeTheContractSettles) {
  const plan::ColumnMotion motion = Rename();
  const PlannedAction planned = Sync(motion, plan::SyncForm::kSettling);
  EXPECT_THAT(Joined(planned.forward), Not(HasSubstr(":= 3;")));
  EXPECT_THAT(Joined(planned.undo), HasSubstr(":= 3;"));
}

TEST(SyncTest, ExpressionsThatDependOnTheSessionArePinned) {
  plan::ColumnMotion motion = Rename();
  motion.up.sql = "name::timestamptz::text";
  motion.up.is_immutable = false;
  EXPECT_THAT(Joined(Sync(motion).forward),
              HasSubstr("STABLE SET search_path FROM CURRENT"));
}

TEST(SyncTest, ComparesByBytesWhereEqualityIsLooser) {
  plan::ColumnMotion motion = Rename();
  motion.new_column->type = "numeric";
  EXPECT_THAT(Joined(Sync(motion).forward),
              HasSubstr("record_image_ne(ROW(NEW.\"full_name\")"));
}

TEST(SyncTest, OnlyAMotionThatMarksCatchesErrors) {
  plan::ColumnMotion motion = Rename();
  motion.up.sql = "lower(name)";
  EXPECT_THAT(Joined(Sync(motion).forward), Not(HasSubstr("EXCEPTION")));
  motion.marks = true;
  EXPECT_THAT(Joined(Sync(motion).forward), HasSubstr("EXCEPTION WHEN OTHERS"));
  EXPECT_THAT(Rows(motion).fill->when_refused.all, HasSubstr("= 4 WHERE"));
  const PlannedAction closing = Sync(motion, plan::SyncForm::kStrict);
  EXPECT_THAT(Joined(closing.forward), Not(HasSubstr("EXCEPTION")));
  EXPECT_THAT(Joined(closing.undo), HasSubstr("EXCEPTION WHEN OTHERS"));
}

TEST(SyncTest, RefusesGeneratedSources) {
  schema::Table table = Users();
  table.columns[1].generated_sql = "upper(id::text)";
  const schema::Schema schema = SchemaWith(table);
  EXPECT_THROW(
      Render(plan::CreateSync{Rename().name},
             {schema, std::chrono::milliseconds(500), MotionsWith(Rename())}),
      Error);
}

TEST(MotionSqlTest, WalksCompositeKeysInKeyOrder) {
  plan::ColumnMotion motion = Rename();
  motion.key = {Column("b", "uuid"), Column("a", "text")};
  const WalkSql sql = Rows(motion).verify.at(0);
  EXPECT_THAT(sql.statement.after,
              HasSubstr("(t.\"b\", t.\"a\") > ($1::uuid, $2::text) AND "));
  // An index scan can stop at these bounds; it would read past the bounds of a
  // row.
  EXPECT_THAT(sql.statement.upto,
              HasSubstr("(t.\"b\" < $1::uuid OR (t.\"b\" = $1::uuid AND "
                        "(t.\"a\" <= $2::text)))"));
  EXPECT_THAT(sql.statement.between,
              HasSubstr("($1::uuid = $3::uuid AND t.\"b\" = $1::uuid AND "
                        "(t.\"a\" > $2::text AND t.\"a\" <= $4::text))"));
  EXPECT_THAT(sql.next_bound.after,
              HasSubstr("ORDER BY t.\"b\", t.\"a\" LIMIT 1 OFFSET $3::bigint"));
}

TEST(MotionSqlTest, VolatileExpressionsAreNotDerivedAgain) {
  plan::ColumnMotion motion = Rename();
  motion.up.sql = "random()::text";
  motion.up.is_volatile = true;
  EXPECT_THAT(Rows(motion).verify.at(0).statement.all,
              Not(HasSubstr("\"_segue_d\" = 1")));
}

TEST(MotionSqlTest, FillsFromPageToPage) {
  const plan::ColumnMotion motion = Rename();
  const MotionSql sql = Rows(motion);
  EXPECT_THAT(sql.fill->statement.between,
              HasSubstr("t.ctid > $1::tid AND t.ctid <= $2::tid"));
  EXPECT_THAT(sql.verify.at(0).statement.between, Not(HasSubstr("ctid")));
  const schema::Schema old = SchemaWith(Users(), "PostgreSQL 13.2");
  const MotionSql of_old = Rows(motion, old);
  EXPECT_THAT(of_old.fill->statement.between, Not(HasSubstr("ctid")));
  EXPECT_EQ(of_old.fill->next_bound.between,
            of_old.verify.at(0).next_bound.between);
}

TEST(MotionSqlTest, WithoutKeyPositionsServeTheCheckToo) {
  plan::ColumnMotion motion = Rename();
  motion.key.clear();
  EXPECT_THAT(Rows(motion).verify.at(0).statement.between,
              HasSubstr("t.ctid > $1::tid AND t.ctid <= $2::tid"));
  const schema::Schema old = SchemaWith(Users(), "PostgreSQL 13.2");
  EXPECT_THROW(Rows(motion, old), Error);
}

TEST(VersionTest, ViewsShowColumnsUnderTheirNewNames) {
  plan::VersionView view;
  view.source = plan::Projection{kUsers};
  view.name = "users";
  schema::Column shown = Column("full_name", "text");
  shown.stored_as = "name";
  shown.default_sql = "NULL";
  view.columns = {shown};
  view.view_defaults = {"full_name"};
  const std::string sql =
      Joined(Rendered(plan::PublishVersion{"public_01", {view}}).forward);
  EXPECT_THAT(sql, HasSubstr("WITH (security_invoker = true, check_option = "
                             "local) AS SELECT t.\"name\" AS \"full_name\""));
  EXPECT_THAT(sql, HasSubstr("AS t WHERE NOT EXISTS (SELECT FROM "
                             "\"public_01\".\"segue_seen\");"));
  EXPECT_THAT(sql, HasSubstr("SET DEFAULT CASE WHEN true THEN NULL::text END"));
  EXPECT_THAT(sql, HasSubstr("pg_catalog.aclexplode(c.relacl)"));
  EXPECT_THAT(sql, HasSubstr("('name', 'full_name')"));
}

// Case env-pg13-14-row-security: before version 15 a view lets everybody past
// the policies, also when they do not apply to segue's own role.
TEST(VersionTest, ShowsNoTableWithPoliciesBeforeVersion15) {
  schema::Table users = Users();
  users.row_security = true;
  plan::VersionView view;
  view.name = "users";
  view.source = plan::Projection{kUsers};
  view.columns = users.columns;
  for (const char* version : {"PostgreSQL 14.23", "PostgreSQL 13.23"}) {
    const schema::Schema schema = SchemaWith(users, version);
    for (const plan::Action& action :
         {plan::Action(plan::PublishVersion{"public_01", {view}}),
          plan::Action(plan::PublishAlias{view})}) {
      try {
        Render(action, {schema});
        FAIL() << version;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kRefused);
        EXPECT_THAT(error.what(), HasSubstr("table 'users' has row security"));
      }
    }
  }
  const schema::Schema newer = SchemaWith(users, "PostgreSQL 15.8");
  EXPECT_THAT(Joined(Render(plan::PublishAlias{view}, {newer}).forward),
              HasSubstr("security_invoker"));
}

}  // namespace
}  // namespace segue::postgres
