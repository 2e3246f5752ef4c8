// Builds parsed documents in tests, without a parser.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/node.h"

namespace segue::test {

inline base::Node Text(const std::string& scalar) {
  base::Node node;
  node.kind = base::Node::Kind::kScalar;
  node.scalar = scalar;
  return node;
}

inline base::Node List(const std::vector<std::string>& items) {
  base::Node node;
  node.kind = base::Node::Kind::kList;
  for (const std::string& item : items) node.items.push_back(Text(item));
  return node;
}

inline base::Node Map(std::vector<base::NodeEntry> entries) {
  base::Node map;
  map.kind = base::Node::Kind::kMap;
  map.entries = std::move(entries);
  return map;
}

}  // namespace segue::test
