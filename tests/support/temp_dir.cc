#include "tests/support/temp_dir.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace segue::test {
namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "segue-t";

bool IsAlive(int pid) { return ::kill(pid, 0) == 0 || errno == EPERM; }

// Folders of test programs that died before their destructors ran.
void SweepAbandoned() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/tmp", ignored)) {
    std::string name = entry.path().filename();
    if (name.rfind(kPrefix, 0) != 0) continue;
    int owner = std::atoi(name.c_str() + kPrefix.size());
    if (owner > 0 && !IsAlive(owner)) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

TempDir::TempDir() {
  static const bool swept = (SweepAbandoned(), true);
  (void)swept;
  path_ = "/tmp/" + kPrefix + std::to_string(::getpid()) + "-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) {
    throw std::runtime_error("cannot make a folder like " + path_);
  }
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace segue::test
