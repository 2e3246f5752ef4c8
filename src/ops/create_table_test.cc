#include "ops/create_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ColumnDefinition Col(const std::string& name, const std::string& type = "int") {
  ColumnDefinition definition;
  definition.column = MakeColumn(name, type, false);
  return definition;
}

schema::Constraint ForeignKey(const std::string& column,
                              const std::string& table,
                              const std::vector<std::string>& columns) {
  schema::Constraint key;
  key.kind = schema::ConstraintKind::kForeignKey;
  key.name = "fk";
  key.columns = {column};
  key.reference.table = table;
  key.reference.columns = columns;
  return key;
}

class CreateTableTest : public PlanBed {
 protected:
  CreateTableTest() {
    spec_.name = "orders";
    spec_.columns = {Col("id"), Col("buyer", "bigint")};
    spec_.columns[0].primary_key = true;
  }
  Migration Create() const {
    Migration migration("m", "");
    migration.operations.push_back(MakeCreateTable(spec_));
    return migration;
  }
  void Refer(const std::string& table, const std::vector<std::string>& to) {
    spec_.columns[1].reference = ForeignKey("buyer", table, to);
  }

  CreateTableSpec spec_;
};

TEST_F(CreateTableTest, IsThereFromTheExpandOn) {
  Migration migration("m", "");
  migration.CreateTable("orders", {Spec("id"), Spec("note")}, {"id"});
  EXPECT_THAT(Plan(migration),
              ElementsAre("EXPANDING Create table 'orders' with 2 columns",
                          "  CREATE TABLE orders (id text NOT NULL, note text "
                          "NULL, CONSTRAINT orders_pkey ON orders (id))"));
  ASSERT_NE(shape_.FindTable("orders"), nullptr);
  EXPECT_THAT(shape_.FindTable("orders")->WalkKey(), ElementsAre("id"));
}

TEST_F(CreateTableTest, ColumnsMakeOneKeyAndNamesAreFree) {
  spec_.columns[1].primary_key = true;
  spec_.columns[1].unique = true;
  users().indexes.push_back(MakeIndex("orders_pkey", {"age"}));
  EXPECT_THAT(Plan(Create()),
              Contains(HasSubstr("CONSTRAINT orders_pkey1 ON orders (id, "
                                 "buyer), CONSTRAINT orders_buyer_key ON "
                                 "orders (buyer)")));
}

TEST_F(CreateTableTest, ReferencesMustBeThereAndUnique) {
  Refer("users", {"id"});
  EXPECT_THAT(Plan(Create()), Contains(HasSubstr("CONSTRAINT fk ON orders")));
  Refer("users", {});  // its primary key
  Plan(Create());
  Refer("user", {"id"});
  EXPECT_THAT(Refusal(Create()), HasSubstr("table 'user', which does not"));
  Refer("users", {"nope"});
  EXPECT_THAT(Refusal(Create()), HasSubstr("has only id, name"));
  Refer("users", {"age"});
  EXPECT_THAT(Refusal(Create()), HasSubstr("no primary key or unique"));
  Refer("users", {"id", "name"});
  EXPECT_THAT(Refusal(Create()), HasSubstr("has 1 columns and refers to 2"));
}

TEST_F(CreateTableTest, ExistingIsSkippedOrShown) {
  spec_.name = "users";
  spec_.columns = {Col("id", "bigint")};
  EXPECT_THAT(Refusal(Create()), HasSubstr("wanted 'id bigint not null'"));
  users().columns.resize(1);
  users().constraints.clear();
  EXPECT_THAT(
      Plan(Create()),
      ElementsAre("EXPANDING Create table 'users' with 1 column",
                  "  note: the table exists already with this definition; "
                  "skipped"));
}

TEST_F(CreateTableTest, LaterOperationsFindIt) {
  Migration migration = Create();
  migration.AddColumn("orders", {"note", "TEXT", false, std::nullopt});
  EXPECT_THAT(Plan(migration),
              Contains("  ADD COLUMN orders.note text NOT NULL"));
  migration.AddColumn("orders", Spec("copy"), "id");
  EXPECT_THAT(Refusal(migration), HasSubstr("this migration creates"));
  migration = Create();
  migration.RenameTable("orders", "sales");
  EXPECT_THAT(Refusal(migration), HasSubstr("this migration creates"));
  migration = Create();
  migration.DropTable("orders");
  EXPECT_THAT(Refusal(migration), HasSubstr("this migration creates"));
}

TEST_F(CreateTableTest, WhatItRefersToStays) {
  Refer("users", {"id"});
  Migration migration = Create();
  ColumnChange change;
  change.type = "text";
  migration.AlterColumn("users", "id", change);
  EXPECT_THAT(Refusal(migration), HasSubstr("already used by an earlier"));
  migration = Create();
  migration.DropTable("users");
  EXPECT_THAT(Refusal(migration), HasSubstr("'fk' of 'orders' depends on it"));
}

}  // namespace
}  // namespace segue::ops
