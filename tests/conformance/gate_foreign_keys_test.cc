// What the gate says of rows behind a foreign key that a contract takes away.
#include <gmock/gmock.h>

#include "tests/conformance/gate_fixture.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kDropKey =
    "operations: [{drop_constraint: {table: orders, name: orders_user}}]";
constexpr const char* kDropColumn =
    "operations: [{drop_column: {table: orders, column: user_id}}]";
constexpr const char* kDropTable = "operations: [{drop_table: {name: orders}}]";

constexpr const char* kCannotTell =
    "it cannot be told whether anything relies on a foreign key that goes: "
    "'orders_user' of 'orders': ";

class ForeignKeysTest : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE orders(id integer PRIMARY KEY, user_id integer, "
        "CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id))");
    db().Exec("INSERT INTO orders VALUES (1, 1), (2, 1), (3, NULL)");
  }
  std::string Text() {
    for (const GateItem& item : Ask().items) {
      if (item.name == "foreign_keys") {
        return std::string(ToString(item.state)) + ": " + item.Text();
      }
    }
    return "no such item";
  }
  void Clear() { db().Exec("UPDATE orders SET user_id = NULL"); }
};

TEST_P(ForeignKeysTest, RowsBehindOneThatIsDroppedAreNamed) {
  Start(kDropKey);
  EXPECT_EQ(Text(), "not watched: " + std::string(kCannotTell) +
                        "2 rows refer to 'users'");
  ExpectCompletes();
}

TEST_P(ForeignKeysTest, RowsThatReferToNothingDoNot) {
  Start(kDropKey);
  db().Exec("DELETE FROM orders WHERE id = 2");
  EXPECT_EQ(Text(), "not watched: " + std::string(kCannotTell) +
                        "1 row refers to 'users'");
  Clear();
  EXPECT_EQ(Text(),
            "pass:  'orders_user' of 'orders': 0 rows refer to "
            "'users'");
  ExpectCompletes();
}

TEST_P(ForeignKeysTest, SoDoThoseOfAColumnThatGoes) {
  Start(kDropColumn);
  EXPECT_EQ(Text(), "not watched: " + std::string(kCannotTell) +
                        "2 rows refer to 'users'");
  ExpectCompletes();
}

// Nobody is left who could miss it.
TEST_P(ForeignKeysTest, RowsThatGoWithTheirTableAreOnlyShown) {
  Start(kDropTable);
  EXPECT_EQ(Text(),
            "pass:  'orders_user' of 'orders': 2 rows refer to 'users'");
  ExpectCompletes();
}

TEST_P(ForeignKeysTest, ATableAndTheOneThatRefersToItGoTogether) {
  Start(
      "operations: [{drop_table: {name: orders}}, {drop_table: {name: "
      "users}}]");
  EXPECT_EQ(Text(),
            "pass:  'orders_user' of 'orders': 2 rows refer to 'users'");
  ExpectCompletes();
}

TEST_P(ForeignKeysTest, ATableThatOthersReferToSinceTheStartStays) {
  db().Exec("DROP TABLE orders");
  Start("operations: [{drop_table: {name: users}}]");
  EXPECT_EQ(Text(), "pass: ");
  db().Exec(
      "CREATE TABLE notes(id integer PRIMARY KEY, author integer, CONSTRAINT "
      "notes_author FOREIGN KEY (author) REFERENCES Users (id))");
  db().Exec("INSERT INTO notes VALUES (1, 2)");
  EXPECT_EQ(Text(),
            "fail: tables that stay refer to one that goes: 'notes_author' of "
            "'notes': 1 row refers to 'users'");
  EXPECT_EQ(KindOf([&] { MigratorNow().Complete(); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'notes_author' of 'notes'"));
  db().Exec("DROP TABLE notes");
  ExpectCompletes();
}

// The new column has a foreign key of the same name.
TEST_P(ForeignKeysTest, OneThatIsGivenToTheNewColumnDoesNotGo) {
  Start(
      "operations: [{alter_column: {table: orders, column: user_id, type: "
      "bigint, up: user_id, down: user_id}}]");
  EXPECT_EQ(Text(), "no such item");
  ExpectCompletes();
}

// The copy that goes has taken the old name, and the column with the foreign
// key has the new one.
TEST_P(ForeignKeysTest, OneOfAColumnThatIsRenamedStays) {
  Start(
      "operations: [{rename_column: {table: orders, from: user_id, to: "
      "owner}}]");
  EXPECT_EQ(Text(), "no such item");
  ExpectCompletes();
}

TEST_P(ForeignKeysTest, OtherMigrationsHaveNoSuchItem) {
  Start();
  EXPECT_EQ(Text(), "no such item");
}

TEST_P(ForeignKeysTest, ItIsAskedBeforeASealThatCanBeUndone) {
  options_.undo_window = std::chrono::hours(1);
  Start(kDropColumn);
  EXPECT_EQ(Text(), "not watched: " + std::string(kCannotTell) +
                        "2 rows refer to 'users'");
  EXPECT_EQ(MigratorNow().Complete().status.sub_state, SubState::kSealed);
  EXPECT_THAT(States(), Not(Contains(HasSubstr("foreign_keys"))));
}

// A key over several columns refers to nothing where one of them is NULL.
TEST_P(ForeignKeysTest, RowsOfAKeyOverTwoColumnsHaveBoth) {
  db().Exec("CREATE TABLE parts(a integer, b integer, PRIMARY KEY (a, b))");
  db().Exec("INSERT INTO parts VALUES (1, 1)");
  db().Exec(
      "CREATE TABLE uses(id integer PRIMARY KEY, a integer, b integer, "
      "CONSTRAINT uses_part FOREIGN KEY (a, b) REFERENCES parts (a, b))");
  db().Exec("INSERT INTO uses VALUES (1, 1, 1), (2, 1, NULL), (3, NULL, 1)");
  Start("operations: [{drop_constraint: {table: uses, name: uses_part}}]");
  EXPECT_THAT(Text(), HasSubstr("'uses_part' of 'uses': 1 row refers to "
                                "'parts'"));
}

// It is asked about what is there now.
TEST_P(ForeignKeysTest, OneThatSomebodyElseHasDroppedIsNone) {
  Start(
      "operations: [{drop_table: {name: orders}}, {drop_table: {name: "
      "users}}]");
  db().Exec("DROP TABLE orders");
  db().Exec("CREATE TABLE orders(id integer PRIMARY KEY, user_id integer)");
  EXPECT_EQ(Text(), "pass: ");
}

SEGUE_INSTANTIATE(ForeignKeysTest);

class ServerForeignKeysTest : public ForeignKeysTest {};

TEST_P(ServerForeignKeysTest, OneOfAnotherSchemaIsNamed) {
  db().Exec("DROP TABLE orders");
  Start("operations: [{drop_table: {name: users}}]");
  db().Exec(
      "CREATE SCHEMA other; CREATE TABLE other.notes(author integer CONSTRAINT "
      "notes_author REFERENCES users (id))");
  EXPECT_EQ(Text(),
            "fail: tables that stay refer to one that goes: 'notes_author' of "
            "'other.notes' refers to 'users'");
  EXPECT_EQ(KindOf([&] { MigratorNow().Complete(); }), ErrorKind::kRefused);
}

// Nobody can say how many rows there are that a policy hides.
TEST_P(ServerForeignKeysTest, RowsThatCannotBeCountedAreUnknown) {
  CreateRole(db(), "gate_owner");
  db().Exec(
      "ALTER TABLE users OWNER TO gate_owner; ALTER TABLE orders OWNER TO "
      "gate_owner; GRANT ALL ON SCHEMA public TO gate_owner; DO $$ BEGIN "
      "EXECUTE format('GRANT CREATE ON DATABASE %I TO gate_owner', "
      "current_database()); END $$");
  database_.emplace(Database::Open({db().Url(), "", "gate_owner"}));
  Start(kDropKey);
  db().Exec(
      "ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
      "CREATE POLICY hides ON orders USING (id > 1)");
  EXPECT_THAT(Text(), HasSubstr("unknown: " + std::string(kCannotTell) +
                                "its rows cannot be counted: "));
  database_.reset();
  db().Exec("DROP OWNED BY gate_owner; DROP ROLE gate_owner");
}

SEGUE_INSTANTIATE_ON(ServerForeignKeysTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
