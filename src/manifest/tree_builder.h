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

// Both from 1; column 0: unknown.
struct Position {
  int line = 0;
  int column = 0;
};

// Every function throws Error{kUsage}.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

  void Null(Position at);
  void Scalar(Position at, std::string text, bool quoted);
  void StartList(Position at);
  void StartMap(Position at);
  // The key of the value that follows; only directly within a map.
  void Key(Position at, std::string key);
  void End();  // of the innermost list or map

  // The innermost open collection is a map.
  bool in_map() const;
  // A key was given and its value has not begun.
  bool has_key() const { return has_key_; }
  // A null node when there was nothing.
  base::Node Take() { return std::move(root_); }

 private:
  void Value(Position at, base::Node node);
  void Open(Position at, base::Node::Kind kind);
  void Place(base::Node node);

  std::string file_;
  std::vector<base::Node> open_;  // from the root inwards
  std::string key_;
  Position key_at_;
  bool has_key_ = false;
  base::Node root_;
};

}  // namespace segue::manifest
