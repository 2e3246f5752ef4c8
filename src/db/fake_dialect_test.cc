// Tests the double itself, because other tests rely on it.
#include "tests/doubles/fake_dialect.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::test {
namespace {

std::string Forward(const FakeDialect& dialect, const plan::Action& action) {
  const schema::Schema schema;
  return dialect.Render(action, {schema, std::chrono::milliseconds(1)})
      .forward.at(0)
      .sql;
}

TEST(FakeDialectTest, RendersReadableLines) {
  const FakeDialect dialect;
  schema::Column column;
  column.name = "email";
  column.type = "text";
  column.default_sql = "''";
  EXPECT_EQ(Forward(dialect, plan::AddColumn{{"public", "users"}, column}),
            "ADD COLUMN users.email text NULL DEFAULT ''");
  EXPECT_EQ(Forward(dialect, plan::RenameColumn{{"public", "users"}, "a", "b"}),
            "RENAME COLUMN users.a TO b");
  EXPECT_EQ(Forward(dialect, plan::RawSql{"SELECT 1", ""}), "SELECT 1");
}

TEST(FakeDialectTest, AnswersWhatTheTestHasSet) {
  FakeDialect dialect;
  dialect.mutable_capabilities().max_identifier = 20;
  EXPECT_EQ(dialect.capabilities().max_identifier, 20U);
  EXPECT_EQ(dialect.NativeType("TEXT"), "text");
  EXPECT_EQ(dialect.NativeType("Numeric(3)"), "Numeric(3)");
  EXPECT_EQ(dialect.VersionUrl({}, "public_01", {}), "fake://public_01");
  EXPECT_THROW(dialect.Connect({}), Error);
}

TEST(FakeDialectTest, CopiesATable) {
  const FakeDialect dialect;
  plan::TableMotion motion;
  motion.name = "m";
  motion.source.name = {"public", "t"};
  motion.target = {"public", "c"};
  motion.key.emplace_back();
  motion.key[0].name = "id";
  plan::Motions motions;
  motions.Add(motion);
  const schema::Schema schema;
  const db::RenderContext context{schema, std::chrono::milliseconds(1),
                                  motions};
  const auto forward = [&](const plan::Action& action) {
    return dialect.Render(action, context).forward.at(0).sql;
  };
  EXPECT_EQ(forward(plan::CreateSync{"m"}), "CREATE SYNC m ON t (-> c)");
  EXPECT_EQ(forward(plan::DropSync{"m"}), "DROP SYNC m");
  EXPECT_EQ(dialect.Render(plan::Backfill{{"m"}}, context).motion, "m");
  EXPECT_THROW(forward(plan::CreateSync{"m", plan::SyncForm::kStrict}), Error);
  EXPECT_THROW(forward(plan::Settle{"m"}), Error);
  EXPECT_THROW(forward(plan::Retreat{"m"}), Error);
  const MotionSql sql = dialect.RenderMotions({"m"}, context);
  EXPECT_EQ(sql.fill->statement.all, "COPY m all");
  EXPECT_EQ(sql.fill->key_columns, std::vector<std::string>{"id"});
  ASSERT_EQ(sql.verify.size(), 2U);
  EXPECT_EQ(sql.verify[1].table, "c");
}

}  // namespace
}  // namespace segue::test
