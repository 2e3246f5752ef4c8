// An SQLite database in a temporary file.
#pragma once

#include <string>

#include "tests/support/temp_dir.h"

namespace segue::test {

class SqliteFile {
 public:
  // Creates an empty file, which is an empty database.
  SqliteFile();
  std::string path() const { return folder_.path() + "/app.db"; }
  std::string Url() const { return "sqlite:" + path(); }
  // Returns tables, indexes, triggers and views as text, without segue's own
  // tables and everything that belongs to them. A trigger that segue left
  // behind on another table shows.
  std::string DumpSchema() const;

 private:
  TempDir folder_;
};

}  // namespace segue::test
