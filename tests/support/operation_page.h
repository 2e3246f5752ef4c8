// Reads docs/operations/, where each operation has a page with an example that
// can be run.
#pragma once

#include <string>
#include <vector>

namespace segue::test {

struct OperationPage {
  std::string name;  // of the operation
  std::string only;  // the only dialect, "postgres"; empty: all
  // Where the plan refuses it: "sqlite versioned", or "in_place" for all.
  std::string refused;
  std::string setup;      // the block of SQL under "## Example"
  std::string migration;  // the block of YAML there
};

// Returns one page for each operation of the registry, so that a new operation
// is tested, too. Throws std::runtime_error when a page or its example is
// missing.
std::vector<OperationPage> OperationPages(const std::string& source_dir);

}  // namespace segue::test
