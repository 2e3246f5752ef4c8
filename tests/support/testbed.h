// The databases as a test's parameter, so that one suite runs over all.
//   class X : public DialectTest {};
//   TEST_P(X, ...) { db().Exec("..."); }
//   SEGUE_INSTANTIATE(X);
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/test_database.h"

namespace segue::test {

// Differences between the databases that no capability of segue's expresses.
struct BedTraits {
  bool server = false;          // sessions are connections, which can be lost
  bool names_blockers = false;  // who holds a lock can be asked
  bool has_standbys = false;    // rows can be read elsewhere
  bool explains_cost = false;   // EXPLAIN estimates a cost
  bool views_hold_tables = false;      // a table that a view reads stays
  bool upserts_through_views = false;  // INSERT ... ON CONFLICT into a view
  bool sets_default = false;           // UPDATE ... SET x = DEFAULT
  bool replaces = false;               // REPLACE INTO ...
  // A BEFORE INSERT trigger runs before a conflict is found, so that an upsert
  // sees the row as the trigger left it.
  bool triggers_before_conflicts = false;
  // A trigger can change the row that is written.
  bool triggers_change_rows = false;
  double load_rate = 0;  // statements per second and client
};

// A disk with as little room as a test needs.
class DiskRoom {
 public:
  virtual ~DiskRoom() = default;
  // Both are called between two statements of the session that fills.
  virtual void Take(db::Connection& filling) = 0;
  virtual void Give(db::Connection& filling) = 0;
};

// A kind of database. No test asks for one by its name: the differences are
// here, so that another database needs only another file like
// testbed_sqlite.cc.
struct Testbed {
  std::string name;     // "SQLite", "PostgreSQL"
  std::string dialect;  // "sqlite", "postgres": in cases, pages and fixtures
  std::string missing;  // why it cannot be tested here; empty: it can
  std::unique_ptr<TestDatabase> (*fresh)() = nullptr;
  int (*server_version)() = nullptr;  // the major one; null: there is no server
  // Limits the room of `table`, which a test can then take away; null when a
  // test cannot fill the disk.
  std::unique_ptr<DiskRoom> (*limit_room)(TestDatabase& database,
                                          const std::string& table) = nullptr;
  BedTraits traits = {};
  // SQL and messages that each database words in its own way, by their
  // meanings.
  std::map<std::string, std::string> texts = {};

  // Throws when this kind of database has no text for the meaning.
  const std::string& Text(const std::string& meaning) const;
  // True when the "only: DIALECT" of a case or a page includes this database.
  bool TakesPart(const std::string& only) const {
    return only.empty() || only == dialect;
  }
};

const std::vector<Testbed>& Testbeds();
// For tests of what only one of the databases can do.
Testbed SqliteTestbed();
Testbed PostgresTestbed();

// Returns names for the parameters of gtest.
std::string TestbedName(const ::testing::TestParamInfo<Testbed>& info);
void PrintTo(const Testbed& testbed, std::ostream* out);

// Prints, once for each test, why a test bed cannot be tested. Returns that
// reason, which is empty when it can.
std::string WhyNotTested(const Testbed& testbed);

// Opens a fresh database for each test. Skips the test, with a message, when
// there is no server.
class DialectTest : public ::testing::TestWithParam<Testbed> {
 protected:
  void SetUp() override;
  TestDatabase& db() { return *db_; }
  const db::Dialect& dialect() { return db_->dialect(); }
  const db::Capabilities& can() { return dialect().capabilities(); }
  const BedTraits& traits() { return GetParam().traits; }
  const std::string& Text(const std::string& meaning) {
    return GetParam().Text(meaning);
  }

 private:
  std::unique_ptr<TestDatabase> db_;
};

}  // namespace segue::test

// For a SetUp or a test: skips the test when this kind of database is not
// installed.
#define SEGUE_SKIP_UNLESS_INSTALLED(testbed)                                 \
  do {                                                                       \
    const std::string why_not_tested = ::segue::test::WhyNotTested(testbed); \
    if (!why_not_tested.empty()) GTEST_SKIP() << why_not_tested;             \
  } while (false)

// For a test of what PostgreSQL has only from this major version on.
#define SEGUE_SKIP_BEFORE(version)                           \
  do {                                                       \
    if (GetParam().server_version != nullptr &&              \
        GetParam().server_version() < (version)) {           \
      GTEST_SKIP() << "from version " << (version) << " on"; \
    }                                                        \
  } while (false)

#define SEGUE_INSTANTIATE(suite)                                           \
  INSTANTIATE_TEST_SUITE_P(All, suite,                                     \
                           ::testing::ValuesIn(::segue::test::Testbeds()), \
                           ::segue::test::TestbedName)

#define SEGUE_INSTANTIATE_ON(suite, testbed)                       \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::Values(testbed), \
                           ::segue::test::TestbedName)
