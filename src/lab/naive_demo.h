// `segue demo --naive`: what a rename does to instances of an application that
// run meanwhile, when it is one ALTER TABLE and when it is segue's.
#pragma once

#include <string>
#include <vector>

namespace segue::lab {

struct NaiveResult {
  std::string name;  // "rename, then deploy"
  int statements = 0;
  int failed = 0;
  std::string message;  // of the first that failed; empty: none did
};

// Four instances take turns on a real SQLite file, and one after the other is
// replaced by the new version. The same numbers each time.
std::vector<NaiveResult> RunNaiveDemo();

std::string NaiveText(const std::vector<NaiveResult>& results);

}  // namespace segue::lab
