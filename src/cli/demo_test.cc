#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/main.h"

namespace segue::cli {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(DemoTest, PrintsTheVectorByteForByte) {
  std::ostringstream out;
  std::ostringstream err;
  Surroundings around{out, err, ".", [](const std::string&) {
                        return std::optional<std::string>();
                      }};
  base::CancelToken cancel;
  EXPECT_EQ(RunCommandLine({"demo"}, around, cancel), 0) << err.str();
  // This file stands two folders below the project's root.
  const std::string here = __FILE__;
  const std::string root = here.substr(0, here.rfind("/src/cli/"));
  EXPECT_EQ(out.str(), Contents(root + "/tests/vectors/demo.txt"));
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace segue::cli
