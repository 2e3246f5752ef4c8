// The databases as a test's parameter, so that one suite runs over all.
//   class X : public DialectTest {};
//   TEST_P(X, ...) { db().Exec("..."); }
//   SEGUE_INSTANTIATE(X);
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "segue/database.h"
#include "segue/migrator.h"
#include "tests/support/client.h"

namespace segue::test {

// One empty database, gone with this object.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;

  virtual std::string Url() const = 0;
  // The catalogue as text, segue's own left out.
  virtual std::string Dump() = 0;
  // Every row of every table, as any client sees them.
  std::string Data();
  // Another session of an application's.
  virtual std::unique_ptr<Client> NewClient() = 0;
  // One of a published version's, by what 'segue url' prints: with a URL where
  // the driver takes it, else with the SQL.
  virtual std::unique_ptr<Client> NewVersionClient(
      const std::string& url, const std::string& session_sql) = 0;
  std::unique_ptr<Client> NewVersionClient(Migrator& migrator,
                                           const std::string& version);

  const db::Dialect& dialect() const { return *dialect_; }
  std::shared_ptr<const db::Dialect> shared_dialect() const { return dialect_; }
  // A session of segue's.
  std::unique_ptr<db::Connection> Connect(const std::string& purpose = "test");
  Database Open();

  // After a kill the server notices within moments that its client is gone.
  // Throws when segue's sessions are still there after 20 s.
  virtual void WaitUntilSessionsEnd() {}

  // Through one application session, kept open.
  Client& app();
  void Exec(const std::string& sql) { app().Query(sql); }
  Rows Query(const std::string& sql) { return app().Query(sql); }

 protected:
  explicit TestDatabase(const std::string& scheme);

 private:
  std::shared_ptr<const db::Dialect> dialect_;
  std::unique_ptr<Client> app_;
};

// A kind of database.
struct Testbed {
  std::string name;     // "SQLite", "PostgreSQL"
  std::string missing;  // why it cannot be tested here; empty: it can
  std::unique_ptr<TestDatabase> (*fresh)();

  bool is_postgres() const { return name == "PostgreSQL"; }
  bool is_sqlite() const { return name == "SQLite"; }
};

const std::vector<Testbed>& Testbeds();
// For what only one of them can do.
Testbed SqliteTestbed();
Testbed PostgresTestbed();

// For gtest's parameter names.
std::string TestbedName(const ::testing::TestParamInfo<Testbed>& info);
void PrintTo(const Testbed& testbed, std::ostream* out);

// Opens a fresh database for each test; skips loudly where there is no server.
class DialectTest : public ::testing::TestWithParam<Testbed> {
 protected:
  void SetUp() override;
  TestDatabase& db() { return *db_; }
  const db::Dialect& dialect() { return db_->dialect(); }
  bool is_postgres() { return GetParam().is_postgres(); }
  bool is_sqlite() { return GetParam().is_sqlite(); }
  // The first or the second text, by database.
  std::string Either(const std::string& sqlite, const std::string& postgres) {
    return is_sqlite() ? sqlite : postgres;
  }

 private:
  std::unique_ptr<TestDatabase> db_;
};

}  // namespace segue::test

#define SEGUE_INSTANTIATE(suite)                                           \
  INSTANTIATE_TEST_SUITE_P(All, suite,                                     \
                           ::testing::ValuesIn(::segue::test::Testbeds()), \
                           ::segue::test::TestbedName)

#define SEGUE_INSTANTIATE_ON(suite, testbed)                       \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::Values(testbed), \
                           ::segue::test::TestbedName)
