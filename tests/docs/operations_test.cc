// docs/operations/: every operation has its page, and the example on it runs
// on every database that the page does not exclude.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "manifest/manifest.h"
#include "ops/registry.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = SEGUE_SOURCE_DIR "/docs/operations";

struct Page {
  std::string name;
  std::string only;   // "postgres", "sqlite"; empty: both
  std::string setup;  // the first block of SQL under "## Example"
  std::vector<std::string> migrations;  // the blocks of YAML there
};

// An HTML comment in the page says it, so that readers are not bothered:
// "<!-- only: postgres -->".
void ReadLine(const std::string& line, Page& page) {
  const std::string marker = "<!-- only: ";
  if (line.rfind(marker, 0) != 0) return;
  page.only = line.substr(marker.size(), line.find(" -->") - marker.size());
}

Page ReadPage(const fs::path& path) {
  Page page;
  page.name = path.stem().string();
  std::ifstream in(path);
  bool example = false;
  std::string* block = nullptr;
  for (std::string line; std::getline(in, line);) {
    const bool fence = line.rfind("```", 0) == 0;
    if (fence && block != nullptr) {
      block = nullptr;
    } else if (fence && example && line == "```sql") {
      block = &page.setup;
    } else if (fence && example && line == "```yaml") {
      block = &page.migrations.emplace_back();
    } else if (block != nullptr) {
      *block += line + "\n";
    } else if (line == "## Example") {
      example = true;
    } else {
      ReadLine(line, page);
    }
  }
  return page;
}

std::vector<Page> Pages() {
  std::vector<Page> pages;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    pages.push_back(ReadPage(entry.path()));
  }
  return pages;
}

class OperationPagesTest : public DialectTest {
 protected:
  bool Concerns(const Page& page) {
    return page.only.empty() || (page.only == "sqlite") == is_sqlite();
  }

  void Run(const Page& page, Access access) {
    const std::unique_ptr<TestDatabase> database = GetParam().fresh();
    if (!page.setup.empty()) database->Exec(page.setup);
    Database session = database->Open();
    MigratorOptions options;
    options.access = access;
    Migrator migrator(session, options);
    int number = 0;
    for (const std::string& text : page.migrations) {
      const std::string file = "0" + std::to_string(++number) + "_x.yaml";
      const Migration migration = manifest::Parse(text, file);
      const std::string before = database->Dump();
      if (!migrator.Start(migration).status.is_complete()) {
        migrator.Rollback();
        EXPECT_EQ(database->Dump(), before);
        migrator.Start(migration);
        migrator.Complete();
      }
      EXPECT_NE(database->Dump(), before) << "it changed nothing";
    }
  }
};

TEST(OperationPages, EveryOperationHasOneWithAnExample) {
  for (const ops::RegistryEntry& entry : ops::Registry()) {
    const fs::path path = kFolder / (std::string(entry.name) + ".md");
    ASSERT_TRUE(fs::exists(path)) << path;
    EXPECT_FALSE(ReadPage(path).migrations.empty()) << path;
  }
}

TEST_P(OperationPagesTest, TheExamplesRun) {
  for (const Page& page : Pages()) {
    if (!Concerns(page)) continue;
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      SCOPED_TRACE(page.name + ", " + std::string(ToString(access)));
      EXPECT_NO_THROW(Run(page, access));
    }
  }
}

SEGUE_INSTANTIATE(OperationPagesTest);

}  // namespace
}  // namespace segue::test
