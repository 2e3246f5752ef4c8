// A parsed document as a tree of values that remember where they stood, so
// that whoever reads them can name file, line and key. Filled by manifest/
// from YAML or JSON; read by ops/.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "segue/source.h"

namespace segue::base {

struct NodeEntry;

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string scalar;   // its text; for numbers and booleans as written
  bool quoted = false;  // written as a string: "true" is not true
  std::vector<Node> items;
  std::vector<NodeEntry> entries;  // in file order
  int line = 0;                    // 1-based; 0 when unknown
  int column = 0;                  // likewise; JSON knows those of { and [ only
  std::string path;                // "operations[0].add_column.table"
  std::string file;

  bool is_null() const { return kind == Kind::kNull; }
  bool is_map() const { return kind == Kind::kMap; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_scalar() const { return kind == Kind::kScalar; }

  // nullptr when the key is absent or this is not a map.
  const Node* Find(const std::string& key) const;

  Source source() const { return {file, line, column}; }
  // "file.yaml:12: operations[0].add_column.table"
  std::string Where() const;
};

// A key and its value. Not std::pair, which clang refuses for a type that
// contains itself.
struct NodeEntry {
  NodeEntry(std::string key, Node value)
      : first(std::move(key)), second(std::move(value)) {}
  std::string first;
  Node second;
};

}  // namespace segue::base
