// The files of a directory beside the migrations of a database.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "segue/database.h"
#include "segue/migrator.h"

namespace segue {

// Names of migrations, in their order.
struct FileStatus {
  std::vector<std::string> pending;  // neither complete nor active
  std::vector<std::string> gone;     // complete, and no file has the name
};

// Every method throws segue::Error as the methods of Migrator do. An object is
// not thread-safe.
class MigrationFiles {
 public:
  // `database` must outlive this object and stays with the caller.
  MigrationFiles(Database& database, MigratorOptions options);
  ~MigrationFiles();
  MigrationFiles(const MigrationFiles&) = delete;
  MigrationFiles& operator=(const MigrationFiles&) = delete;

  // Compares `names`, those of the files without their endings, with the
  // ledger. Changes nothing and takes no lease. None is gone where there is no
  // file at all: the migrations are kept elsewhere.
  FileStatus Compare(std::vector<std::string> names);

 private:
  std::unique_ptr<engine::Context> context_;
};

}  // namespace segue
