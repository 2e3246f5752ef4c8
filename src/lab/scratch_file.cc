#include "lab/scratch_file.h"

#include <stdlib.h>

#include <filesystem>

#include "segue/error.h"

namespace segue::lab {

namespace fs = std::filesystem;

ScratchFile::ScratchFile() {
  folder_ = (fs::temp_directory_path() / "segue-XXXXXX").string();
  if (::mkdtemp(folder_.data()) != nullptr) return;
  throw Error(ErrorKind::kUsage, "cannot create a folder in " +
                                     fs::temp_directory_path().string());
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace segue::lab
