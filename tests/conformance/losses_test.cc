// What goes with a column that is dropped is said by the plan, and what others
// made meanwhile is not lost with the contract.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/plan.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::HasSubstr;

class LossesTest : public DialectTest {
 protected:
  Migrator& Open(const ProgressCallback& listener = {}) {
    database_.emplace(db().Open());
    MigratorOptions options;
    if (listener) options.listeners.Add(listener);
    return migrator_.emplace(*database_, options);
  }
  static Migration Parsed(const std::string& operation) {
    return manifest::Parse("operations: [" + operation + "]", "01_a.yaml");
  }
  // The number of the indexes that segue has made.
  Cell Copies() {
    return db().app().One(
        "SELECT count(*)::text FROM pg_class WHERE relkind = 'i' AND relname "
        "LIKE '\\_segue\\_%'");
  }
  // The message of the refusal; empty when the contract goes through.
  static std::string Refusal(Migrator& migrator) {
    return RefusalOf([&] { migrator.Complete(); });
  }

 private:
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// The case is drop_column_takes_check_silently.
TEST_P(LossesTest, ThePlanSaysWhatGoesWithAColumn) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, a integer, b integer);"
      "CREATE STATISTICS st ON a, b FROM u;"
      "ALTER TABLE u ADD CONSTRAINT ck CHECK (a > 0 OR b > 0)");
  EXPECT_THAT(
      ToText(Open().MakePlan(Parsed("drop_column: {table: u, column: a}"))),
      HasSubstr("with column 'a' of 'u' goes: check 'ck', statistics 'st'"));
}

// Columns whose values move, each with something made on it meanwhile.
struct Made {
  std::string sql;
  // A SELECT of one text that says how it is after the contract.
  std::string asked;
  std::string expected;
};

const std::vector<Made>& MadeMeanwhile() {
  static const std::vector<Made> all = {
      {"CREATE INDEX late ON u(code DESC) INCLUDE (id)",
       "SELECT pg_get_indexdef('late'::regclass)",
       "CREATE INDEX late ON public.u USING btree (code DESC) INCLUDE (id)"},
      {"CREATE INDEX late_title ON u(title); COMMENT ON INDEX late_title IS "
       "'i'",
       "SELECT pg_get_indexdef('late_title'::regclass) || "
       "obj_description('late_title'::regclass, 'pg_class')",
       "CREATE INDEX late_title ON public.u USING btree (title)i"},
      {"ALTER TABLE u ADD CONSTRAINT late_ck CHECK (code > id - 9); COMMENT ON "
       "CONSTRAINT late_ck ON u IS 'c'",
       "SELECT pg_get_constraintdef(oid) || convalidated::text || "
       "obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname "
       "= 'late_ck'",
       "CHECK ((code > (id - 9)))truec"},
      {"ALTER TABLE u ADD CONSTRAINT late_key UNIQUE (code)",
       "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = "
       "'late_key'",
       "UNIQUE (code)"},
      {"ALTER TABLE u ADD CONSTRAINT late_fk FOREIGN KEY (code) REFERENCES "
       "p(id)"
       " ON DELETE CASCADE",
       "SELECT pg_get_constraintdef(oid) || convalidated::text FROM "
       "pg_constraint WHERE conname = 'late_fk'",
       "FOREIGN KEY (code) REFERENCES p(id) ON DELETE CASCADEtrue"},
      {"COMMENT ON COLUMN u.code IS 'late'",
       "SELECT col_description('u'::regclass, attnum) FROM pg_attribute WHERE "
       "attrelid = 'u'::regclass AND attname = 'code'",
       "late"},
      {"GRANT SELECT (code) ON u TO PUBLIC",
       "SELECT string_agg(attname || attacl::text, ' ' ORDER BY attname) FROM "
       "pg_attribute WHERE attrelid = 'u'::regclass AND attacl IS NOT NULL AND "
       "NOT attisdropped",
       "code{=r/postgres}"},
      {"CREATE STATISTICS late_st ON code, id FROM u",
       "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE "
       "stxname "
       "= 'late_st'",
       "CREATE STATISTICS public.late_st ON id, code FROM u"},
      {"ALTER TABLE u ALTER code SET STATISTICS 77",
       "SELECT attstattarget::text FROM pg_attribute WHERE attrelid = "
       "'u'::regclass AND attname = 'code'",
       "77"}};
  return all;
}

// The case is changes_while_live_lost.
TEST_P(LossesTest, WhatOthersMadeMeanwhileGoesOver) {
  db().Exec(
      "CREATE TABLE p(id integer PRIMARY KEY); INSERT INTO p VALUES (2);"
      "CREATE TABLE u(id integer PRIMARY KEY, code integer, name text);"
      "CREATE INDEX u_code ON u(code); INSERT INTO u VALUES (1, 2, 'a')");
  Migrator& migrator = Open();
  migrator.Start(
      Parsed("alter_column: {table: u, column: code, type: bigint},"
             "rename_column: {table: u, from: name, to: title}"));
  for (const Made& made : MadeMeanwhile()) db().Exec(made.sql);
  EXPECT_EQ(Refusal(migrator), "");
  for (const Made& made : MadeMeanwhile()) {
    EXPECT_EQ(db().app().One(made.asked), made.expected) << made.sql;
  }
}

// What is another thing under the same name is not taken for the one that the
// plan has copied.
TEST_P(LossesTest, WhatIsRedefinedIsNamed) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, n integer NOT NULL, k integer);"
      "CREATE INDEX s1 ON u(n); CREATE STATISTICS st (ndistinct) ON n, k FROM "
      "u;"
      "ALTER TABLE u ADD CONSTRAINT sc CHECK (n < 1000), ADD CONSTRAINT su "
      "UNIQUE (n)");
  Migrator& migrator = Open();
  migrator.Start(Parsed("alter_column: {table: u, column: n, type: bigint}"));
  for (const auto& [sql, name, back] : std::vector<std::array<std::string, 3>>{
           {"DROP INDEX s1; CREATE INDEX s1 ON u(n DESC)",
            "changed is index public.s1",
            "DROP INDEX s1; CREATE INDEX s1 ON u(n)"},
           {"ALTER INDEX s1 SET (fillfactor = 33)",
            "changed is index public.s1", "ALTER INDEX s1 RESET (fillfactor)"},
           {"ALTER TABLE u DROP CONSTRAINT sc, ADD CONSTRAINT sc CHECK (n < 9)",
            "changed is table constraint sc on public.u",
            "ALTER TABLE u DROP CONSTRAINT sc, ADD CONSTRAINT sc CHECK (n < "
            "1000)"},
           {"DROP STATISTICS st; CREATE STATISTICS st (mcv) ON n, k FROM u",
            "changed is statistics object public.st",
            "DROP STATISTICS st; CREATE STATISTICS st (ndistinct) ON n, k FROM "
            "u"}}) {
    db().Exec(sql);
    EXPECT_THAT(Refusal(migrator), HasSubstr(name)) << sql;
    db().Exec(back);
  }
  db().Exec("ALTER TABLE u REPLICA IDENTITY USING INDEX su");
  EXPECT_EQ(Refusal(migrator), "");
  EXPECT_EQ(db().app().One("SELECT indisreplident FROM pg_index WHERE "
                           "indexrelid = 'su'::regclass"),
            "t");
}

// A default that is taken away goes, too.
TEST_P(LossesTest, ADroppedDefaultIsDropped) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, code integer DEFAULT 4);"
      "INSERT INTO u VALUES (1, 2)");
  Migrator& migrator = Open();
  migrator.Start(
      Parsed("alter_column: {table: u, column: code, type: bigint}"));
  db().Exec("ALTER TABLE u ALTER code DROP DEFAULT");
  EXPECT_EQ(Refusal(migrator), "");
  EXPECT_EQ(db().app().One("SELECT count(*) FROM pg_attrdef d WHERE adrelid = "
                           "'u'::regclass"),
            "0");
}

// Where applications write both columns, the triggers tell what was left out by
// the defaults of the start.
TEST_P(LossesTest, AnotherDefaultIsNamedWhereBothAreWritten) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, n integer DEFAULT 4);"
      "CREATE DOMAIN d AS integer DEFAULT 4; CREATE TABLE w(id integer PRIMARY "
      "KEY, n d); INSERT INTO u VALUES (1, 2)");
  Migrator& migrator = Open();
  migrator.Start(
      Parsed("rename_column: {table: u, from: n, to: m},"
             "rename_column: {table: w, from: n, to: m}"));
  db().Exec("ALTER DOMAIN d SET DEFAULT 9");
  EXPECT_THAT(migrator.Status()->missing,
              testing::ElementsAre("the default of type d is not the one of "
                                   "the start (ALTER DOMAIN d SET DEFAULT 4 "
                                   "sets it back)"));
  db().Exec("ALTER DOMAIN d SET DEFAULT 4");
  for (const std::string changed :
       {"n SET DEFAULT 5", "m DROP DEFAULT", "n DROP DEFAULT"}) {
    db().Exec("ALTER TABLE u ALTER " + changed);
    const std::string column = changed.substr(0, 1);
    const std::string named =
        "the default of column '" + column +
        "' of 'u' is not the one of the start (ALTER TABLE u ALTER COLUMN " +
        column + " SET DEFAULT 4 sets it back)";
    EXPECT_THAT(migrator.Status()->missing, testing::Contains(named));
    EXPECT_THAT(Refusal(migrator), HasSubstr(named));
    db().Exec("ALTER TABLE u ALTER n SET DEFAULT 4, ALTER m SET DEFAULT 4");
  }
}

// Whoever brings a default back does not bring back what was written meanwhile.
TEST_P(LossesTest, ADefaultThatWasAnotherOneForAWhileIsNamed) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, n integer DEFAULT 4);"
      "INSERT INTO u VALUES (1, 2)");
  Migrator& migrator = Open();
  for (const char* column : {"n", "m"}) {
    SCOPED_TRACE(column);
    migrator.Start(Parsed("rename_column: {table: u, from: n, to: m}"));
    const std::string set =
        "ALTER TABLE u ALTER " + std::string(column) + " SET DEFAULT ";
    db().Exec(set + "5; " + set + "4");
    EXPECT_THAT(migrator.Status()->missing,
                testing::ElementsAre("the default of column 'm' or 'n' of 'u' "
                                     "was set since the start, at last to what "
                                     "it was"));
    EXPECT_THAT(Refusal(migrator), HasSubstr("in place of the value"));
    EXPECT_THAT(ThrownBy([&] { migrator.Rollback(); }).what(),
                HasSubstr("may be lost: the default of column 'm'"));
    migrator.Rollback(false, "nobody wrote");
  }
  migrator.Start(Parsed("rename_column: {table: u, from: n, to: m}"));
  db().Exec("ALTER TABLE u ALTER n SET DEFAULT 4");
  EXPECT_TRUE(migrator.Complete(false, "nobody wrote").status.is_complete());
}

// An undone contract sets defaults itself.
TEST_P(LossesTest, AContractThatIsUndoneSetsNoDefaultOfOthers) {
  db().Exec(
      "CREATE SEQUENCE s; CREATE TABLE u(id integer PRIMARY KEY, n integer NOT "
      "NULL DEFAULT nextval('s')); CREATE TABLE x(id integer PRIMARY KEY, n "
      "integer); INSERT INTO u VALUES (1)");
  Migrator& migrator = Open();
  migrator.Start(
      Parsed("rename_column: {table: u, from: n, to: m},"
             "alter_column: {table: x, column: n, type: bigint}"));
  db().ExecUnseen("INSERT INTO x(id, n) VALUES (9, 9)");
  EXPECT_EQ(ThrownBy([&] { migrator.Complete(); }).kind(),
            ErrorKind::kMismatch);
  EXPECT_THAT(migrator.Status()->missing, testing::IsEmpty());
}

// No trigger of the table runs for the rows of a table that inherits from it.
TEST_P(LossesTest, ATableThatInheritsMeanwhileIsNamed) {
  db().Exec("CREATE TABLE u(id integer PRIMARY KEY, n integer)");
  Migrator& migrator = Open();
  migrator.Start(Parsed("rename_column: {table: u, from: n, to: m}"));
  db().Exec(
      "CREATE TABLE child() INHERITS (u); INSERT INTO child(id, m) VALUES (1, "
      "7)");
  const std::string named = "child inherits from u, and no trigger runs";
  EXPECT_THAT(migrator.Status()->missing,
              testing::ElementsAre(HasSubstr(named)));
  EXPECT_THAT(Refusal(migrator), HasSubstr(named));
  EXPECT_THAT(ThrownBy([&] { migrator.Rollback(); }).what(), HasSubstr(named));
  db().Exec("ALTER TABLE child NO INHERIT u");
  migrator.Rollback();
}

// A server binds neither the body of a trigger function nor a row's type to a
// column that goes.
struct Meanwhile {
  std::string sql;
  std::string named;
  std::string back;
};

TEST_P(LossesTest, ATriggerOfOthersIsNamed) {
  const std::string function =
      "CREATE OR REPLACE FUNCTION tk() RETURNS trigger LANGUAGE plpgsql AS ";
  const std::string harmless = function + "'BEGIN RETURN new; END'";
  const std::vector<Meanwhile> all = {
      {"CREATE TRIGGER aa AFTER INSERT ON u FOR EACH ROW EXECUTE FUNCTION tk()",
       "new is trigger 'aa' of 'u'", "DROP TRIGGER aa ON u"},
      {function + "'BEGIN new.n := 1; RETURN new; END'",
       "changed is trigger 'tt' of 'u'", harmless},
      {"ALTER TABLE u DISABLE TRIGGER tt", "changed is trigger 'tt' of 'u'",
       "ALTER TABLE u ENABLE TRIGGER tt"}};
  for (const char* file :
       {"operations: [rename_column: {table: u, from: n, to: m}]",
        "access: versioned\noperations: [rename_column: {table: u, from: n, "
        "to: "
        "m}]",
        "operations: [drop_column: {table: u, column: n}]",
        "operations: [alter_column: {table: u, column: n, type: text}]"}) {
    db().Exec(
        "DROP SCHEMA IF EXISTS public_01_a CASCADE; DROP TABLE IF EXISTS "
        "u; CREATE TABLE u(id integer PRIMARY KEY, n integer); INSERT "
        "INTO u VALUES (1, 2); " +
        harmless +
        "; CREATE TRIGGER tt BEFORE UPDATE ON u FOR EACH ROW EXECUTE "
        "FUNCTION tk()");
    Migrator& migrator = Open();
    migrator.Start(manifest::Parse(file, "01_a.yaml"));
    for (const Meanwhile& one : all) {
      db().Exec(one.sql);
      EXPECT_THAT(Refusal(migrator), HasSubstr(one.named))
          << file << "; " << one.sql;
      db().Exec(one.back);
    }
    migrator.Rollback();
    migrator.Start(manifest::Parse(file, "01_a.yaml"));
    db().Exec("DROP TRIGGER tt ON u");
    EXPECT_EQ(Refusal(migrator), "") << file;
    db().Exec("DROP SCHEMA segue CASCADE");
  }
}

using SqliteLossesTest = LossesTest;

// The plan refuses the same trigger when it is there before.
TEST_P(SqliteLossesTest, ATriggerOfOthersIsNamed) {
  int number = 0;
  for (const std::string operation :
       {"rename_column: {table: u, from: n, to: m}",
        "drop_column: {table: u, column: n}",
        "alter_column: {table: u, column: n, type: text}"}) {
    db().Exec(
        "DROP TABLE IF EXISTS u; CREATE TABLE u(id integer PRIMARY KEY, n "
        "integer); INSERT INTO u VALUES (1, 2)");
    Migrator& migrator = Open();
    migrator.Start(manifest::Parse("operations: [" + operation + "]",
                                   "0" + std::to_string(++number) + "_a.yaml"));
    db().Exec(
        "CREATE TRIGGER tt AFTER INSERT ON u BEGIN UPDATE u SET id = id WHERE "
        "id = new.id; END");
    EXPECT_THAT(Refusal(migrator), HasSubstr("new is trigger 'tt' of 'u'"));
    db().Exec("DROP TRIGGER tt");
    EXPECT_EQ(Refusal(migrator), "");
  }
}

TEST_P(LossesTest, ATriggerThatTheMigrationMakesIsNoChange) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, n integer, k integer);"
      "CREATE FUNCTION tk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
      "new; END'");
  Migrator& migrator = Open();
  migrator.Start(Parsed(
      "sql: {up: CREATE TRIGGER tt BEFORE UPDATE ON u FOR EACH ROW EXECUTE "
      "FUNCTION tk(), onComplete: true}, drop_column: {table: u, column: n}"));
  EXPECT_EQ(Refusal(migrator), "");
}

TEST_P(LossesTest, AUseOfTheRowsTypeIsNamed) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, n integer); INSERT INTO u VALUES "
      "(1, 5)");
  Migrator& migrator = Open();
  migrator.Start(Parsed("alter_column: {table: u, column: n, type: bigint}"));
  db().Exec("CREATE TABLE uses(a integer, x u[])");
  EXPECT_THAT(
      Refusal(migrator),
      HasSubstr("new is column public.uses.x, which has the type of its rows"));
  db().Exec("DROP TABLE uses");
  EXPECT_EQ(Refusal(migrator), "");
}

TEST_P(LossesTest, AGeneratedColumnIsNoDefault) {
  db().Exec("CREATE TABLE u(id integer PRIMARY KEY, n integer)");
  Migrator& migrator = Open();
  migrator.Start(
      manifest::Parse("access: versioned\noperations: [alter_column: {table: "
                      "u, column: n, type: bigint}]",
                      "01_a.yaml"));
  db().Exec("ALTER TABLE u ADD g integer GENERATED ALWAYS AS (n + 1) STORED");
  EXPECT_THAT(migrator.Status()->missing, testing::IsEmpty());
  EXPECT_THAT(Refusal(migrator), HasSubstr("column public.u.g"));
}

// A supplement is undone with what it belongs to.
TEST_P(LossesTest, ARollbackTakesTheCopiesBack) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, code integer);"
      "INSERT INTO u VALUES (1, 2)");
  Migrator& migrator = Open();
  db().Exec("CREATE INDEX late ON u(code)");
  const std::string before = db().Dump();
  db().Exec("DROP INDEX late");
  migrator.Start(
      Parsed("alter_column: {table: u, column: code, type: bigint}"));
  db().Exec("CREATE INDEX late ON u(code)");
  db().Exec(
      "CREATE RULE r AS ON DELETE TO u WHERE old.code = 9 DO ALSO NOTHING");
  EXPECT_THAT(Refusal(migrator), HasSubstr("rule r on public.u"));
  EXPECT_EQ(Copies(), "0");
  db().Exec("DROP RULE r ON u");
  db().ExecUnseen("UPDATE u SET code = 7");
  EXPECT_EQ(ThrownBy([&] { migrator.Complete(); }).kind(),
            ErrorKind::kMismatch);
  EXPECT_EQ(Copies(), "1");
  EXPECT_EQ(migrator.Status()->steps.back().description,
            "Copy what others have made on 'code' of 'u'");
  migrator.Rollback();
  EXPECT_EQ(Copies(), "0");
  EXPECT_EQ(db().Dump(), before);
}

// Whoever makes something between the look and the lock stops the contract, and
// the next run copies it.
TEST_P(LossesTest, WhatIsMadeBeforeTheLockStopsTheContract) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, code integer);"
      "INSERT INTO u VALUES (1, 2)");
  bool made = false;
  Migrator& migrator = Open([&](const Progress& progress) {
    if (progress.event != Progress::Event::kSealed || made) return;
    made = true;
    db().Exec("CREATE INDEX late ON u(code)");
  });
  migrator.Start(
      Parsed("alter_column: {table: u, column: code, type: bigint}"));
  EXPECT_THAT(Refusal(migrator), HasSubstr("new is index public.late"));
  EXPECT_EQ(migrator.Status()->sub_state, SubState::kReady);
  EXPECT_EQ(Refusal(migrator), "");
  EXPECT_EQ(db().app().One("SELECT pg_get_indexdef('late'::regclass)"),
            "CREATE INDEX late ON public.u USING btree (code)");
}

TEST_P(LossesTest, ThreeSupplementsAreEnough) {
  db().Exec("CREATE TABLE u(id integer PRIMARY KEY, code integer)");
  int made = 0;
  const auto make = [&] {
    db().Exec("CREATE INDEX late" + std::to_string(++made) + " ON u(code)");
  };
  Migrator& migrator = Open([&](const Progress& progress) {
    if (progress.message.starts_with("the plan gets a supplement")) make();
  });
  migrator.Start(
      Parsed("alter_column: {table: u, column: code, type: bigint}"));
  make();
  EXPECT_THAT(Refusal(migrator), HasSubstr("new is index public.late4"));
  EXPECT_EQ(made, 4);
  EXPECT_EQ(Copies(), "3");
}

// The cases are attach_partition_while_live and column_moves_to_the_end.
TEST_P(LossesTest, ThePlanSaysWhatAnApplicationHasToKnow) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, code integer, at integer) "
      "PARTITION BY RANGE (id); CREATE TABLE u1 PARTITION OF u FOR VALUES FROM "
      "(0) TO (9)");
  const std::string plan = ToText(Open().MakePlan(
      Parsed("alter_column: {table: u, column: code, type: bigint}")));
  EXPECT_THAT(plan, HasSubstr("ATTACH PARTITION fails"));
  EXPECT_THAT(plan, HasSubstr("column 'code' is the last one of 'u'"));
}

SEGUE_INSTANTIATE_ON(LossesTest, PostgresTestbed());
SEGUE_INSTANTIATE_ON(SqliteLossesTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
