// `segue demo --naive`: shows what a rename does to running instances of an
// application, as one ALTER TABLE and as a migration of segue.
#pragma once

#include <string>
#include <vector>

namespace segue::lab {

struct NaiveResult {
  std::string name;  // "rename, then deploy"
  int statements = 0;
  int failed = 0;
  std::string message;  // of the first failure; empty: none
};

// Four instances take turns on a real SQLite file and are replaced by the new
// version one after the other. The numbers are the same each time.
std::vector<NaiveResult> RunNaiveDemo();

std::string NaiveText(const std::vector<NaiveResult>& results);

}  // namespace segue::lab
