#include "tests/support/temp_dir.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace segue::test {
namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "segue-t";
const std::string kDisk = "/tmp";
const std::string kMemory = "/dev/shm";

// All suites together hold about a third of this at a time. A container has 64
// MB unless it was given more.
constexpr std::uintmax_t kRoom = 3'000'000'000;

bool MemoryHasRoom() {
  std::error_code error;
  const fs::space_info info = fs::space(kMemory, error);
  return !error && info.available >= kRoom &&
         ::access(kMemory.c_str(), W_OK) == 0;
}

bool IsAlive(int pid) { return ::kill(pid, 0) == 0 || errno == EPERM; }

// Removes the folders of test programs that died before their destructors ran.
bool SweepAbandoned() {
  std::error_code ignored;
  for (const std::string& parent : {kDisk, kMemory}) {
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
      std::string name = entry.path().filename();
      if (!name.starts_with(kPrefix)) continue;
      int owner = std::atoi(name.c_str() + kPrefix.size());
      if (owner > 0 && !IsAlive(owner)) fs::remove_all(entry.path(), ignored);
    }
  }
  return true;
}

}  // namespace

TempDir::TempDir(Place place) {
  static const bool swept = SweepAbandoned();
  (void)swept;
  static const bool has_room = MemoryHasRoom();
  const bool in_memory = place == Place::kMemory && has_room;
  path_ = (in_memory ? kMemory : kDisk) + "/" + kPrefix +
          std::to_string(::getpid()) + "-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) {
    throw std::runtime_error("cannot make a folder like " + path_);
  }
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace segue::test
