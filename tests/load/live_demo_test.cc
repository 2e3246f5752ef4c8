#include "lab/live_demo.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "segue/error.h"
#include "tests/support/temp_dir.h"

namespace segue::test {
namespace {

TEST(LiveDemo, EndsCleanAndSaysSo) {
  const TempDir folder;
  lab::LiveDemoOptions options;
  options.rows = 5'000;
  options.path = folder.path() + "/live.db";
  std::ostringstream out;
  EXPECT_EQ(0, lab::RunLiveDemo(options, out)) << out.str();
  for (const char* part :
       {"both versions are live", "the old version is switched off",
        "failed 0, lost 0, diverged 0"}) {
    EXPECT_NE(std::string::npos, out.str().find(part)) << out.str();
  }
}

TEST(LiveDemo, DoesNotTouchAFileThatIsThere) {
  const TempDir folder;
  lab::LiveDemoOptions options;
  options.path = folder.path() + "/mine.db";
  std::ofstream(options.path) << "mine";
  std::ostringstream out;
  EXPECT_THROW(lab::RunLiveDemo(options, out), Error);
  std::string text;
  std::ifstream(options.path) >> text;
  EXPECT_EQ("mine", text);
}

}  // namespace
}  // namespace segue::test
