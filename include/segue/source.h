// A place in a file that a person wrote.
#pragma once

#include <string>

namespace segue {

struct Source {
  std::string file;  // empty: it came from no file, as from a C++ builder
  int line = 0;      // from 1; 0: unknown
  int column = 0;    // from 1; 0: unknown

  bool known() const { return !file.empty(); }
  // Returns "02_x.yaml:4:3", without the parts that are unknown; empty when
  // there is no file.
  std::string ToString() const;
  friend bool operator==(const Source&, const Source&) = default;
};

}  // namespace segue
