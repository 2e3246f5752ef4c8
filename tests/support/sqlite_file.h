// A SQLite database in a temporary file.
#pragma once

#include <string>

#include "tests/support/temp_dir.h"

namespace segue::test {

class SqliteFile {
 public:
  SqliteFile();  // an empty file, which is an empty database
  std::string path() const { return folder_.path() + "/app.db"; }
  std::string Url() const { return "sqlite:" + path(); }
  // Tables, indexes, triggers and views as text, without segue's own tables
  // and all that hangs on them. A trigger that segue left behind shows.
  std::string DumpSchema() const;

 private:
  TempDir folder_;
};

}  // namespace segue::test
