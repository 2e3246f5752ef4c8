#include "schema/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "segue/error.h"

namespace segue::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Column NotNull(const std::string& name) {
  Column column;
  column.name = name;
  column.type = "integer";
  column.nullable = false;
  return column;
}

Column Nullable(const std::string& name) {
  Column column = NotNull(name);
  column.nullable = true;
  return column;
}

Index Unique(const std::vector<std::string>& columns) {
  Index index;
  index.name = "u";
  index.unique = true;
  for (const std::string& name : columns) {
    IndexColumn column;
    column.name = name;
    index.columns.push_back(column);
  }
  return index;
}

Index Primary(const std::vector<std::string>& columns) {
  Index index = Unique(columns);
  index.primary = true;
  return index;
}

Table Users() {
  Table table;
  table.name = {"public", "users"};
  table.columns = {NotNull("id"), NotNull("email"), Nullable("nick")};
  return table;
}

Schema Shop() {
  Schema schema;
  schema.name = "public";
  schema.tables = {Users()};
  return schema;
}

template <typename Work>
std::string NotFoundMessage(Work work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(SchemaTest, FindsTablesAndColumnsByTheirExactName) {
  Schema schema = Shop();
  ASSERT_NE(schema.FindTable("users"), nullptr);
  EXPECT_EQ(schema.FindTable("Users"), nullptr);
  EXPECT_NE(schema.FindTable("users")->FindColumn("nick"), nullptr);
  EXPECT_EQ(schema.FindTable("users")->FindColumn("name"), nullptr);
  EXPECT_THAT(schema.TableNames(), ElementsAre("users"));
  EXPECT_THAT(Users().ColumnNames(), ElementsAre("id", "email", "nick"));
}

TEST(SchemaTest, RequireGivesWhatIsThere) {
  Schema schema = Shop();
  RequireTable(schema, "users").comment = "people";
  const Table& table = RequireTable(std::as_const(schema), "users");
  EXPECT_EQ(table.comment, "people");
  EXPECT_EQ(RequireColumn(table, "nick").name, "nick");
}

TEST(SchemaTest, AMissingTableNamesTheNearest) {
  Schema schema = Shop();
  EXPECT_EQ(NotFoundMessage([&] { RequireTable(schema, "user"); }),
            "There is no table 'user' in schema 'public'; did you mean "
            "'users'?");
  EXPECT_EQ(NotFoundMessage([&] { RequireTable(schema, "orders"); }),
            "There is no table 'orders' in schema 'public'");
}

TEST(SchemaTest, AMissingColumnNamesTheTablesColumns) {
  const Table table = Users();
  EXPECT_EQ(NotFoundMessage([&] { RequireColumn(table, "emial"); }),
            "Table 'users' has no column 'emial' (its columns: id, email, "
            "nick); did you mean 'email'?");
  EXPECT_EQ(NotFoundMessage([&] { RequireColumn(table, "address"); }),
            "Table 'users' has no column 'address' (its columns: id, email, "
            "nick)");
}

TEST(SchemaTest, PortableTypesAreKnownInAnyCase) {
  EXPECT_EQ(ParsePortableType("TEXT"), PortableType::kText);
  EXPECT_EQ(ParsePortableType("integer"), PortableType::kInteger);
  EXPECT_EQ(ParsePortableType("Boolean"), PortableType::kBoolean);
  EXPECT_EQ(ParsePortableType(" TIMESTAMP "), PortableType::kTimestamp);
  EXPECT_EQ(ParsePortableType("json"), PortableType::kJson);
  EXPECT_EQ(ParsePortableType("jsonb"), std::nullopt);
  EXPECT_EQ(ParsePortableType("timestamp(3)"), std::nullopt);
  EXPECT_EQ(ParsePortableType(""), std::nullopt);
}

TEST(WalkKeyTest, PrefersThePrimaryKeyInItsOrder) {
  Table table = Users();
  table.indexes = {Unique({"id"}), Primary({"email", "id"})};
  EXPECT_THAT(table.WalkKey(), ElementsAre("email", "id"));
}

TEST(WalkKeyTest, KnowsAPrimaryKeyWithoutAnIndex) {
  Table table = Users();
  Constraint key;
  key.kind = ConstraintKind::kPrimaryKey;
  key.columns = {"id"};
  table.constraints = {key};
  EXPECT_THAT(table.WalkKey(), ElementsAre("id"));
}

TEST(WalkKeyTest, APrimaryKeyThatMayBeNullIsNoWay) {
  Table table = Users();
  table.indexes = {Primary({"nick"})};
  EXPECT_THAT(table.WalkKey(), IsEmpty());
  table.indexes.push_back(Unique({"email"}));
  EXPECT_THAT(table.WalkKey(), ElementsAre("email"));
}

TEST(WalkKeyTest, TakesTheShortestUniqueKey) {
  Table table = Users();
  table.indexes = {Unique({"id", "email"}), Unique({"email"}), Unique({"id"})};
  EXPECT_THAT(table.WalkKey(), ElementsAre("email"));
}

TEST(WalkKeyTest, RefusesKeysThatMissOrRepeatRows) {
  const auto walk_with = [](const std::function<void(Index&)>& spoil) {
    Table table = Users();
    Index index = Unique({"email"});
    spoil(index);
    table.indexes = {index};
    return table.WalkKey();
  };
  EXPECT_THAT(walk_with([](Index&) {}), ElementsAre("email"));
  EXPECT_THAT(walk_with([](Index& i) { i.unique = false; }), IsEmpty());
  EXPECT_THAT(walk_with([](Index& i) { i.valid = false; }), IsEmpty());
  EXPECT_THAT(walk_with([](Index& i) { i.deferrable = true; }), IsEmpty());
  EXPECT_THAT(walk_with([](Index& i) { i.predicate = "id > 0"; }), IsEmpty());
  EXPECT_THAT(walk_with([](Index& i) { i.columns[0].name = "nick"; }),
              IsEmpty());
  EXPECT_THAT(walk_with([](Index& i) { i.columns[0].collation = "C"; }),
              IsEmpty());
  EXPECT_THAT(walk_with([](Index& i) {
                i.columns[0].name.clear();
                i.columns[0].expression = "lower(email)";
              }),
              IsEmpty());
}

}  // namespace
}  // namespace segue::schema
