// The list of known catalogues is the one of each server, and what a server
// says beyond the list refuses the plan by its name.
#include "dialects/postgres/known_catalogs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dialects/postgres/unknown_facts.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Lines(Client& client, const std::string& sql) {
  std::vector<std::string> lines;
  for (const auto& row : client.Query(sql)) lines.push_back(*row.at(0));
  std::sort(lines.begin(), lines.end());
  return lines;
}

class KnownCatalogsOfVersionTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!PostgresServer::Available(GetParam())) {
      GTEST_SKIP() << PostgresServer::HowToInstall(GetParam());
    }
    server_.emplace(PostgresOptions{.version = GetParam()});
    client_ = OpenPostgresClient(server_->Url("postgres"));
  }
  Client& client() { return *client_; }

 private:
  std::optional<PostgresServer> server_;
  std::unique_ptr<Client> client_;
};

TEST_P(KnownCatalogsOfVersionTest, TheListIsTheServers) {
  EXPECT_EQ(
      postgres::KnownColumns(GetParam()),
      Lines(client(),
            "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN "
            "pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
            "a.attisdropped WHERE c.relnamespace = 'pg_catalog'::regnamespace "
            "AND c.relkind IN ('r', 'p', 'f')"));
}

// The rule by which a catalogue is about tables is in known_catalogs.h. Servers
// before 14 do not tell which catalogues refer to which.
TEST_P(KnownCatalogsOfVersionTest, TheRowsOfATableAreFound) {
  if (GetParam() < 14) GTEST_SKIP() << "no pg_get_catalog_foreign_keys()";
  for (const std::string& catalog : Lines(
           client(),
           "SELECT DISTINCT fktable::text FROM pg_get_catalog_foreign_keys() "
           "WHERE pktable = 'pg_class'::regclass UNION "
           "SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class c "
           "ON c.oid = attrelid WHERE relkind = 'r' AND relnamespace = "
           "'pg_catalog'::regnamespace AND attname IN ('classid', "
           "'classoid')")) {
    if (catalog == "pg_statistic") continue;
    EXPECT_NE(postgres::RowsOfTable(catalog), "") << catalog;
  }
}

INSTANTIATE_TEST_SUITE_P(All, KnownCatalogsOfVersionTest,
                         ::testing::Range(13, 19),
                         [](const ::testing::TestParamInfo<int>& version) {
                           return "PostgreSQL" + std::to_string(version.param);
                         });

class UnknownFactsTest : public DialectTest {
 protected:
  // What the server says of the table when these columns are not known.
  std::vector<std::string> Without(const std::string& table,
                                   const std::vector<std::string>& left_out) {
    std::vector<std::string> known =
        postgres::KnownColumns(PostgresServer::Shared().version());
    for (const std::string& one : left_out) {
      EXPECT_EQ(std::erase(known, one), 1u) << one;
    }
    return postgres::UnknownFacts(*db().Connect(), {"public", table}, known);
  }

  std::string Refusal(const std::string& operation) {
    Database database = db().Open();
    Migrator migrator(database, MigratorOptions{});
    return RefusalOf([&] {
      migrator.Start(
          manifest::Parse("operations: [" + operation + "]", "01_a.yaml"));
    });
  }
};

TEST_P(UnknownFactsTest, AnUnknownColumnCountsOnceItHasAValue) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a integer);"
      "CREATE TABLE plain(id integer PRIMARY KEY, a integer);"
      "GRANT SELECT (a) ON t TO PUBLIC;"
      "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
      "COMMENT ON CONSTRAINT t_pkey ON t IS 'key';"
      "CREATE PUBLICATION p FOR TABLE t;"
      "CREATE TABLE many(id integer) PARTITION BY RANGE (id);"
      "CREATE TABLE one PARTITION OF many FOR VALUES FROM (0) TO (9);"
      "GRANT SELECT (id) ON one TO PUBLIC");
  for (const std::string column :
       {"pg_attribute.attacl", "pg_class.relrowsecurity",
        "pg_description.description", "pg_publication_rel.prpubid",
        "pg_publication.pubinsert"}) {
    EXPECT_THAT(Without("t", {column}), ElementsAre(column));
    EXPECT_THAT(Without("plain", {column}), IsEmpty()) << column;
  }
  EXPECT_THAT(Without("many", {"pg_attribute.attacl"}),
              ElementsAre("pg_attribute.attacl"));
  EXPECT_THAT(Without("t", {"pg_policy.polqual", "pg_type.typcategory"}),
              ElementsAre("pg_type.typcategory"));
}

// The columns of other catalogues count when they refer to the table.
TEST_P(UnknownFactsTest, AnUnknownReferenceCounts) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY);"
      "CREATE TABLE c(id integer REFERENCES t)");
  EXPECT_THAT(Without("t", {"pg_constraint.confrelid", "pg_am.amtype"}),
              ElementsAre("pg_constraint.confrelid"));
}

TEST_P(UnknownFactsTest, NothingIsUnknownOnAKnownServer) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY)");
  EXPECT_THAT(Without("t", {}), IsEmpty());
}

// An extension may bring such a catalogue, too.
TEST_P(UnknownFactsTest, AnUnknownCatalogueRefusesThePlan) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a integer);"
      "CREATE TABLE u(id integer PRIMARY KEY, a integer);"
      "SET allow_system_table_mods = on;"
      "CREATE TABLE pg_catalog.pg_new(newrelid regclass, newkind text);"
      "INSERT INTO pg_new VALUES ('t', 'x')");
  EXPECT_THAT(Refusal("rename_column: {table: t, from: a, to: b}"),
              HasSubstr("says of table 't' what this release of segue does not "
                        "know: pg_new;"));
  EXPECT_EQ(Refusal("rename_column: {table: u, from: a, to: b}"), "");
}

TEST_P(UnknownFactsTest, AnUnknownColumnRefusesThePlan) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a integer);"
      "CREATE TABLE u(id integer PRIMARY KEY, a integer);"
      "CREATE POLICY p ON t; CREATE POLICY p ON u;"
      "SET allow_system_table_mods = on;"
      "ALTER TABLE pg_policy ADD COLUMN polnew text;"
      "UPDATE pg_policy SET polnew = 'x' WHERE polrelid = 't'::regclass");
  EXPECT_THAT(Refusal("rename_column: {table: t, from: a, to: b}"),
              HasSubstr("does not know: pg_policy.polnew;"));
  EXPECT_EQ(Refusal("rename_column: {table: u, from: a, to: b}"), "");
}

TEST_P(UnknownFactsTest, WhatThisRoleMayNotReadCounts) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, a integer);"
      "SET allow_system_table_mods = on;"
      "CREATE TABLE pg_catalog.pg_new(newrelid regclass)");
  std::unique_ptr<db::Connection> session = db().Connect();
  session->Execute("SET ROLE pg_monitor");
  EXPECT_THAT(postgres::UnknownFacts(
                  *session, {"public", "t"},
                  postgres::KnownColumns(PostgresServer::Shared().version())),
              ElementsAre("pg_new (which this role may not read)"));
}

SEGUE_INSTANTIATE_ON(UnknownFactsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
