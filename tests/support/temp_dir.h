// A folder in memory, otherwise under /tmp, which the destructor removes.
#pragma once

#include <string>

namespace segue::test {

// The path is short, because the path of a unix socket in it must fit into 107
// bytes. It contains our process id, so that a later run can remove what a
// killed run has left.
class TempDir {
 public:
  // In memory no commit waits for a disk, and the tests kill programs and not
  // machines. A machine with little memory uses the disk all the same.
  enum class Place { kMemory, kDisk };

  explicit TempDir(Place place = Place::kMemory);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace segue::test
