#include "tests/support/operation_page.h"

#include <fstream>
#include <stdexcept>

#include "ops/registry.h"

namespace segue::test {
namespace {

// The line is an HTML comment in the page, such as "<!-- only: postgres -->",
// so that readers do not see it.
void ReadMarker(const std::string& line, const std::string& key,
                std::string& value) {
  const std::string marker = "<!-- " + key + ": ";
  if (!line.starts_with(marker)) return;
  value = line.substr(marker.size(), line.find(" -->") - marker.size());
}

void ReadLine(const std::string& line, OperationPage& page) {
  ReadMarker(line, "only", page.only);
  ReadMarker(line, "refused", page.refused);
}

OperationPage ReadPage(const std::string& path) {
  OperationPage page;
  std::ifstream in(path);
  bool example = false;
  std::string* block = nullptr;
  for (std::string line; std::getline(in, line);) {
    const bool fence = line.starts_with("```");
    if (fence && block != nullptr) {
      block = nullptr;
    } else if (fence && example && line == "```sql") {
      block = &page.setup;
    } else if (fence && example && line == "```yaml") {
      block = &page.migration;
    } else if (block != nullptr) {
      *block += line + "\n";
    } else if (line == "## Example") {
      example = true;
    } else {
      ReadLine(line, page);
    }
  }
  if (page.setup.empty() || page.migration.empty()) {
    throw std::runtime_error(path + " has no example of SQL and YAML");
  }
  return page;
}

}  // namespace

std::vector<OperationPage> OperationPages(const std::string& source_dir) {
  std::vector<OperationPage> pages;
  for (const ops::RegistryEntry& entry : ops::Registry()) {
    const std::string name(entry.name);
    pages.push_back(ReadPage(source_dir + "/docs/operations/" + name + ".md"));
    pages.back().name = name;
  }
  return pages;
}

}  // namespace segue::test
