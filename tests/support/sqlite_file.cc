#include "tests/support/sqlite_file.h"

#include <fstream>

#include "tests/support/client.h"

namespace segue::test {

SqliteFile::SqliteFile() { std::ofstream file(path()); }

std::string SqliteFile::DumpSchema() const {
  std::unique_ptr<Client> client = OpenSqliteClient(path());
  Rows rows = client->Query(
      "SELECT type, name, sql FROM sqlite_schema "
      "WHERE tbl_name NOT GLOB 'segue_*' AND name NOT GLOB 'sqlite_*' "
      "ORDER BY type, name");
  // The check finds damage that an edit of the schema would have done to the
  // file.
  return ToLines(rows) + ToLines(client->Query("PRAGMA integrity_check"));
}

}  // namespace segue::test
