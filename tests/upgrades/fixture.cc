#include "tests/upgrades/fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "manifest/manifest.h"
#include "tests/support/built.h"

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
  return kFolder + "/" + testbed.dialect;
}

}  // namespace

bool Fixture::half_undone() const {
  return state() == "rollback" || state() == "retreat";
}

std::unique_ptr<TestDatabase> Fixture::Restore() const {
  std::unique_ptr<TestDatabase> database = testbed.fresh();
  database->Restore(FolderOf(testbed) + "/" + name + ".sql");
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
  return Read(path + "sql") + Read(path + testbed.dialect + ".sql");
}

std::vector<Fixture> Fixtures() {
  std::vector<Fixture> fixtures;
  for (const Testbed& testbed : Testbeds()) {
    // Databases that came later have never stored a plan of format 1.
    if (!fs::exists(FolderOf(testbed))) continue;
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
