// What an undo says of rows that the old shape cannot hold: their number, and
// their keys, whatever of it refuses them.
#include <gmock/gmock.h>

#include "tests/conformance/undo_fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class UndoKeysTest : public UndoWindowTest {
 protected:
  // The reason of the refusal, which leaves the contract sealed.
  std::string Objection() {
    EXPECT_EQ(KindOf([&] { Window().Undo(); }), ErrorKind::kMismatch);
    EXPECT_EQ(PhaseNow(), "CONTRACTING sealed");
    return message_;
  }
  // A table of things with a check and a foreign key.
  void CreateThings(const std::string& columns, const std::string& key = "") {
    db().Exec("CREATE TABLE things(" + columns +
              ", owner integer, size integer, CONSTRAINT small CHECK (size < "
              "10), CONSTRAINT things_owner FOREIGN KEY (owner) REFERENCES "
              "users (id)" +
              key + ")");
  }
  void SealDrop(const std::string& constraint) {
    StartAndSeal("operations: [{drop_constraint: {table: things, name: " +
                 constraint + "}}]");
  }
};

TEST_P(UndoKeysTest, OfACheck) {
  CreateThings("id integer PRIMARY KEY");
  SealDrop("small");
  db().Exec("INSERT INTO things VALUES (1, 1, 1), (2, 1, 20), (5, 1, 50)");
  EXPECT_THAT(Objection(), HasSubstr("2 rows of 'things' break check 'small': "
                                     "id=2, id=5"));
  EXPECT_THAT(hint_, HasSubstr("segue undo --lossy"));
  // A rollback undoes the contract first, by the same rules.
  EXPECT_EQ(KindOf([&] { MigratorNow().Rollback(); }), ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr("id=2, id=5"));
  db().Exec("DELETE FROM things WHERE size > 9");
  Window().Undo();
  EXPECT_EQ(PhaseNow(), "MIGRATING ready");
}

TEST_P(UndoKeysTest, OfAForeignKey) {
  CreateThings("a integer, b varchar(9)", ", PRIMARY KEY (a, b)");
  SealDrop("things_owner");
  db().Exec("INSERT INTO things VALUES (1, 'x', 1, 1), (1, 'y', 7, 1)");
  EXPECT_THAT(Objection(),
              HasSubstr("1 rows of 'things' break foreign key 'things_owner': "
                        "(a, b)=(1, y)"));
  Window().Undo("", "they are orphans");
  EXPECT_EQ(PhaseNow(), "MIGRATING ready");
}

TEST_P(UndoKeysTest, OfNotNull) {
  db().Exec("ALTER TABLE users ADD nick text");
  StartAndSeal(
      "operations: [{drop_column: {table: users, column: name, down: nick}}]");
  db().Exec(
      "INSERT INTO users (id, nick) VALUES (3, NULL), (4, NULL), (5, 'x')");
  EXPECT_THAT(Objection(), HasSubstr("2 rows of 'users' have NULL in '"));
  EXPECT_THAT(message_, HasSubstr("': id=3, id=4"));
}

TEST_P(UndoKeysTest, OfATableWithoutAKeyItIsThePlace) {
  CreateThings("note text");
  SealDrop("small");
  db().Exec("INSERT INTO things VALUES ('x', 1, 20)");
  EXPECT_THAT(Objection(),
              ::testing::ContainsRegex("'small': (\\(position\\)=|rowid=)"));
}

TEST_P(UndoKeysTest, OfManyRowsSomeAreNamed) {
  CreateThings("id integer PRIMARY KEY");
  SealDrop("small");
  std::string rows;
  for (int id = 1; id <= 150; ++id) {
    rows += (id > 1 ? ", (" : "(") + std::to_string(id) + ", 1, 20)";
  }
  db().Exec("INSERT INTO things VALUES " + rows);
  EXPECT_THAT(Objection(), HasSubstr("150 rows of 'things' break check "
                                     "'small': id=1, id=2, "));
  EXPECT_THAT(message_, HasSubstr("id=100, ..."));
}

// The question is asked when the column has its new name.
TEST_P(UndoKeysTest, OfAKeyThatIsRenamed) {
  CreateThings("id integer PRIMARY KEY");
  StartAndSeal(
      "access: versioned\n"
      "operations: [{drop_constraint: {table: things, name: small}}, "
      "{rename_column: {table: things, from: id, to: number}}]");
  db().Exec("INSERT INTO things (number, owner, size) VALUES (8, 1, 20)");
  EXPECT_THAT(Objection(), ::testing::ContainsRegex("'small': (id|number)=8"));
}

SEGUE_INSTANTIATE(UndoKeysTest);

}  // namespace
}  // namespace segue::test
