#include "tests/support/doc_part.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace segue::test {

void ExpectPart(const std::string& path, const std::string& name,
                const std::string& text) {
  std::ifstream file(path);
  std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string mark = "<!-- " + name + " -->\n";
  const std::size_t begin = page.find(mark);
  ASSERT_NE(begin, std::string::npos) << path << " has no part " << name;
  const std::size_t from = begin + mark.size();
  const std::size_t end = page.find("<!-- end of " + name + " -->", from);
  ASSERT_NE(end, std::string::npos) << path << ": the part has no end";
  const std::string before = page.substr(from, end - from);
  if (std::getenv("SEGUE_WRITE_DOCS") != nullptr) {
    page.replace(from, end - from, text);
    std::ofstream(path) << page;
    return;
  }
  EXPECT_EQ(before, text) << path;
}

}  // namespace segue::test
