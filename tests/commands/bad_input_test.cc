// Bad input of every kind: one clear message, the documented exit code, and
// nothing changed. The messages stand here word for word, because they are
// what a user reads at the worst moment.
#include "tests/commands/bad_input.h"

#include <gtest/gtest.h>

namespace segue::test {
namespace {

constexpr int kUsage = 2;
constexpr int kRefused = 3;
constexpr int kNotFound = 4;
constexpr int kFailed = 1;

const char kGood[] =
    "operations:\n"
    "  - rename_column: {table: users, from: name, to: full_name}\n";

// --- the file ---------------------------------------------------------------

TEST_P(BadInputTest, UnknownKey) {
  ExpectFileRefused({kUsage, "?"},
                    "operations:\n"
                    "  - rename_column:\n"
                    "      tabel: users\n"
                    "      from: name\n"
                    "      to: full_name\n");
}

TEST_P(BadInputTest, UnknownOperation) {
  ExpectFileRefused({kUsage, "?"},
                    "operations:\n"
                    "  - rename_colum: {table: users, from: name, to: x}\n");
}

TEST_P(BadInputTest, MissingKey) {
  ExpectFileRefused({kUsage, "?"},
                    "operations:\n"
                    "  - rename_column: {table: users, from: name}\n");
}

TEST_P(BadInputTest, DuplicateKey) {
  ExpectFileRefused({kUsage, "?"},
                    "operations:\n"
                    "  - rename_column:\n"
                    "      table: users\n"
                    "      from: name\n"
                    "      from: age\n"
                    "      to: full_name\n");
}

TEST_P(BadInputTest, NotYaml) {
  ExpectFileRefused({kUsage, "?"}, "operations:\n  - {rename_column: [\n");
}

TEST_P(BadInputTest, NotUtf8) {
  ExpectFileRefused(
      {kUsage, "?"},
      "operations:\n"
      "  - rename_column: {table: users, from: name, to: n\xe4}\n");
}

TEST_P(BadInputTest, EmptyFile) { ExpectFileRefused({kUsage, "?"}, ""); }

TEST_P(BadInputTest, NoOperations) {
  ExpectFileRefused({kUsage, "?"}, "operations: []\n");
}

TEST_P(BadInputTest, NoSuchFile) {
  WriteFile("01_rename.yaml", kGood);
  Expect({kUsage, "?"}, {"start", "01_renam.yaml"});
}

// --- the schema -------------------------------------------------------------

TEST_P(BadInputTest, UnknownTable) {
  ExpectFileRefused({kNotFound, "?"},
                    "operations:\n"
                    "  - rename_column: {table: user, from: name, to: x}\n");
}

TEST_P(BadInputTest, UnknownColumn) {
  ExpectFileRefused({kNotFound, "?"},
                    "operations:\n"
                    "  - rename_column: {table: users, from: nam, to: x}\n");
}

TEST_P(BadInputTest, DropOfWhatIsNotThere) {
  ExpectFileRefused({kNotFound, "?"},
                    "operations:\n"
                    "  - drop_column: {table: users, column: email}\n");
}

TEST_P(BadInputTest, ColumnThereWithAnotherDefinition) {
  ExpectFileRefused({kRefused, "?"},
                    "operations:\n"
                    "  - add_column:\n"
                    "      table: users\n"
                    "      column: {name: age, type: text, nullable: true}\n");
}

TEST_P(BadInputTest, TargetNameTaken) {
  ExpectFileRefused({kRefused, "?"},
                    "operations:\n"
                    "  - rename_column: {table: users, from: name, to: age}\n");
}

// --- the rows ---------------------------------------------------------------

TEST_P(BadInputTest, ExpressionGivesNullForSomeRows) {
  ExpectFileRefused(
      {kFailed, "?"},
      "operations:\n"
      "  - add_column:\n"
      "      table: users\n"
      "      up: nullif(name, 'bob')\n"
      "      column: {name: nick, type: text, nullable: false}\n");
}

TEST_P(BadInputTest, ExpressionFailsForSomeRows) {
  if (is_sqlite()) return;  // its casts never fail; see the test above
  ExpectFileRefused({kFailed, "?"},
                    "operations:\n"
                    "  - alter_column:\n"
                    "      table: users\n"
                    "      column: name\n"
                    "      type: integer\n"
                    "      up: CAST(name AS integer)\n"
                    "      down: CAST(name AS text)\n");
}

TEST_P(BadInputTest, ExpressionThatTheServerDoesNotTake) {
  ExpectFileRefused({kRefused, "?"},
                    "operations:\n"
                    "  - add_column:\n"
                    "      table: users\n"
                    "      up: lowr(name)\n"
                    "      column: {name: nick, type: text, nullable: true}\n");
}

// --- the ledger -------------------------------------------------------------

TEST_P(BadInputTest, ChangedAfterItWasApplied) {
  WriteFile("01_rename.yaml", kGood);
  ASSERT_EQ(0, Segue({"start", "01_rename.yaml", "--complete"}).exit_code);
  WriteFile("01_rename.yaml",
            "operations:\n"
            "  - rename_column: {table: users, from: age, to: years}\n");
  Expect({kRefused, "?"}, {"start", "01_rename.yaml", "--quiet"});
}

TEST_P(BadInputTest, AnotherMigrationIsActive) {
  WriteFile("01_rename.yaml", kGood);
  ASSERT_EQ(0, Segue({"start", "01_rename.yaml"}).exit_code);
  WriteFile("02_more.yaml",
            "operations:\n"
            "  - rename_column: {table: users, from: age, to: years}\n");
  Expect({7, "?"}, {"start", "02_more.yaml", "--quiet"});
}

TEST_P(BadInputTest, NothingIsActive) {
  Expect({kNotFound, "?"}, {"complete", "--yes"});
  Expect({kNotFound, "?"}, {"rollback"});
  Expect({kNotFound, "?"}, {"verify"});
  Expect({kNotFound, "?"}, {"pause"});
}

TEST_P(BadInputTest, CompleteNeedsAYes) {
  WriteFile("01_rename.yaml", kGood);
  ASSERT_EQ(0, Segue({"start", "01_rename.yaml"}).exit_code);
  Expect({kRefused, "?"}, {"complete"});
}

// --- the command line -------------------------------------------------------

TEST_P(BadInputTest, UnknownCommandAndOption) {
  Expect({kUsage, "?"}, {"strat", "01_rename.yaml"});
  Expect({kUsage, "?"}, {"start", "01_rename.yaml", "--acess", "versioned"});
  Expect({kUsage, "?"}, {"start", "01_rename.yaml", "--access", "both"});
  Expect({kUsage, "?"}, {"start"});
}

TEST_P(BadInputTest, AccessThatTheDatabaseDoesNotHave) {
  if (is_postgres()) return;  // it has both
  WriteFile("01_rename.yaml", kGood);
  Expect({kRefused, "?"},
         {"start", "01_rename.yaml", "--access", "versioned", "--quiet"});
}

TEST_P(BadInputTest, WrongUrl) {
  WriteFile("01_rename.yaml", kGood);
  const std::vector<std::string> start = {"start", "01_rename.yaml", "--url"};
  const auto with = [&start](const std::string& url) {
    std::vector<std::string> arguments = start;
    arguments.push_back(url);
    return arguments;
  };
  Expect({kUsage, "?"}, with("postgress://me:secret@host/app"));
  Expect({kUsage, "?"}, with("app.db"));
  Expect({kUsage, "?"}, with("postgres://me:secret@host:port/app"));
}

SEGUE_INSTANTIATE(BadInputTest);

}  // namespace
}  // namespace segue::test
