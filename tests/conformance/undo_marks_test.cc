// What PostgreSQL forgets of a table when an index goes: that it identifies
// rows by the index, or is clustered on it. An undo gives it back.
#include <gmock/gmock.h>

#include "tests/conformance/undo_fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kDropEmail =
    "operations: [{drop_column: {table: users, column: email, down: \"'x' || "
    "id\"}}]";

class MarkedIndexTest : public UndoWindowTest {
 protected:
  void SetUp() override {
    UndoWindowTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "ALTER TABLE users ADD email text NOT NULL DEFAULT 'e';"
        "UPDATE users SET email = id::text;"
        "ALTER TABLE users ALTER email DROP DEFAULT, ADD CONSTRAINT "
        "users_email "
        "UNIQUE (email), ALTER name DROP NOT NULL;"
        "CREATE UNIQUE INDEX \"users'name\\\" ON users (name);"
        "ALTER TABLE users REPLICA IDENTITY USING INDEX users_email;"
        "ALTER TABLE users CLUSTER ON \"users'name\\\"");
    before_ = db().Dump();
    marks_ = Marks();
  }
  std::string Marks() {
    return ToLines(db().Query(
        "SELECT x.relname, i.indisreplident, i.indisclustered FROM pg_index i "
        "JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = "
        "'users'::regclass AND (i.indisreplident OR i.indisclustered) ORDER BY "
        "1"));
  }
  // Seals and undoes it twice and rolls it back. Returns the marks that were
  // there while it was sealed.
  std::string ThereAndBack(const std::string& operation) {
    StartAndSeal("operations: [{" + operation + "}]");
    const std::string sealed = Marks();
    for (int round = 0; round < 2; ++round) {
      if (round > 0) Seal();
      Window().Undo();
      EXPECT_EQ(Marks(), marks_);
    }
    MigratorNow().Rollback();
    EXPECT_EQ(db().Dump(), before_);
    EXPECT_EQ(Marks(), marks_);
    return sealed;
  }

  std::string marks_;
};

TEST_P(MarkedIndexTest, AReplicaIdentityComesBackWithItsConstraint) {
  EXPECT_EQ(marks_, "users'name\\|f|t\nusers_email|t|f\n");
  EXPECT_EQ(ThereAndBack("drop_constraint: {table: users, name: users_email}"),
            "users'name\\|f|t\n");
}

TEST_P(MarkedIndexTest, AReplicaIdentityComesBackWithItsColumn) {
  EXPECT_EQ(ThereAndBack("drop_column: {table: users, column: email, down: "
                         "\"'x' || id\"}"),
            "users'name\\|f|t\n");
}

TEST_P(MarkedIndexTest, AMarkOfClusterComesBackWithItsColumn) {
  EXPECT_EQ(ThereAndBack("drop_column: {table: users, column: name, down: "
                         "\"'x' || id\"}"),
            "users_email|t|f\n");
}

TEST_P(MarkedIndexTest, NothingComesBackAfterTheDrop) {
  StartAndSeal(kDropEmail);
  EXPECT_TRUE(Window().Drop().status.is_complete());
  EXPECT_EQ(Marks(), "users'name\\|f|t\n");
}

// The new column gets the marks with the contract, and an undo would not take
// them from it.
TEST_P(MarkedIndexTest, AColumnThatIsReplacedIsRefusedByTheirNames) {
  const auto change = [](const std::string& column) {
    return "operations: [{alter_column: {table: users, column: " + column +
           ", type: varchar(90), up: " + column + ", down: " + column + "}}]";
  };
  EXPECT_THAT(
      Refusal(change("email")),
      HasSubstr("undo_window: replica identity by index 'users_email' would "
                "not be as it was after an undo"));
  EXPECT_THAT(Refusal(change("name")),
              HasSubstr("undo_window: mark of CLUSTER on index"));
}

// The column stays nullable for the row's sake, and nothing identifies rows by
// it.
TEST_P(MarkedIndexTest, AReplicaIdentityThatRowsPreventStaysAway) {
  StartAndSeal(
      "operations: [{drop_column: {table: users, column: email, down: "
      "\"CAST(10 / (id - 3) AS text)\"}}]");
  db().Exec("INSERT INTO users(id, name) VALUES (3, 'Cy')");
  EXPECT_EQ(KindOf([&] { Window().Undo(); }), ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr(": id=3"));
  Window().Undo("", "it has none");
  EXPECT_EQ(PhaseNow(), "MIGRATING ready");
  EXPECT_EQ(Marks(), "users'name\\|f|t\n");
}

SEGUE_INSTANTIATE_ON(MarkedIndexTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
