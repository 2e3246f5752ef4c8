#include "manifest/tree_builder.h"

#include <fmt/format.h>

#include <utility>

namespace segue::manifest {
namespace {

// No migration is nested as deeply, so a file that is must be an accident or an
// attack.
constexpr std::size_t kMaxDepth = 64;

// An escape can put a NUL into a text, where databases end it.
void RefuseNul(const std::string& file, int line, const std::string& text) {
  if (text.find('\0') == std::string::npos) return;
  throw FileError(file, line, "a text with a NUL character");
}

}  // namespace

Error FileError(const std::string& file, int line, const std::string& message) {
  base::Node at;
  at.file = file;
  at.line = line;
  const std::string where = at.Where();
  return {ErrorKind::kUsage, where.empty() ? message : where + ": " + message};
}

bool TreeBuilder::in_map() const {
  return !open_.empty() && open_.back().is_map();
}

void TreeBuilder::Null(Position at) { Value(at, {}); }

void TreeBuilder::Scalar(Position at, std::string text, bool quoted) {
  RefuseNul(file_, at.line, text);
  base::Node node;
  node.kind = base::Node::Kind::kScalar;
  node.scalar = std::move(text);
  node.quoted = quoted;
  Value(at, std::move(node));
}

void TreeBuilder::StartList(Position at) { Open(at, base::Node::Kind::kList); }

void TreeBuilder::StartMap(Position at) { Open(at, base::Node::Kind::kMap); }

void TreeBuilder::Key(Position at, std::string key) {
  RefuseNul(file_, at.line, key);
  const auto [first, is_new] = keys_.back().emplace(key, at.line);
  if (!is_new) {
    const base::Node& map = open_.back();
    base::Node place;
    place.file = map.file;
    place.path = map.path;
    place.line = at.line;
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: duplicate key '{}', first on line {}",
                            place.Where(), key, first->second));
  }
  key_ = std::move(key);
  key_at_ = at;
  has_key_ = true;
}

void TreeBuilder::End() {
  base::Node node = std::move(open_.back());
  open_.pop_back();
  keys_.pop_back();
  Place(std::move(node));
}

// A value has the place of its key, which is where a person looks for it.
void TreeBuilder::Value(Position at, base::Node node) {
  node.file = file_;
  const Position place = has_key_ ? key_at_ : at;
  node.line = place.line;
  node.column = place.column;
  if (!open_.empty()) {
    const base::Node& parent = open_.back();
    if (parent.is_list()) {
      node.path = fmt::format("{}[{}]", parent.path, parent.items.size());
    } else {
      node.path = parent.path.empty() ? key_ : parent.path + "." + key_;
    }
  }
  // The entry is made now, so that its key counts as seen, and it is replaced
  // when the value is complete.
  if (in_map()) open_.back().entries.emplace_back(key_, node);
  has_key_ = false;
  if (node.is_list() || node.is_map()) {
    open_.push_back(std::move(node));
    keys_.emplace_back();
  } else {
    Place(std::move(node));
  }
}

void TreeBuilder::Open(Position at, base::Node::Kind kind) {
  if (open_.size() >= kMaxDepth) {
    throw FileError(file_, at.line,
                    fmt::format("more than {} levels deep", kMaxDepth));
  }
  base::Node node;
  node.kind = kind;
  Value(at, std::move(node));
}

void TreeBuilder::Place(base::Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
  } else if (open_.back().is_list()) {
    open_.back().items.push_back(std::move(node));
  } else {
    open_.back().entries.back().second = std::move(node);
  }
}

}  // namespace segue::manifest
