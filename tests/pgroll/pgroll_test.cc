// Two histories in the file format of pgroll, applied file by file to one
// database: `migrations` has every operation, and `several` has files with
// several operations on one column or on a table that they create. Each file
// is started and rolled back first, which must leave the schema as it was, and
// then migrated to its end. In parts, so that they run beside each other: what
// is before a part is migrated by one command.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <tuple>

#include "tests/support/built.h"
#include "tests/support/client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;

// Fewer would not show the vocabulary.
constexpr std::size_t kLeastFiles = 60;

std::vector<fs::path> Files(const std::string& history) {
  std::vector<fs::path> files;
  const fs::path folder = SourceDir() + "/tests/pgroll/" + history;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

constexpr std::size_t kParts = 8;

// Each part is taken in one way of access in turn, and of the second history
// the first quarter; all of both in both ways with SEGUE_TEST_ALL.
bool LeftOut(const std::string& history, const std::string& access,
             std::size_t part) {
  if (std::getenv("SEGUE_TEST_ALL") != nullptr) return false;
  if (history == "several" && part >= kParts / 4) return true;
  return (part % 2 == 0) == (access == "versioned");
}

// Parameters: the history; the way of access; the part of the history, from 0.
class PgrollTest : public ::testing::TestWithParam<
                       std::tuple<std::string, std::string, std::size_t>> {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
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

  const std::string& history() const { return std::get<0>(GetParam()); }
  const std::string& access() const { return std::get<1>(GetParam()); }
  std::size_t part() const { return std::get<2>(GetParam()); }

  // The same file in the folder that `migrate` reads.
  fs::path Copy(const fs::path& file) {
    const fs::path copy =
        fs::path(folder_.path()) / "migrations" / file.filename();
    fs::copy_file(file, copy);
    return copy;
  }

  bool Migrate() {
    return Segue({"migrate", "--complete", "--yes", "--access", access()});
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
    if (!Segue({"start", file.string(), "--access", access()})) return;
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
  if (LeftOut(history(), access(), part())) {
    GTEST_SKIP() << "only SEGUE_TEST_ALL takes this part in this way";
  }
  const std::vector<fs::path> files = Files(history());
  ASSERT_GE(files.size(), kLeastFiles);
  fs::create_directory(folder_.path() + "/migrations");
  const std::size_t first = files.size() * part() / kParts;
  const std::size_t end = files.size() * (part() + 1) / kParts;
  for (std::size_t i = 0; i < first; ++i) Copy(files[i]);
  if (first > 0) {
    ASSERT_TRUE(Migrate());
  }
  for (std::size_t i = first; i < end; ++i) {
    SCOPED_TRACE(files[i].filename().string());
    StartAndRollBack(Copy(files[i]));
    if (HasFailure()) break;
    ASSERT_TRUE(Migrate());
    ASSERT_EQ(Phase(files[i].stem().string()), "COMPLETE");
  }
  std::cout << "[ " << end - first << " files: " << rolled_back_
            << " rolled back and applied, " << ended_at_start_
            << " complete at start ]\n";
}

INSTANTIATE_TEST_SUITE_P(
    Access, PgrollTest,
    ::testing::Combine(::testing::Values("migrations", "several"),
                       ::testing::Values("in_place", "versioned"),
                       ::testing::Range<std::size_t>(0, kParts)),
    [](const auto& test) {
      return std::get<0>(test.param) + "_" + std::get<1>(test.param) +
             "_part_" + std::to_string(std::get<2>(test.param) + 1);
    });

}  // namespace
}  // namespace segue::test
