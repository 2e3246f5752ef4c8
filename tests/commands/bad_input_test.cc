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

const char kGood[] =
    "operations:\n"
    "  - rename_column: {table: users, from: name, to: full_name}\n";

// --- the file ---------------------------------------------------------------

TEST_P(BadInputTest, UnknownKey) {
  ExpectFileRefused({kUsage,
                     "segue: 01_bad.yaml:3: operations[0].rename_column: "
                     "unknown key 'tabel', nearest is 'table'\n"},
                    "operations:\n"
                    "  - rename_column:\n"
                    "      tabel: users\n"
                    "      from: name\n"
                    "      to: full_name\n");
}

TEST_P(BadInputTest, UnknownOperation) {
  ExpectFileRefused(
      {kUsage,
       "segue: 01_bad.yaml:2: operations[0].rename_colum: unknown operation "
       "'rename_colum', nearest is 'rename_column'\n"},
      "operations:\n"
      "  - rename_colum: {table: users, from: name, to: x}\n");
}

TEST_P(BadInputTest, MissingKey) {
  ExpectFileRefused(
      {kUsage,
       "segue: 01_bad.yaml:2: operations[0].rename_column: missing key 'to'\n"},
      "operations:\n"
      "  - rename_column: {table: users, from: name}\n");
}

TEST_P(BadInputTest, DuplicateKey) {
  ExpectFileRefused({kUsage,
                     "segue: 01_bad.yaml:5: operations[0].rename_column: "
                     "duplicate key 'from', first on line 4\n"},
                    "operations:\n"
                    "  - rename_column:\n"
                    "      table: users\n"
                    "      from: name\n"
                    "      from: age\n"
                    "      to: full_name\n");
}

TEST_P(BadInputTest, NotYaml) {
  ExpectFileRefused(
      {kUsage,
       "segue: 01_bad.yaml:3: not valid YAML: end of sequence not found "
       "(column 4)\n"},
      "operations:\n  - rename_column:\n   table: [users\n");
}

TEST_P(BadInputTest, NotUtf8) {
  ExpectFileRefused(
      {kUsage, "segue: 01_bad.yaml:2: not valid UTF-8 at byte 63\n"},
      "operations:\n"
      "  - rename_column: {table: users, from: name, to: n\xe4}\n");
}

TEST_P(BadInputTest, EmptyFile) {
  ExpectFileRefused({kUsage, "segue: 01_bad.yaml: the file is empty\n"}, "");
}

TEST_P(BadInputTest, NoOperations) {
  ExpectFileRefused(
      {kUsage, "segue: 01_bad.yaml:1: operations: must not be empty\n"},
      "operations: []\n");
}

TEST_P(BadInputTest, NoSuchFile) {
  WriteFile("01_rename.yaml", kGood);
  Expect({kUsage,
          "segue: no migration file \"01_renam.yaml\", neither here nor in "
          "migrations\n"},
         {"start", "01_renam.yaml"});
}

// --- the schema -------------------------------------------------------------

TEST_P(BadInputTest, UnknownTable) {
  ExpectFileRefused({kNotFound, "segue: There is no table 'user' in schema '" +
                                    can().default_schema +
                                    "'; did you mean 'users'?\n"
                                    "  at: 01_bad.yaml:2:5\n"},
                    "operations:\n"
                    "  - rename_column: {table: user, from: name, to: x}\n");
}

TEST_P(BadInputTest, UnknownColumn) {
  ExpectFileRefused({kNotFound,
                     "segue: Table 'users' has no column 'nam' (its columns: "
                     "id, name, age); did you mean 'name'?\n"
                     "  at: 01_bad.yaml:2:5\n"},
                    "operations:\n"
                    "  - rename_column: {table: users, from: nam, to: x}\n");
}

TEST_P(BadInputTest, DropOfWhatIsNotThere) {
  ExpectFileRefused({kNotFound,
                     "segue: Table 'users' has no column 'email' (its columns: "
                     "id, name, age)\n"
                     "  at: 01_bad.yaml:2:5\n"},
                    "operations:\n"
                    "  - drop_column: {table: users, column: email}\n");
}

TEST_P(BadInputTest, ColumnThereWithAnotherDefinition) {
  ExpectFileRefused(
      {kRefused,
       "segue: add_column 'age' of table 'users': it exists with another "
       "definition: there '" +
           Text("integer") + "', wanted '" + Text("text") +
           "'\n  at: 01_bad.yaml:2:5\n"},
      "operations:\n"
      "  - add_column:\n"
      "      table: users\n"
      "      column: {name: age, type: text, nullable: true}\n");
}

TEST_P(BadInputTest, TargetNameTaken) {
  ExpectFileRefused({kRefused,
                     "segue: rename_column 'age' of table 'users': a column of "
                     "this name exists already\n"
                     "  at: 01_bad.yaml:2:5\n"},
                    "operations:\n"
                    "  - rename_column: {table: users, from: name, to: age}\n");
}

TEST_P(BadInputTest, IndexWithoutColumns) {
  ExpectFileRefused(
      {kUsage,
       "segue: 01_bad.yaml:2: operations[0].create_index: missing key "
       "'columns'\n"},
      "operations:\n"
      "  - create_index: {name: users_name, table: users}\n");
}

TEST_P(BadInputTest, IndexOfAnUnknownMethod) {
  ExpectFileRefused(
      {kUsage,
       "segue: 01_bad.yaml:2: operations[0].create_index.method: unknown "
       "method 'trie'; known are btree, hash, gist, spgist, gin, brin\n"},
      "operations:\n"
      "  - create_index: {name: i, table: users, columns: [name], method: "
      "trie}\n");
}

TEST_P(BadInputTest, IndexOverAnUnknownColumn) {
  ExpectFileRefused({kNotFound,
                     "segue: Table 'users' has no column 'nam' (its columns: "
                     "id, name, age); did you mean 'name'?\n"
                     "  at: 01_bad.yaml:2:5\n"},
                    "operations:\n"
                    "  - create_index: {name: i, table: users, columns: "
                    "[nam]}\n");
}

TEST_P(BadInputTest, DropOfAnIndexThatIsNotThere) {
  WriteFile("01_bad.yaml",
            "operations:\n"
            "  - drop_index: {name: users_nam, table: users}\n");
  EXPECT_EQ(kNotFound, Segue({"start", "01_bad.yaml"}).exit_code);
}

// --- the rows ---------------------------------------------------------------

TEST_P(BadInputTest, ExpressionGivesNullForSomeRows) {
  ExpectFileRefused(
      {kRefused,
       "segue: 'up' fails on rows of 'users': " + Text("key of users") + "=2" +
           ": gives NULL, which the column refuses\n  hint: mend these rows or "
           "the expression; nothing was changed\n"},
      "operations:\n"
      "  - add_column:\n"
      "      table: users\n"
      "      up: nullif(name, 'bob')\n"
      "      column: {name: nick, type: text, nullable: false}\n");
}

TEST_P(BadInputTest, ExpressionFailsForSomeRows) {
  const db::Spelling& spelling = dialect().spelling();
  if (spelling.Converted("name", "integer") == spelling.Name("name")) {
    GTEST_SKIP() << "casts never fail on " << GetParam().name;
  }
  ExpectFileRefused({kRefused,
                     "segue: 'up' fails on rows of 'users': id=1: invalid "
                     "input syntax for type integer: \"alice\"; id=2: invalid "
                     "input syntax for type integer: \"bob\"\n  hint: mend "
                     "these rows or the expression; nothing was changed\n"},
                    "operations:\n"
                    "  - alter_column:\n"
                    "      table: users\n"
                    "      column: name\n"
                    "      type: integer\n"
                    "      up: CAST(name AS integer)\n"
                    "      down: CAST(name AS text)\n");
}

TEST_P(BadInputTest, ExpressionThatTheServerDoesNotTake) {
  ExpectFileRefused({kRefused,
                     "segue: expression 'up' of column 'nick' of table 'users' "
                     "is not accepted: " +
                         Text("no function lowr") +
                         "\n  at: 01_bad.yaml:2:5\n  in: lowr(name)\n  hint: "
                         "'up' may use the columns "
                         "id, name, age\n"},
                    "operations:\n"
                    "  - add_column:\n"
                    "      table: users\n"
                    "      up: lowr(name)\n"
                    "      column: {name: nick, type: text, nullable: true}\n");
}

// --- queries to explain -----------------------------------------------------

TEST_P(BadInputTest, FilesThatHoldNoQueries) {
  WriteFile("01_rename.yaml", kGood);
  WriteFile("empty.sql", "-- nothing yet\n");
  WriteFile("ddl.sql", "SELECT 1;\nDROP TABLE users;\n");
  WriteFile("run.sql", "EXPLAIN ANALYZE DELETE FROM users");
  WriteFile("open.sql", "SELECT 'a");
  const std::string hint =
      "\n  hint: SELECT, WITH, VALUES, INSERT, UPDATE, DELETE and MERGE can; "
      "they are not run\n";
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"none.sql", "none.sql: there is no such file\n"},
      {"empty.sql", "empty.sql: there is no query in the file\n"},
      {"ddl.sql",
       "ddl.sql:2: 'DROP' begins no query that can be explained" + hint},
      {"run.sql",
       "run.sql:1: 'EXPLAIN' begins no query that can be explained" + hint},
      {"open.sql", "open.sql:1: a string or name does not end\n"}};
  for (const auto& [file, message] : answers) {
    Expect({kUsage, "segue: " + message}, {"verify", "--explain", file});
    Expect({kUsage, "segue: " + message},
           {"start", "01_rename.yaml", "--quiet", "--explain", file});
  }
}

TEST_P(BadInputTest, NothingToExplainBeforeAndAfter) {
  WriteFile("01_rename.yaml", kGood);
  WriteFile("q.sql", "SELECT 1");
  Expect({kNotFound,
          "segue: no migration was started in schema '" + can().default_schema +
              "', so there is no before and after\n  hint: 'segue start FILE "
              "--explain FILE' keeps the plans before\n"},
         {"verify", "--explain", "q.sql"});
  Expect({kUsage,
          "segue: a dry run keeps nothing, so no plans of queries either\n"},
         {"start", "01_rename.yaml", "--dry-run", "--explain", "q.sql"});
}

// --- the ledger -------------------------------------------------------------

TEST_P(BadInputTest, ChangedAfterItWasApplied) {
  WriteFile("01_rename.yaml", kGood);
  ASSERT_EQ(0, Segue({"start", "01_rename.yaml", "--complete"}).exit_code);
  WriteFile("01_rename.yaml",
            "operations:\n"
            "  - rename_column: {table: users, from: age, to: years}\n");
  Expect({kRefused,
          "segue: the file of migration '01_rename' is not the one that was "
          "applied: its checksum was 1e0ae1838f39, it is ac19df653c56\n  hint: "
          "restore the file, or put the change into a new migration\n"},
         {"start", "01_rename.yaml", "--quiet"});
}

TEST_P(BadInputTest, AnotherMigrationIsActive) {
  WriteFile("01_rename.yaml", kGood);
  ASSERT_EQ(0, Segue({"start", "01_rename.yaml"}).exit_code);
  WriteFile("02_more.yaml",
            "operations:\n"
            "  - rename_column: {table: users, from: age, to: years}\n");
  Expect({kRefused,
          "segue: migration '01_rename' is active (MIGRATING)\n  hint: "
          "complete it or roll it back first\n"},
         {"start", "02_more.yaml", "--quiet"});
}

TEST_P(BadInputTest, NothingIsActive) {
  const Answer answer = {kNotFound,
                         "segue: no migration is active in schema '" +
                             can().default_schema +
                             "'\n  hint: 'segue start FILE' begins one; 'segue "
                             "history' lists past ones\n"};
  Expect(answer, {"complete", "--yes"});
  Expect(answer, {"rollback"});
  Expect(answer, {"verify"});
  Expect(answer, {"pause"});
}

TEST_P(BadInputTest, CompleteNeedsAYes) {
  WriteFile("01_rename.yaml", kGood);
  ASSERT_EQ(0, Segue({"start", "01_rename.yaml"}).exit_code);
  Expect({kRefused,
          "segue: complete removes the old shape for good and there is no "
          "terminal to ask at\n  hint: give --yes\n"},
         {"complete"});
}

// --- the command line -------------------------------------------------------

TEST_P(BadInputTest, UnknownCommandAndOption) {
  Expect({kUsage,
          "segue: unknown command \"strat\"; did you mean start?\n  hint: "
          "segue help\n"},
         {"strat", "01_rename.yaml"});
  Expect({kUsage,
          "segue: unknown option --acess; did you mean --access?\n  hint: "
          "segue help start\n"},
         {"start", "01_rename.yaml", "--acess", "versioned"});
  Expect({kUsage,
          "segue: --access is \"both\"; it must be in_place or versioned\n  "
          "hint: segue help start\n"},
         {"start", "01_rename.yaml", "--access", "both"});
  Expect({kUsage,
          "segue: start needs a FILE: a migration file: a path, or its name or "
          "number in the migrations directory\n  hint: segue help start\n"},
         {"start"});
}

TEST_P(BadInputTest, TheBaseNeedsNoSessionSql) {
  Expect({kUsage,
          "segue: the base schema needs no SQL; name a published version\n  "
          "hint: 'segue versions' lists them\n"},
         {"url", "--sql"});
}

TEST_P(BadInputTest, WrongUrl) {
  WriteFile("01_rename.yaml", kGood);
  const std::vector<std::string> start = {"start", "01_rename.yaml", "--url"};
  const auto with = [&start](const std::string& url) {
    std::vector<std::string> arguments = start;
    arguments.push_back(url);
    return arguments;
  };
  Expect({kUsage,
          "segue: no database is called 'postgress' here; known: sqlite, "
          "postgres\n"},
         with("postgress://me:secret@host/app"));
  Expect(
      {kUsage,
       "segue: Bad database URL: it does not start with a kind of database\n  "
       "hint: Write sqlite:app.db or postgres://user@host/database\n"},
      with("app.db"));
  Expect({kUsage,
          "segue: Bad database URL: the port is no number\n  hint: In a user "
          "name or password write %40 for @, %3A for :, %2F for /, %3F for ?, "
          "%25 for %\n"},
         with("postgres://me:secret@host:port/app"));
}

SEGUE_INSTANTIATE(BadInputTest);

}  // namespace
}  // namespace segue::test
