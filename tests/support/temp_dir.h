// A folder under /tmp that goes when its owner goes.
#pragma once

#include <string>

namespace segue::test {

// The path is short (a unix socket inside it must fit 107 bytes) and carries
// our process id, so that a later run can clear away what a killed run left.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace segue::test
