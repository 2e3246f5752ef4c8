#include "plan/rebase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::plan {
namespace {

using testing::ElementsAre;

const Rebase kRebase{"public", "there"};
const schema::TableName kUsers{"public", "users"};

TEST(RebaseTest, MovesTheTableOfAnAction) {
  const auto rename = std::get<RenameColumn>(
      kRebase.Of(Action(RenameColumn{kUsers, "a", "b"})));
  EXPECT_EQ(rename.table, (schema::TableName{"there", "users"}));
  EXPECT_EQ(rename.from, "a");
  const auto table =
      std::get<RenameTable>(kRebase.Of(Action(RenameTable{kUsers, "people"})));
  EXPECT_EQ(table.from.schema, "there");
}

TEST(RebaseTest, LeavesOtherSchemasAlone) {
  const auto drop = std::get<DropIndex>(
      kRebase.Of(Action(DropIndex{{"elsewhere", "users"}, {}})));
  EXPECT_EQ(drop.table.schema, "elsewhere");
}

// The text of an index names the schema.
TEST(RebaseTest, ForgetsTheTextOfAnIndex) {
  schema::Index index;
  index.name = "by_a";
  index.definition = "CREATE INDEX by_a ON public.users USING btree (a)";
  const auto drop =
      std::get<DropIndex>(kRebase.Of(Action(DropIndex{kUsers, index})));
  EXPECT_EQ(drop.index.name, "by_a");
  EXPECT_EQ(drop.index.definition, "");
}

TEST(RebaseTest, MovesViewsAndTheirVersion) {
  VersionView join;
  join.source = Join{kUsers, {"public", "pets"}, {{"id", "owner"}}, {}};
  const auto publish = std::get<PublishVersion>(
      kRebase.Of(Action(PublishVersion{"public_02", {join}})));
  EXPECT_EQ(publish.version_schema, "there_version");
  for (const schema::TableName& table : publish.views.at(0).Tables()) {
    EXPECT_EQ(table.schema, "there");
  }
}

TEST(RebaseTest, MovesMotions) {
  Motions motions;
  ColumnMotion columns;
  columns.name = "one";
  columns.table = kUsers;
  motions.Add(columns);
  TableMotion copy;
  copy.name = "two";
  copy.source.name = kUsers;
  copy.target = {"public", "copy"};
  motions.Add(copy);
  const Motions moved = kRebase.Of(motions);
  EXPECT_EQ(moved.Column("one").table.schema, "there");
  EXPECT_EQ(moved.Copy("two")->source.name.schema, "there");
  EXPECT_EQ(moved.Copy("two")->target.schema, "there");
}

TEST(TablesNamedByTest, HasWhatAnActionReadsToo) {
  schema::Constraint key;
  key.kind = schema::ConstraintKind::kForeignKey;
  key.reference.table = "parents";
  EXPECT_THAT(TablesNamedBy(AddConstraint{kUsers, key}, {}),
              ElementsAre("users", "parents"));
  schema::Table table;
  table.name = kUsers;
  table.constraints = {key};
  EXPECT_THAT(TablesNamedBy(CreateTable{table}, {}),
              ElementsAre("users", "parents"));
  EXPECT_THAT(TablesNamedBy(RawSql{"DROP TABLE users", ""}, {}), ElementsAre());
}

}  // namespace
}  // namespace segue::plan
