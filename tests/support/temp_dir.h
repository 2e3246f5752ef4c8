// A folder in memory, else under /tmp, that goes when its owner goes.
#pragma once

#include <string>

namespace segue::test {

// The path is short (a unix socket inside it must fit 107 bytes) and carries
// our process id, so that a later run can clear away what a killed run left.
class TempDir {
 public:
  // In memory no commit waits for a disk; the tests kill programs, not
  // machines. Where there is little memory it is the disk all the same.
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
