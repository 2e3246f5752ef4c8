// What a plan on SQLite is tried on: a copy of the schema in memory, which has
// the faults of the original.
#include "tests/conformance/plan_trial_fixture.h"

namespace segue::test {
namespace {

class SqlitePlanTrialTest : public PlanTrialTest {
 protected:
  void SetUp() override {
    PlanTrialTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE t(id integer PRIMARY KEY, n text, e text)");
    db().Exec("INSERT INTO t(n) VALUES ('a')");
  }

  // Puts a text into the schema that only an application could have put there,
  // which has its own functions and collations.
  void Edit(const std::string& name, const std::string& from,
            const std::string& to) {
    db().Exec("PRAGMA writable_schema = ON");
    db().Exec("UPDATE sqlite_schema SET sql = replace(sql, '" + from + "', '" +
              to + "') WHERE name = '" + name + "'");
    db().Exec("PRAGMA writable_schema = RESET");
  }

  static constexpr const char* kFill =
      "operations: [{add_column: {table: t, column: {name: u, type: text, "
      "nullable: true}, up: upper(n)}}]";
};

// Case sqlite-unknown_collation_stuck.
TEST_P(SqlitePlanTrialTest, FindsACollationThatIsTheApplications) {
  db().Exec("CREATE INDEX ie ON t(e)");
  Edit("ie", "(e)", "(e COLLATE appnat)");
  ExpectRefused(kFill, "no such collation sequence: appnat");
  ExpectRefused("operations: [{drop_column: {table: t, column: n}}]",
                "error in index ie");
  ExpectRefused(kRename, "error in index ie");
  ExpectRefused("operations: [{rename_table: {from: t, to: s}}]",
                "error in index ie");
}

TEST_P(SqlitePlanTrialTest, FindsOneOfAnotherTable) {
  db().Exec("CREATE TABLE other(e text)");
  db().Exec("CREATE INDEX ie ON other(e)");
  Edit("ie", "(e)", "(e COLLATE appnat)");
  ExpectRefused(kRename, "error in index ie");
}

// Case sqlite-unknown_function_generated, second form.
TEST_P(SqlitePlanTrialTest, FindsAFunctionThatIsTheApplications) {
  db().Exec("ALTER TABLE t ADD COLUMN g text AS (lower(e)) VIRTUAL");
  Edit("t", "lower(e)", "app_slug(e)");
  ExpectRefused(kFill, "unknown function: app_slug() (generated column 'g'");
}

// The sessions of the application have the function.
TEST_P(SqlitePlanTrialTest, LetsAFunctionBeThatNoStatementCalls) {
  db().Exec("CREATE TABLE other(e text CHECK (lower(e) <> 'x'))");
  db().Exec("CREATE INDEX ie ON other(lower(e))");
  Edit("other", "lower", "app_slug");
  Edit("ie", "lower", "app_slug");
  ExpectTried(kRename);
}

// A module minds empty tables of its own, so that it makes them anew.
TEST_P(SqlitePlanTrialTest, CopiesVirtualTables) {
  db().Exec("CREATE VIRTUAL TABLE f USING fts5(body)");
  db().Exec(
      "CREATE TRIGGER tg AFTER INSERT ON t BEGIN INSERT INTO f(body) VALUES "
      "(new.e); END");
  db().Exec("INSERT INTO t(n) VALUES ('b')");
  ExpectTried(kRename);
}

TEST_P(SqlitePlanTrialTest, CopiesEveryKindOfTable) {
  db().Exec(
      "CREATE TABLE k(a text, b text UNIQUE, PRIMARY KEY (a)) WITHOUT ROWID");
  db().Exec(
      "CREATE TABLE c(id integer PRIMARY KEY AUTOINCREMENT, x any) "
      "STRICT");
  db().Exec("INSERT INTO k VALUES ('1', '2')");
  db().Exec("INSERT INTO c(x) VALUES (x'00')");
  db().Exec("CREATE INDEX kb ON k(b DESC) WHERE b > ''");
  db().Exec("CREATE VIEW v AS SELECT n AS n FROM t JOIN k ON n = a");
  db().Exec("ANALYZE");
  ExpectTried(kRename);
  ExpectTried("operations: [{rename_column: {table: k, from: b, to: d}}]");
}

// What only works on rows is compiled and not run.
TEST_P(SqlitePlanTrialTest, TriesSqlWithoutItsRows) {
  ExpectRefused("operations: [{sql: {up: UPDATE t SET nosuch = 1}}]",
                "no such column: nosuch");
  ExpectRefused(
      "operations: [{sql: {up: 'CREATE TABLE s(a); DROP TABLE gone'}}]",
      "no such table: gone");
  ExpectTried(
      "operations: [{sql: {up: 'CREATE TABLE s(a); INSERT INTO s WITH "
      "RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x "
      "FROM c'}}]");
}

// A table takes 2000 columns, and a sum of as many terms is too deep.
TEST_P(SqlitePlanTrialTest, CountsColumns) {
  const auto create = [&](const std::string& table, int more) {
    std::string columns;
    for (int i = 0; i < more; ++i) columns += ", c" + std::to_string(i);
    db().Exec("CREATE TABLE " + table + "(id integer PRIMARY KEY, n" + columns +
              ")");
    db().Exec("INSERT INTO " + table + "(n) VALUES ('a')");
    return "operations: [{rename_column: {table: " + table +
           ", from: n, to: m}}]";
  };
  EXPECT_NO_THROW(PlanOf(create("wide", 1'100), Access::kInPlace));
  const std::string file = create("widest", 1'997);
  const Error error = ThrownBy([&] { PlanOf(file, Access::kInPlace); });
  EXPECT_THAT(error.what(), testing::HasSubstr("too many columns"));
}

SEGUE_INSTANTIATE_ON(SqlitePlanTrialTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
