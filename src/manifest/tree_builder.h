// Puts a base::Node together from the events of a parser, so that YAML and
// JSON come out alike: with file, line and path on every node, and no key
// twice.
#pragma once

#include <string>
#include <vector>

#include "base/node.h"
#include "segue/error.h"

namespace segue::manifest {

// Error{kUsage} "FILE:LINE: message"; line 0 is left out.
Error FileError(const std::string& file, int line, const std::string& message);

// Every function throws Error{kUsage}. Lines are 1-based.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

  void Null(int line);
  void Scalar(int line, std::string text, bool quoted);
  void StartList(int line);
  void StartMap(int line);
  // The key of the value that follows; only directly within a map.
  void Key(int line, std::string key);
  void End();  // of the innermost list or map

  // The innermost open collection is a map.
  bool in_map() const;
  // A key was given and its value has not begun.
  bool has_key() const { return has_key_; }
  // A null node when there was nothing.
  base::Node Take() { return std::move(root_); }

 private:
  void Value(int line, base::Node node);
  void Open(int line, base::Node::Kind kind);
  void Place(base::Node node);

  std::string file_;
  std::vector<base::Node> open_;  // from the root inwards
  std::string key_;
  int key_line_ = 0;
  bool has_key_ = false;
  base::Node root_;
};

}  // namespace segue::manifest
