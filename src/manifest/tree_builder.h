// Assembles a base::Node from the events of a parser, so that YAML and JSON
// give the same tree: every node has file, line and path, and no key occurs
// twice.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/node.h"
#include "segue/error.h"

namespace segue::manifest {

// Returns Error{kUsage} "FILE:LINE: message"; line 0 is left out.
Error FileError(const std::string& file, int line, const std::string& message);

// Both count from 1; column 0: unknown.
struct Position {
  int line = 0;
  int column = 0;
};

// Every method throws Error{kUsage}.
class TreeBuilder {
 public:
  explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

  void Null(Position at);
  void Scalar(Position at, std::string text, bool quoted);
  void StartList(Position at);
  void StartMap(Position at);
  // Sets the key of the next value. Called only directly within a map.
  void Key(Position at, std::string key);
  // Ends the innermost list or map.
  void End();

  // True when the innermost open collection is a map.
  bool in_map() const;
  // True when a key was given and its value has not begun.
  bool has_key() const { return has_key_; }
  // Returns the tree; a null node when there was nothing.
  base::Node Take() { return std::move(root_); }

 private:
  void Value(Position at, base::Node node);
  void Open(Position at, base::Node::Kind kind);
  void Place(base::Node node);

  std::string file_;
  std::vector<base::Node> open_;  // from the root inwards
  // The keys of each of these and their lines. Comparing a key with each one
  // before it would take minutes over a file of many keys.
  std::vector<std::unordered_map<std::string, int>> keys_;
  std::string key_;
  Position key_at_;
  bool has_key_ = false;
  base::Node root_;
};

}  // namespace segue::manifest
