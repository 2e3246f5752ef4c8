#include "tests/upgrades/fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "manifest/manifest.h"
#include "tests/support/built.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;

// As make.py has them.
constexpr const char* kFew = "20";
constexpr const char* kMany = "2700";
constexpr std::string_view kRows = "@ROWS@";

const std::string kFolder = SourceDir() + "/tests/fixtures/format1";

std::string Read(const std::string& path) {
  std::ifstream file(path);
  if (!file) return {};
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string FolderOf(const Testbed& testbed) {
  return kFolder + (testbed.is_sqlite() ? "/sqlite" : "/postgres");
}

// What pg_dump writes has lines that only psql understands.
void RestoreByPsql(const std::string& url, const std::string& path) {
  Command psql;
  psql.argv = {PostgresServer::BinFolder() + "/psql",
               "-X",
               "-q",
               "-o",
               "/dev/null",
               "-v",
               "ON_ERROR_STOP=1",
               "-d",
               url,
               "-f",
               path};
  OutputOf(psql);
}

}  // namespace

bool Fixture::half_undone() const {
  return state() == "rollback" || state() == "retreat";
}

std::unique_ptr<TestDatabase> Fixture::Restore() const {
  const std::string path = FolderOf(testbed) + "/" + name + ".sql";
  std::unique_ptr<TestDatabase> database = testbed.fresh();
  if (testbed.is_postgres()) {
    RestoreByPsql(database->Url(), path);
  } else {
    database->NewClient()->Query(Read(path));
  }
  return database;
}

std::unique_ptr<TestDatabase> Fixture::Before() const {
  std::unique_ptr<TestDatabase> database = testbed.fresh();
  const bool many = state() == "backfill" || state() == "retreat";
  std::string setup = Read(kFolder + "/cases/" + migration() + ".setup.sql");
  const std::size_t rows = setup.find(kRows);
  if (rows != std::string::npos) {
    setup.replace(rows, kRows.size(), many ? kMany : kFew);
  }
  database->Exec(setup);
  return database;
}

Migration Fixture::Load() const {
  if (migration() != "replace") {
    return manifest::LoadFile(kFolder + "/cases/01_" + migration() + ".yaml");
  }
  Migration replace("0001_move_name_to_full_name", "as the node has it");
  replace.ReplaceColumn("users", "name", "full_name");
  return replace;
}

Access Fixture::access() const {
  return migration() == "versioned" ? Access::kVersioned : Access::kInPlace;
}

std::string Fixture::Writes() const {
  const std::string path = kFolder + "/cases/" + migration() + ".live.";
  return Read(path + "sql") +
         (testbed.is_postgres() ? Read(path + "postgres.sql") : "");
}

std::vector<Fixture> Fixtures() {
  std::vector<Fixture> fixtures;
  for (const Testbed& testbed : Testbeds()) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(FolderOf(testbed))) {
      names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) fixtures.push_back({testbed, name});
  }
  return fixtures;
}

void PrintTo(const Fixture& fixture, std::ostream* out) {
  *out << fixture.testbed.name << " " << fixture.name;
}

}  // namespace segue::test
