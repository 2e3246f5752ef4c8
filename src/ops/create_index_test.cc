#include "ops/create_index.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CreateIndexTest : public PlanBed {
 protected:
  static Migration Create(const std::vector<std::string>& columns,
                          const std::string& replaces = "") {
    IndexSpec index;
    index.name = "users_new_idx";
    index.table = "users";
    index.columns = columns;
    index.replaces = replaces;
    return Migration("m", "").CreateIndex(index);
  }
  static Migration CreateOf(const CreateIndexSpec& spec) {
    Migration migration("m", "");
    migration.operations.push_back(MakeCreateIndex(spec));
    return migration;
  }
  static CreateIndexSpec Spec(const std::string& column) {
    CreateIndexSpec spec;
    spec.table = "users";
    spec.index = MakeIndex("users_new_idx", {column});
    return spec;
  }
};

TEST_F(CreateIndexTest, IsBuiltWhenTheRowsAreFilled) {
  EXPECT_THAT(Plan(Create({"name", "age"})),
              ElementsAre("MIGRATING Create index 'users_new_idx' on 'users'",
                          "  CREATE INDEX users_new_idx ON users (name, age)"));
  EXPECT_EQ(shape_.tables[0].indexes.back().name, "users_new_idx");
}

TEST_F(CreateIndexTest, ColumnsMustBeThere) {
  EXPECT_THAT(Refusal(Create({"nope"}), ErrorKind::kNotFound),
              HasSubstr("created"));
  EXPECT_THAT(questions_, IsEmpty());
}

TEST_F(CreateIndexTest, TheServersMessageIsARefusal) {
  answers_["users_new_idx"].error = "no such operator class";
  EXPECT_THAT(Refusal(Create({"name"})),
              HasSubstr("create_index 'users_new_idx' on table 'users': the "
                        "database does not take it: no such operator class"));
}

TEST_F(CreateIndexTest, TheSameIsSkippedAndAnotherIsShown) {
  users().indexes.push_back(MakeIndex("users_new_idx", {"name"}));
  users().indexes.back().definition = "CREATE INDEX users_new_idx";
  answers_["users_new_idx"].definition = "CREATE INDEX users_new_idx";
  EXPECT_THAT(Plan(Create({"name"})),
              ElementsAre("MIGRATING Create index 'users_new_idx' on 'users'",
                          "  note: the index exists already with this "
                          "definition; skipped"));
  answers_["users_new_idx"].definition = "CREATE INDEX wanted";
  EXPECT_THAT(Refusal(Create({"name"})),
              HasSubstr("there 'CREATE INDEX users_new_idx', wanted 'CREATE "
                        "INDEX wanted'"));
}

TEST_F(CreateIndexTest, WhereNothingIsPrintedTheFieldsAreCompared) {
  users().indexes.push_back(MakeIndex("users_new_idx", {"name"}));
  EXPECT_THAT(Plan(Create({"name"})), Contains(HasSubstr("skipped")));
  EXPECT_THAT(Refusal(Create({"age"})), HasSubstr("another definition"));
  CreateIndexSpec spec = Spec("name");
  spec.index.predicate = "age > 3";
  EXPECT_THAT(Refusal(CreateOf(spec)), HasSubstr("WHERE age > 3"));
  users().indexes.back().predicate = "(age > 3)";
  EXPECT_THAT(Plan(CreateOf(spec)), Contains(HasSubstr("skipped")));
}

TEST_F(CreateIndexTest, AnInvalidOneOfOursIsBuiltAgain) {
  users().indexes.push_back(MakeIndex("users_new_idx", {"name"}));
  users().indexes.back().valid = false;
  const auto plan = Plan(Create({"name"}));
  EXPECT_THAT(plan, Contains("  CREATE INDEX users_new_idx ON users (name)"));
  EXPECT_THAT(plan, Contains(HasSubstr("left by a build")));
  EXPECT_THAT(Refusal(Create({"age"})), HasSubstr("(invalid)"));
}

TEST_F(CreateIndexTest, TheOldOneGoesAtTheContract) {
  EXPECT_THAT(Plan(Create({"email", "age"}, "users_email_idx")),
              ElementsAre("MIGRATING Create index 'users_new_idx' on 'users'",
                          "  CREATE INDEX users_new_idx ON users (email, age)",
                          "CONTRACTING Drop index 'users_email_idx' of 'users'",
                          "  DROP INDEX users_email_idx ALONE"));
  EXPECT_THAT(Refusal(Create({"email"}, "users_pkey")),
              HasSubstr("it is the primary key's"));
}

TEST_F(CreateIndexTest, OneThatReplacesItselfIsRenamed) {
  CreateIndexSpec spec = Spec("email");
  spec.index.name = spec.replaces = "users_email_idx";
  EXPECT_THAT(
      Plan(CreateOf(spec)),
      ElementsAre("MIGRATING Create index 'users_email_idx' on 'users'",
                  "  CREATE INDEX _segue_new_users_email_idx ON users (email)",
                  "CONTRACTING Put the new index 'users_email_idx' in the old "
                  "one's place",
                  "  DROP INDEX users_email_idx ALONE",
                  "  RENAME INDEX _segue_new_users_email_idx TO "
                  "users_email_idx"));
}

TEST_F(CreateIndexTest, FollowsAColumnOfTheSameMigration) {
  ColumnChange change;
  change.type = "text";
  Migration migration("m", "");
  migration.AlterColumn("users", "age", change);
  migration.operations.push_back(Create({"age"}).operations[0]);
  EXPECT_THAT(Plan(migration), Contains("  CREATE INDEX users_new_idx ON users "
                                        "(_segue_new_age)"));
  const auto& asked = std::get<db::IndexQuestion>(questions_.back());
  EXPECT_EQ(asked.columns[3].name, "_segue_new_age");
  migration.operations[1] = CreateOf([] {
                              CreateIndexSpec spec = Spec("name");
                              spec.index.predicate = "age > 3";
                              return spec;
                            }())
                                .operations[0];
  EXPECT_THAT(Refusal(migration),
              HasSubstr("'age > 3' mentions column 'age', which lives under "
                        "the name '_segue_new_age'"));
}

TEST_F(CreateIndexTest, DoesNotFollowACopyThatGoes) {
  Migration migration("m", "");
  migration.RenameColumn("users", "email", "mail");
  migration.operations.push_back(Create({"mail"}).operations[0]);
  EXPECT_THAT(Refusal(migration),
              HasSubstr("already changed by an earlier rename_column"));
  access_ = Access::kVersioned;
  EXPECT_THAT(Plan(migration),
              Contains("  CREATE INDEX users_new_idx ON users (email)"));
}

TEST_F(CreateIndexTest, WhatTheDatabaseDoesNotHaveIsRefused) {
  UseEmbedded();
  CreateIndexSpec spec = Spec("name");
  spec.index.method = "btree";
  EXPECT_NE(Plan(CreateOf(spec)).size(), 0U);
  spec.index.method = "gin";
  EXPECT_THAT(Refusal(CreateOf(spec)), HasSubstr("method 'gin'"));
  spec = Spec("name");
  spec.index.include = {"age"};
  EXPECT_THAT(Refusal(CreateOf(spec)), HasSubstr("INCLUDE"));
  spec = Spec("name");
  spec.index.storage_parameters = "fillfactor = 70";
  EXPECT_THAT(Refusal(CreateOf(spec)), HasSubstr("storage parameters"));
  spec = Spec("name");
  spec.index.columns[0].opclass = "text_pattern_ops";
  EXPECT_THAT(Refusal(CreateOf(spec)), HasSubstr("operator classes"));
  spec = Spec("name");
  spec.index.columns[0].nulls_first = true;
  EXPECT_THAT(Refusal(CreateOf(spec)), HasSubstr("order of NULLs"));
}

TEST_F(CreateIndexTest, NamesAreTheSchemas) {
  schema::Table other = MakeUsers();
  other.name.name = "others";
  other.indexes[1].name = "users_new_idx";
  schema_.tables.push_back(other);
  EXPECT_THAT(Refusal(Create({"name"})),
              HasSubstr("table 'others' has an index of this name"));
  CreateIndexSpec spec = Spec("name");
  spec.index.name = "others";
  EXPECT_THAT(Refusal(CreateOf(spec)),
              HasSubstr("a table of this name exists"));
}

TEST_F(CreateIndexTest, ALargeTableSaysWhatItCosts) {
  users().estimated_rows = 3'000'000;
  users().bytes = 300'000'000;
  EXPECT_THAT(Plan(Create({"name"})),
              Contains(HasSubstr("about 3,000,000 rows (300 MB): the table is "
                                 "read twice; some 6 s")));
}

}  // namespace
}  // namespace segue::ops
