// Where a demo's database lives.
#pragma once

#include <string>

namespace segue::lab {

// An SQLite file of its own in a temporary folder; gone with this object.
class ScratchFile {
 public:
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  // Creates the file when it is opened.
  std::string Url() const { return "sqlite:" + folder_ + "/demo.db?mode=rwc"; }

 private:
  std::string folder_;
};

}  // namespace segue::lab
