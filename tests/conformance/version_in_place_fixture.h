// What the tests of changes in place below a published version share.
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {

// Version 01_a is published, and migrations are in place.
class VersionInPlace : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    CreateRole(db(), "in_place_app");
    db().Exec(
        "CREATE TABLE users(id serial PRIMARY KEY, name text NOT NULL DEFAULT "
        "'nobody', mood text, age integer DEFAULT 7);"
        "COMMENT ON COLUMN users.age IS 'in years';"
        "CREATE TABLE others(id integer PRIMARY KEY, note text);"
        "GRANT SELECT, INSERT, UPDATE ON users TO in_place_app;"
        "GRANT USAGE ON SEQUENCE users_id_seq TO in_place_app;"
        "INSERT INTO users(name) VALUES ('Alice'), ('Bob')");
    database_.emplace(db().Open());
    Publish("01_a", "{rename_column: {table: users, from: mood, to: feels}}");
    // What others give to a view is theirs.
    db().Exec(
        "COMMENT ON VIEW public_01_a.users IS 'of the first version';"
        "ALTER VIEW public_01_a.users SET (security_barrier = true)");
  }
  void TearDown() override {
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }

  Migrator& With(Access access) {
    MigratorOptions options;
    options.access = access;
    migrator_.emplace(*database_, options);
    return *migrator_;
  }
  void Publish(const std::string& file, const std::string& operation) {
    Migrator& migrator = With(Access::kVersioned);
    migrator.Start(Parsed(file, operation));
    migrator.Complete();
    With(Access::kInPlace);
  }
  static Migration Parsed(const std::string& file,
                          const std::string& operations) {
    return manifest::Parse("operations: [" + operations + "]", file + ".yaml");
  }
  Outcome Start(const std::string& operations) {
    return migrator_->Start(Parsed("02_b", operations));
  }
  std::unique_ptr<Client> OnVersion() {
    return OpenPostgresClient(Versions(*database_, {}).UrlFor("01_a"));
  }
  std::string Refusal(const std::string& operations) {
    return RefusalOf([&] { Start(operations); });
  }

  // Everything that the version's schema has.
  std::string View() {
    return ToLines(db().Query(
        "SELECT c.relname, pg_get_viewdef(c.oid), c.reloptions, "
        "(SELECT string_agg(x::text, ',' ORDER BY x::text) FROM "
        "unnest(c.relacl) x), obj_description(c.oid), (SELECT "
        "string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, "
        "a.atttypmod), a.attacl, pg_get_expr(d.adbin, d.adrelid), "
        "col_description(c.oid, a.attnum)), '; ' ORDER BY a.attnum) FROM "
        "pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND "
        "d.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0) FROM "
        "pg_class c WHERE c.relnamespace = 'public_01_a'::regnamespace ORDER "
        "BY 1"));
  }
  std::string ColumnsShown() {
    return *db().app().One(
        "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = 'public_01_a.users'::regclass AND attnum > 0");
  }
  // A start that is rolled back leaves everything as it was, and the migration
  // ends with everything in step. `live` runs while both shapes are there.
  void ThereBackAndOn(const std::string& operations,
                      const std::function<void()>& live) {
    const std::string view = View();
    const std::string dump = db().Dump();
    Start(operations);
    EXPECT_EQ(migrator_->Status()->sub_state, SubState::kReady);
    EXPECT_TRUE(migrator_->Status()->grants.empty())
        << migrator_->Status()->grants.front();
    live();
    migrator_->Rollback();
    EXPECT_EQ(View(), view);
    EXPECT_EQ(db().Dump(), dump);
    Start(operations);
    live();
    migrator_->Complete();
    EXPECT_TRUE(Versions(*database_, {}).Refresh("").applied.empty());
    const std::string after = View();
    EXPECT_THAT(after,
                ::testing::AllOf(::testing::HasSubstr("of the first version"),
                                 ::testing::HasSubstr("security_barrier=true"),
                                 ::testing::HasSubstr("in_place_app=arw/")));
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

inline constexpr char kRenameName[] =
    "{rename_column: {table: users, from: name, to: full_name}}";

}  // namespace segue::test
