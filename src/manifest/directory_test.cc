#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "manifest/manifest.h"
#include "segue/error.h"

namespace segue::manifest {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class DirectoryTest : public testing::Test {
 protected:
  DirectoryTest() {
    std::string pattern = (fs::temp_directory_path() / "segueXXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~DirectoryTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  void WriteGood(const std::string& name) {
    Write(name, "operations: [{sql: {up: SELECT 1}}]");
  }

  fs::path folder_;
};

TEST_F(DirectoryTest, IsReadInTheOrderOfTheNumbers) {
  for (const char* name : {"10_c.yaml", "9_b.yml", "01_a.yaml"}) {
    WriteGood(name);
  }
  Write("11_d.json", R"({"operations": [{"sql": {"up": "SELECT 1"}}]})");
  Write("README.md", "not one of them");
  Write(".12_e.yaml.swp", "nor this");
  Write(".13_f.yaml", "nor this");
  std::vector<std::string> ids;
  for (const Migration& migration : LoadDirectory(folder_)) {
    ids.push_back(migration.id);
  }
  EXPECT_THAT(ids, ElementsAre("01_a", "9_b", "10_c", "11_d"));
}

TEST_F(DirectoryTest, EveryBrokenFileIsNamed) {
  WriteGood("01_a.yaml");
  Write("02_b.yaml", "operations: 7");
  Write("03_c.yaml", "");
  WriteGood("04_d.yaml");
  WriteGood("04_d.yml");
  fs::create_directory(folder_ / "05_e.yaml");
  try {
    LoadDirectory(folder_);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("4 files of"));
    EXPECT_THAT(error.notes(), UnorderedElementsAre(
                                   HasSubstr("02_b.yaml:1: operations"),
                                   HasSubstr("03_c.yaml: the file is empty"),
                                   HasSubstr("also that of 04_d.yaml"),
                                   HasSubstr("05_e.yaml: it is a directory")));
  }
}

TEST_F(DirectoryTest, OneThatIsNotThereIsSaidPlainly) {
  EXPECT_THROW(LoadDirectory(folder_ / "nope"), Error);
  EXPECT_TRUE(LoadDirectory(folder_).empty());
}

}  // namespace
}  // namespace segue::manifest
