// A project's history in the file format of pgroll, applied file by file to
// one database: each is started and rolled back first, which must leave the
// schema as it was, and then migrated to its end.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "tests/support/built.h"
#include "tests/support/client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;

// Fewer would not show the vocabulary.
constexpr std::size_t kLeastFiles = 60;

std::vector<fs::path> Files() {
  std::vector<fs::path> files;
  const fs::path folder = SourceDir() + "/tests/pgroll/migrations";
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Parameter: the way of access.
class PgrollTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!PostgresServer::Available()) {
      GTEST_SKIP() << "*** NOT TESTED: install postgresql-15 ***";
    }
    server_ = &PostgresServer::Shared();
    database_ = server_->CreateDatabase();
  }

  // True when it exits with 0; otherwise what it said becomes a failure.
  bool Segue(std::vector<std::string> arguments) {
    const std::string what = arguments.front();
    arguments.insert(arguments.end(),
                     {"--quiet", "--url", server_->Url(database_)});
    Command command = SegueCommand(arguments);
    command.directory = folder_.path();
    const Finished finished = RunCommand(command);
    if (finished.exit_code == 0) return true;
    ADD_FAILURE() << what << " exits with " << finished.exit_code << "\n"
                  << finished.out << finished.err;
    return false;
  }

  std::string Phase(const std::string& id) {
    return *OpenPostgresClient(server_->Url(database_))
                ->One("SELECT phase FROM segue.migration WHERE id = '" + id +
                      "'");
  }

  // A migration that replaces nothing ends complete by itself and is past
  // undoing then, so what cannot be rolled back is not.
  void StartAndRollBack(const fs::path& file) {
    const std::string before = server_->DumpSchema(database_);
    if (!Segue({"start", file.string(), "--access", GetParam()})) return;
    if (Phase(file.stem().string()) == "COMPLETE") {
      ++ended_at_start_;
      return;
    }
    if (!Segue({"rollback"})) return;
    EXPECT_EQ(server_->DumpSchema(database_), before);
    ++rolled_back_;
  }

  PostgresServer* server_ = nullptr;
  std::string database_;
  TempDir folder_;
  int ended_at_start_ = 0;
  int rolled_back_ = 0;
};

TEST_P(PgrollTest, AppliesEveryFileInOrder) {
  const std::vector<fs::path> files = Files();
  ASSERT_GE(files.size(), kLeastFiles);
  fs::create_directory(folder_.path() + "/migrations");
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.filename().string());
    const fs::path copy =
        fs::path(folder_.path()) / "migrations" / file.filename();
    fs::copy_file(file, copy);
    StartAndRollBack(copy);
    if (HasFailure()) break;
    ASSERT_TRUE(
        Segue({"migrate", "--complete", "--yes", "--access", GetParam()}));
    ASSERT_EQ(Phase(file.stem().string()), "COMPLETE");
  }
  std::cout << "[ " << files.size() << " files: " << rolled_back_
            << " rolled back and applied, " << ended_at_start_
            << " complete at start ]\n";
}

INSTANTIATE_TEST_SUITE_P(Access, PgrollTest,
                         ::testing::Values("in_place", "versioned"),
                         [](const auto& way) { return way.param; });

}  // namespace
}  // namespace segue::test
