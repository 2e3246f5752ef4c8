// What the tests of a whole migration share.
#pragma once

#include <optional>
#include <string>

#include "manifest/manifest.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {

// A table of users, and what the last refusal has said.
class UsersTest : public DialectTest {
 protected:
  // `more` are further columns: ", age integer".
  void CreateUsers(const std::string& more, const std::string& rows) {
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL" +
              more + ")");
    db().Exec("INSERT INTO users VALUES " + rows);
    before_ = db().Dump();
  }

  template <typename Work>
  ErrorKind KindOf(const Work& work) {
    const Error error = ThrownBy(work);
    message_ = error.what();
    hint_ = error.hint();
    return error.kind();
  }

  std::string before_;
  std::string message_;
  std::string hint_;
};

inline constexpr const char* kRename =
    "operations: [{rename_column: {table: users, from: name, to: full_name}}]";

// Two users, and migrations of them by options that a test may change.
class UsersRunTest : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    if (IsSkipped()) return;
    CreateUsers("", "(1, 'Ada'), (2, 'Bo')");
    database_.emplace(db().Open());
  }

  void Start(const std::string& yaml = kRename,
             const std::string& file = "01_t.yaml",
             Access access = Access::kInPlace) {
    options_.access = access;
    MigratorNow().Start(manifest::Parse(yaml, file));
  }
  Migrator MigratorNow() { return {*database_, options_}; }
  // The text of the refusal, which also is message_.
  std::string Refusal(const std::string& yaml,
                      const std::string& file = "01_t.yaml",
                      Access access = Access::kInPlace) {
    EXPECT_EQ(KindOf([&] { Start(yaml, file, access); }), ErrorKind::kRefused);
    return message_;
  }

  std::optional<Database> database_;
  MigratorOptions options_;
};

}  // namespace segue::test
