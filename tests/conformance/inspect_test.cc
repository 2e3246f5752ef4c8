// Reading the catalogue into values.
#include <gmock/gmock.h>

#include "segue/error.h"
#include "tests/conformance/inspect_fixture.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_P(InspectTest, ReadsAnEmptySchema) {
  EXPECT_THAT(Inspect().tables, IsEmpty());
  EXPECT_FALSE(Inspect().server_version.empty());
}

TEST_P(InspectTest, NamesWhatIsMissing) {
  std::unique_ptr<db::Connection> connection = db().Connect();
  if (!dialect().capabilities().has_schemas) return;  // there is only one
  try {
    dialect().Inspect(*connection, "nowhere");
    FAIL() << "found a schema that is not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("nowhere"));
  }
}

TEST_P(InspectTest, ReadsColumnsInTheirOrder) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, b varchar(10) NOT NULL DEFAULT "
      "'it''s', a numeric(10,2), c integer DEFAULT 7)");
  schema::Table table = Table("t");
  EXPECT_EQ(table.kind, "table");
  EXPECT_THAT(table.ColumnNames(), ElementsAre("id", "b", "a", "c"));
  const schema::Column& b = *table.FindColumn("b");
  EXPECT_FALSE(b.nullable);
  EXPECT_EQ(b.type, Text("varchar(10)"));
  EXPECT_THAT(b.default_sql.value_or(""), HasSubstr("'it''s'"));
  EXPECT_TRUE(b.default_is_constant);
  const schema::Column& a = *table.FindColumn("a");
  EXPECT_TRUE(a.nullable);
  EXPECT_FALSE(a.default_sql.has_value());
  EXPECT_EQ(a.type, "numeric(10,2)");
  EXPECT_EQ(table.FindColumn("c")->default_sql, "7");
}

TEST_P(InspectTest, TellsConstantDefaultsFromOthers) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY, " +
            Text("defaults that vary") + ", k integer DEFAULT 3)");
  EXPECT_FALSE(Column("t", "made").default_is_constant);
  EXPECT_FALSE(Column("t", "r").default_is_constant);
  EXPECT_FALSE(Column("t", "at").default_is_constant);
  EXPECT_TRUE(Column("t", "k").default_is_constant);
}

TEST_P(InspectTest, ReadsKeysInKeyOrder) {
  db().Exec(
      "CREATE TABLE t(a integer NOT NULL, b integer, c integer NOT NULL, "
      "PRIMARY KEY (c, "
      "a))");
  EXPECT_THAT(Table("t").WalkKey(), ElementsAre("c", "a"));
}

TEST_P(InspectTest, WalksByAUniqueKeyOnlyWhenItIsSafe) {
  db().Exec(
      "CREATE TABLE good(a integer NOT NULL, b text NOT NULL);"
      "CREATE UNIQUE INDEX good_u ON good(b, a);"
      "CREATE TABLE nullable(a integer UNIQUE);"
      "CREATE TABLE partial(a integer NOT NULL);"
      "CREATE UNIQUE INDEX partial_u ON partial(a) WHERE a > 5;"
      "CREATE TABLE expression(a text NOT NULL);"
      "CREATE UNIQUE INDEX expression_u ON expression(lower(a));"
      "CREATE TABLE plain(a integer NOT NULL);"
      "CREATE INDEX plain_i ON plain(a)");
  EXPECT_THAT(Table("good").WalkKey(), ElementsAre("b", "a"));
  for (const char* name : {"nullable", "partial", "expression", "plain"}) {
    EXPECT_THAT(Table(name).WalkKey(), IsEmpty()) << name;
  }
}

TEST_P(InspectTest, ReadsIndexes) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a integer, b text);"
      "CREATE UNIQUE INDEX u ON t(b DESC, a);"
      "CREATE INDEX p ON t(a) WHERE b IS NOT NULL;"
      "CREATE INDEX e ON t(lower(b))");
  schema::Table table = Table("t");
  const schema::Index* unique = FindIndex(table, "u");
  ASSERT_NE(unique, nullptr);
  EXPECT_TRUE(unique->unique);
  EXPECT_FALSE(unique->primary);
  EXPECT_THAT(NamesOf(*unique), ElementsAre("b", "a"));
  EXPECT_TRUE(unique->columns[0].descending);
  EXPECT_FALSE(unique->columns[1].descending);
  const schema::Index* partial = FindIndex(table, "p");
  ASSERT_NE(partial, nullptr);
  EXPECT_THAT(partial->predicate, HasSubstr("IS NOT NULL"));
  const schema::Index* expression = FindIndex(table, "e");
  ASSERT_NE(expression, nullptr);
  EXPECT_THAT(NamesOf(*expression), ElementsAre("(expression)"));
  EXPECT_THAT(expression->columns[0].expression, HasSubstr("lower(b)"));
}

TEST_P(InspectTest, ReadsConstraints) {
  db().Exec(
      "CREATE TABLE p(id integer PRIMARY KEY);"
      "CREATE TABLE t(id integer PRIMARY KEY, pid integer REFERENCES p(id), "
      "n integer, CONSTRAINT positive CHECK (n > 0))");
  std::vector<schema::ConstraintKind> kinds;
  for (const schema::Constraint& constraint : Table("t").constraints) {
    kinds.push_back(constraint.kind);
    if (constraint.kind == schema::ConstraintKind::kForeignKey) {
      EXPECT_THAT(constraint.columns, ElementsAre("pid"));
    }
    if (constraint.kind == schema::ConstraintKind::kCheck) {
      EXPECT_EQ(constraint.name, "positive");
      EXPECT_THAT(constraint.check, HasSubstr("n > 0"));
    }
  }
  EXPECT_THAT(kinds,
              ::testing::IsSupersetOf({schema::ConstraintKind::kForeignKey,
                                       schema::ConstraintKind::kCheck}));
}

TEST_P(InspectTest, ReadsGeneratedColumns) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a integer, "
      "twice integer GENERATED ALWAYS AS (a * 2) STORED)");
  EXPECT_THAT(Column("t", "twice").generated_sql, HasSubstr("a * 2"));
  EXPECT_EQ(Column("t", "a").generated_sql, "");
}

TEST_P(InspectTest, ReadsTriggers) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY)");
  db().Exec(db().TriggerSql("watch", "AFTER INSERT ON t",
                            "DELETE FROM t WHERE id = 0;"));
  schema::Table table = Table("t");
  ASSERT_EQ(table.triggers.size(), 1u);
  EXPECT_EQ(table.triggers[0].name, "watch");
}

TEST_P(InspectTest, SeesWhatDependsOnAColumn) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, name text, other text);"
      "CREATE VIEW names AS SELECT name FROM t");
  bool found = false;
  for (const schema::Dependent& dependent : Table("t").dependents) {
    EXPECT_NE(dependent.column, "other") << dependent.name;
    if (dependent.kind != "view") continue;
    EXPECT_THAT(dependent.name, HasSubstr("names"));
    EXPECT_TRUE(dependent.column == "name" || dependent.column.empty());
    found = true;
  }
  EXPECT_TRUE(found);
  schema::Schema schema = Inspect();
  ASSERT_NE(schema.FindTable("names"), nullptr);
  EXPECT_EQ(schema.FindTable("names")->kind, "view");
}

TEST_P(InspectTest, LeavesSeguesOwnOut) {
  db().Exec("CREATE TABLE t(id integer)");
  std::unique_ptr<db::Connection> connection = db().Connect();
  for (const std::string& sql : dialect().LedgerSetup()) {
    connection->Execute(sql);
    connection->Execute(sql);  // safe to repeat
  }
  EXPECT_THAT(Inspect().TableNames(), ElementsAre("t"));
}

// A name as SQL writes it, and what is stored.
struct Name {
  std::string quoted;
  std::string stored;
};

TEST_P(InspectTest, TakesAnyName) {
  const std::string longest(63, 'x');
  const std::vector<Name> names = {{"\"firstName\"", "firstName"},
                                   {"\"select\"", "select"},
                                   {"\"with space\"", "with space"},
                                   {"\"quote\"\"d\"", "quote\"d"},
                                   {"\"příliš\"", "příliš"},
                                   {"\"" + longest + "\"", longest},
                                   {"\"semi;colon\"", "semi;colon"},
                                   {"\"dot.ted\"", "dot.ted"},
                                   {"\"$1\"", "$1"},
                                   {"\"it's\"", "it's"}};
  for (const Name& name : names) {
    db().Exec("CREATE TABLE " + name.quoted + "(" + name.quoted +
              " integer PRIMARY KEY, v text)");
    schema::Table table = Table(name.stored);
    EXPECT_EQ(table.name.name, name.stored);
    EXPECT_THAT(table.ColumnNames(), ElementsAre(name.stored, "v"));
    EXPECT_THAT(table.WalkKey(), ElementsAre(name.stored));
  }
  EXPECT_EQ(Inspect().tables.size(), names.size());
}

// Counts what is asked.
class CountingConnection : public db::Connection {
 public:
  explicit CountingConnection(db::Connection& inner) : inner_(inner) {}
  int count() const { return count_; }

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override {
    ++count_;
    return inner_.Execute(sql, parameters);
  }
  void ExecuteScript(std::string_view sql) override {
    ++count_;
    inner_.ExecuteScript(sql);
  }
  void Begin(const db::TransactionOptions& options) override {
    inner_.Begin(options);
  }
  void Commit() override { inner_.Commit(); }
  void Rollback() noexcept override { inner_.Rollback(); }
  void Interrupt() noexcept override { inner_.Interrupt(); }
  std::string SessionId() override { return inner_.SessionId(); }
  bool alive() const override { return inner_.alive(); }
  std::string Set(const std::string& setting,
                  const std::string& value) override {
    ++count_;
    return inner_.Set(setting, value);
  }

 private:
  db::Connection& inner_;
  int count_ = 0;
};

// Over thousands of tables a question a table would take minutes.
TEST_P(InspectTest, AsksAsMuchOfManyTablesAsOfOne) {
  constexpr int kMost = 12;
  std::unique_ptr<db::Connection> connection = db().Connect();
  for (const int tables : {1, 40}) {
    for (int i = 0; i < tables; ++i) {
      const std::string name = "t" + std::to_string(tables * 100 + i);
      db().Exec("CREATE TABLE " + name + "(id integer PRIMARY KEY, a text)");
      db().Exec("CREATE INDEX " + name + "_a ON " + name + "(a)");
    }
    CountingConnection counting(*connection);
    dialect().Inspect(counting, dialect().capabilities().default_schema);
    EXPECT_LE(counting.count(), kMost) << tables << " tables";
  }
}

SEGUE_INSTANTIATE(InspectTest);

}  // namespace
}  // namespace segue::test
