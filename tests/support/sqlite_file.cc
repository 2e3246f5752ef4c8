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
  // A hand-edited schema must not have damaged the file.
  return ToLines(rows) + ToLines(client->Query("PRAGMA integrity_check"));
}

}  // namespace segue::test
