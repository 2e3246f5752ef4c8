// The database file of a demo.
#pragma once

#include <string>

namespace segue::lab {

// An SQLite file in a temporary folder of its own, which the destructor
// removes.
class ScratchFile {
 public:
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  // Opening this URL creates the file.
  std::string Url() const { return "sqlite:" + folder_ + "/demo.db?mode=rwc"; }

 private:
  std::string folder_;
};

}  // namespace segue::lab
