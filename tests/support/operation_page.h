// docs/operations/: a page per operation, with an example that can be run.
#pragma once

#include <string>
#include <vector>

namespace segue::test {

struct OperationPage {
  std::string name;       // of the operation
  std::string only;       // the dialect that has it, "postgres"; empty: all
  std::string setup;      // the block of SQL under "## Example"
  std::string migration;  // the block of YAML there
};

// One for each operation of the registry, which is how what is tested grows by
// itself. Throws std::runtime_error where a page or its example is missing.
std::vector<OperationPage> OperationPages(const std::string& source_dir);

}  // namespace segue::test
