#include "http/metrics_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "segue/error.h"
#include "tests/support/eventually.h"

namespace segue::http {
namespace {

namespace fs = std::filesystem;

class MetricsFileTest : public testing::Test {
 protected:
  MetricsFileTest() {
    std::string folder = testing::TempDir() + "metricsXXXXXX";
    folder_ = mkdtemp(folder.data());
    path_ = folder_ / "segue.prom";
  }
  ~MetricsFileTest() override { fs::remove_all(folder_); }

  std::string Read() const {
    std::ifstream file(path_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::size_t Files() const {
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& file : fs::directory_iterator(folder_)) {
      ++files;
    }
    return files;
  }

  fs::path folder_;
  fs::path path_;
};

TEST_F(MetricsFileTest, IsThereAtOnceAndAtTheEnd) {
  std::string text = "a 1\n";
  {
    const MetricsFile file(path_.string(), [&] { return text; });
    EXPECT_EQ(Read(), "a 1\n");
    text = "a 2\n";
  }
  EXPECT_EQ(Read(), "a 2\n");
  EXPECT_EQ(Files(), 1U) << "nothing but the file is left";
}

TEST_F(MetricsFileTest, IsWrittenAgainMeanwhile) {
  std::atomic<int> times{0};
  const MetricsFile file(
      path_.string(), [&] { return "a " + std::to_string(++times) + "\n"; },
      std::chrono::milliseconds(5));
  EXPECT_TRUE(test::Eventually([&] { return times >= 4; }));
}

// A reader finds a whole file, whenever it opens the file.
TEST_F(MetricsFileTest, IsNeverHalfThere) {
  const std::string whole(200'000, 'x');
  const MetricsFile file(
      path_.string(), [&] { return whole; }, std::chrono::milliseconds(0));
  for (int time = 0; time < 300; ++time) ASSERT_EQ(Read().size(), whole.size());
}

// A rename over a device or a pipe would take it away.
TEST_F(MetricsFileTest, ReplacesNothingButAFile) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THROW(MetricsFile(path_.string(), [] { return std::string("a"); }),
               Error);
  EXPECT_TRUE(fs::is_fifo(path_));
  EXPECT_EQ(Files(), 1U);
}

TEST_F(MetricsFileTest, FollowsNoLinkToWriteElsewhere) {
  const fs::path other = folder_ / "other";
  std::ofstream(other) << "theirs";
  fs::create_symlink(other,
                     path_.string() + "." + std::to_string(getpid()) + ".tmp");
  {
    const MetricsFile file(path_.string(), [] { return std::string("a"); });
  }
  EXPECT_EQ(Read(), "a");
  EXPECT_EQ(fs::file_size(other), 6U);
}

TEST_F(MetricsFileTest, SaysWhyItCannotBeWritten) {
  const std::string path = (folder_ / "none" / "segue.prom").string();
  try {
    const MetricsFile file(path, [] { return std::string("a 1\n"); });
    ADD_FAILURE() << "written to " << path;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.what(), "cannot write the metrics to " + path +
                                ": No such file or directory");
  }
}

TEST_F(MetricsFileTest, ADiskThatGoesAwayEndsNothing) {
  std::atomic<int> times{0};
  const MetricsFile file(
      path_.string(), [&] { return "a " + std::to_string(++times) + "\n"; },
      std::chrono::milliseconds(1));
  const fs::path away = folder_.string() + "_away";
  fs::rename(folder_, away);
  const int gone = times;
  // One write may have been under way; the following ones have no folder to
  // write to.
  ASSERT_TRUE(test::Eventually([&] { return times > gone + 2; }));
  fs::rename(away, folder_);
  const std::string old = Read();
  EXPECT_TRUE(test::Eventually([&] { return Read() != old; }))
      << "nothing was written once the disk was back";
}

}  // namespace
}  // namespace segue::http
