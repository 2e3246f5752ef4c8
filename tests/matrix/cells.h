// What is expected of each cell of the matrix: tests/matrix/cells.txt
//
//   refusal ID: TEXT          # the message of a refusal has TEXT in it
//   forms | table | partition
//   OPERATION | ok/ok | partition/partition
//   OPERATION (serial) | ...  # where this key differs from the other
//
// The two halves of a cell are for in-place and for versioned access. "ok" says
// that the catalogue is as the plain statement leaves it.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "segue/migration.h"
#include "tests/matrix/kitchen_sink.h"

namespace segue::test {

struct CellName {
  std::string operation;
  Form form;
  Key key;
  Access access;
};

class Cells {
 public:
  // Throws when the file is not as above.
  static Cells Read(const std::string& path);

  // Returns "ok", the id of a refusal, or "" when the file has no such cell.
  std::string Expected(const CellName& cell) const;
  // Returns the id of the first refusal whose text is in the message, or "new".
  std::string IdOf(const std::string& message) const;

  // Puts what was found in place of what is expected, for Write.
  void Set(const CellName& cell, const std::string& outcome);
  void Write(const std::string& path) const;

 private:
  using Place = std::tuple<Form, Access>;
  using Row = std::map<Place, std::string>;

  std::string Line(const std::string& name, const Row& row) const;

  std::vector<std::pair<std::string, std::string>> refusals_;
  std::vector<std::string> operations_;  // in the order of the file
  std::map<std::pair<std::string, Key>, Row> rows_;
};

}  // namespace segue::test
