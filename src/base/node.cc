#include "base/node.h"

namespace segue::base {

const Node* Node::Find(const std::string& key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Node::Where() const {
  std::string where = file;
  if (line > 0) {
    if (where.empty())
      where = "line ";
    else
      where += ':';
    where += std::to_string(line);
  }
  if (path.empty()) return where;
  return where.empty() ? path : where + ": " + path;
}

}  // namespace segue::base
