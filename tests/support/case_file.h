// A migration's case as text: tests/cases/<operation>/<case>.yaml
//
//   only: postgres              # or sqlite; absent: every database
//   since: 14                   # the oldest version of a server that can do it
//   access: versioned           # or in_place; absent: both
//   setup: SQL                  # or a list of SQL and of maps from a dialect's
//                               # name to the SQL that is for it alone
//   migration: |                # the file as a user writes it
//     operations: ...
//   live:                       # while both versions are live
//     - old: SELECT ...         # as the old version; `new`: as the new one
//       rows: ["1|alice"]       # NULL is written NULL; absent: not compared
//     - new: UPDATE ...         # a write
//     - old: INSERT ...
//       fails: true
//       only: postgres          # and `access`: leaves the step out elsewhere
//   rolled_back: [...]          # likewise, after live and a rollback
//   after: [...]                # likewise, after live and complete
//   columns: ["t.id integer not null", "t.name text default 'x'"]
//   refused: text               # start fails saying so (any letter case)
//                               # and changes nothing
//   complete: true              # start itself ends COMPLETE
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace segue::test {

struct CaseStep {
  bool as_new = false;
  std::string sql;
  std::optional<std::vector<std::string>> rows;
  bool fails = false;
  std::string only;
  std::string access;
  int line = 0;
};

struct CaseSetup {
  std::string only;  // the only dialect; empty: all
  std::string sql;
};

struct CaseFile {
  std::string path;
  std::string name;  // "rename_column_plain"
  std::string only;
  int since = 0;
  std::string access;
  std::vector<CaseSetup> setup;
  std::string migration;
  std::vector<CaseStep> live;
  std::vector<CaseStep> rolled_back;
  std::vector<CaseStep> after;
  std::optional<std::vector<std::string>> columns;
  std::string refused;
  bool complete = false;

  // Returns the SQL that prepares a database, in the order of the file.
  std::string SetupFor(const std::string& dialect) const;
};

// Throws segue::Error for a file that is no case, which includes an unknown
// key.
CaseFile ReadCase(const std::string& path);
// Reads every case under `folder`, ordered by name. Throws when there is none.
std::vector<CaseFile> ReadCases(const std::string& folder);

}  // namespace segue::test
