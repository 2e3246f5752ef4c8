// A parsed document as a tree of values. Each value knows its place in the
// file, so that an error can name file, line and key. manifest/ fills the tree
// from YAML or JSON, and ops/ reads it.
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
  std::string scalar;   // the text as it is written, also of numbers
  bool quoted = false;  // it is written as a string: "true" is not true
  std::vector<Node> items;
  std::vector<NodeEntry> entries;  // in file order
  int line = 0;                    // 1-based; 0 when unknown
  int column = 0;    // 1-based; 0 when unknown, as for JSON scalars
  std::string path;  // "operations[0].add_column.table"
  std::string file;

  bool is_null() const { return kind == Kind::kNull; }
  bool is_map() const { return kind == Kind::kMap; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_scalar() const { return kind == Kind::kScalar; }

  // Returns the value of a key; nullptr when the key is absent or when this is
  // not a map. The pointer is into this node.
  const Node* Find(const std::string& key) const;

  Source source() const { return {file, line, column}; }
  // Returns "file.yaml:12: operations[0].add_column.table", for messages.
  std::string Where() const;
};

// A key and its value. The type is not a std::pair, because clang refuses that
// for a type that contains itself.
struct NodeEntry {
  NodeEntry(std::string key, Node value)
      : first(std::move(key)), second(std::move(value)) {}
  std::string first;
  Node second;
};

}  // namespace segue::base
