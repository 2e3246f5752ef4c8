#include "ops/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace segue::ops {
namespace {

using base::Node;

std::optional<bool> ParseBool(const std::string& text) {
  static const std::vector<std::string> kTrue = {"true", "yes", "on"};
  static const std::vector<std::string> kFalse = {"false", "no", "off"};
  const std::string lower = base::ToLower(text);
  if (std::find(kTrue.begin(), kTrue.end(), lower) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), lower) != kFalse.end()) {
    return false;
  }
  return std::nullopt;
}

bool IsNumber(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end;
}

std::string Describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
    case Node::Kind::kScalar:
      break;
  }
  if (!node.quoted && IsNumber(node.scalar)) return "number " + node.scalar;
  if (!node.quoted && ParseBool(node.scalar)) return "boolean " + node.scalar;
  return base::Quoted(node.scalar, '\'');
}

// Only `true` and `false` are booleans, because a column may be called "no" or
// "on".
bool ReadsAsOtherThanText(const Node& node) {
  if (node.quoted) return false;
  const std::string lower = base::ToLower(node.scalar);
  return lower == "true" || lower == "false" || IsNumber(node.scalar);
}

Error WrongType(const Node& node, const std::string& expected) {
  return UsageError(
      node, fmt::format("expected {}, found {}", expected, Describe(node)));
}

const Node* OfKind(const Node* node, Node::Kind kind,
                   const std::string& expected) {
  if (node != nullptr && node->kind != kind) throw WrongType(*node, expected);
  return node;
}

}  // namespace

Error UsageError(const Node& node, const std::string& message) {
  const std::string where = node.Where();
  return {ErrorKind::kUsage, where.empty() ? message : where + ": " + message};
}

std::string NearestSuffix(const std::string& word,
                          const std::vector<std::string>& known) {
  const std::string nearest = base::Nearest(word, known);
  if (nearest.empty()) return "";
  return fmt::format(", nearest is '{}'", nearest);
}

Reader::Reader(const Node& map, const std::vector<std::string>& known)
    : map_(map) {
  if (!map.is_map()) throw WrongType(map, "a map");
  for (const auto& [key, value] : map.entries) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    Node at = map;
    at.line = value.line;
    std::string nearest = NearestSuffix(key, known);
    if (nearest.empty()) {
      nearest = "; known keys are " + base::Join(known, ", ");
    }
    throw UsageError(at, fmt::format("unknown key '{}'{}", key, nearest));
  }
}

bool Reader::IsNull(const std::string& key) const {
  const Node* node = map_.Find(key);
  return node != nullptr && node->is_null();
}

const Node* Reader::Find(const std::string& key) const {
  const Node* node = map_.Find(key);
  return node == nullptr || node->is_null() ? nullptr : node;
}

Error Reader::Missing(const std::string& key) const {
  return UsageError(map_, fmt::format("missing key '{}'", key));
}

std::string Reader::RequiredString(const std::string& key) const {
  std::optional<std::string> text = OptionalString(key);
  if (!text) throw Missing(key);
  return *std::move(text);
}

std::optional<std::string> Reader::OptionalString(
    const std::string& key) const {
  const Node* node = OfKind(Find(key), Node::Kind::kScalar, "a text");
  if (node == nullptr) return std::nullopt;
  if (ReadsAsOtherThanText(*node)) {
    throw WrongType(*node, "a text (put it in quotes)");
  }
  if (node->scalar.empty()) throw UsageError(*node, "must not be empty");
  return node->scalar;
}

std::string Reader::RequiredSql(const std::string& key) const {
  std::optional<std::string> text = OptionalSql(key);
  if (!text) throw Missing(key);
  return *std::move(text);
}

std::optional<std::string> Reader::OptionalSql(const std::string& key) const {
  const Node* node = OfKind(Find(key), Node::Kind::kScalar, "an SQL text");
  if (node == nullptr) return std::nullopt;
  if (base::Trim(node->scalar).empty()) {
    throw UsageError(*node, "must not be empty");
  }
  return node->scalar;
}

std::string Reader::Expression(const std::string& key) const {
  const Node* node = Find(key);
  const bool blank =
      node != nullptr && node->is_scalar() && base::Trim(node->scalar).empty();
  return blank ? "" : OptionalSql(key).value_or("");
}

std::optional<bool> Reader::OptionalBool(const std::string& key) const {
  const Node* node = OfKind(Find(key), Node::Kind::kScalar, "true or false");
  if (node == nullptr) return std::nullopt;
  const std::optional<bool> value =
      node->quoted ? std::nullopt : ParseBool(node->scalar);
  if (!value) throw WrongType(*node, "true or false");
  return value;
}

std::optional<int> Reader::OptionalCount(const std::string& key) const {
  const Node* node = OfKind(Find(key), Node::Kind::kScalar, "a whole number");
  if (node == nullptr) return std::nullopt;
  int value = 0;
  const char* end = node->scalar.data() + node->scalar.size();
  const auto [at, error] = std::from_chars(node->scalar.data(), end, value);
  if (error != std::errc() || at != end || value <= 0) {
    throw WrongType(*node, "a whole number above zero");
  }
  return value;
}

const Node* Reader::OptionalList(const std::string& key) const {
  return OfKind(Find(key), Node::Kind::kList, "a list");
}

const Node* Reader::OptionalMap(const std::string& key) const {
  return OfKind(Find(key), Node::Kind::kMap, "a map");
}

const Node& Reader::RequiredList(const std::string& key) const {
  const Node* node = OptionalList(key);
  if (node == nullptr) throw Missing(key);
  return *node;
}

const Node& Reader::RequiredMap(const std::string& key) const {
  const Node* node = OptionalMap(key);
  if (node == nullptr) throw Missing(key);
  return *node;
}

bool Reader::KeepsColumnOrder() const {
  const Node* node = Find("column_order");
  if (node == nullptr) return false;
  if (OptionalString("column_order") == "keep") return true;
  throw UsageError(*node, "the only value of 'column_order' is keep");
}

void Reader::RefuseForNow(const std::string& key,
                          const std::string& advice) const {
  const Node* node = Find(key);
  if (node == nullptr) return;
  const bool off = node->is_scalar() && !node->quoted &&
                   ParseBool(node->scalar) == std::optional<bool>(false);
  if (off) return;
  std::string message = fmt::format("'{}' is not supported yet", key);
  if (!advice.empty()) message += "; " + advice;
  throw UsageError(*node, message);
}

std::vector<std::string> ColumnNames(const base::Node* list) {
  std::vector<std::string> names;
  if (list == nullptr) return names;
  for (const base::Node& item : list->items) {
    if (!item.is_scalar() || item.scalar.empty()) {
      throw UsageError(item, "expected the name of a column");
    }
    if (std::find(names.begin(), names.end(), item.scalar) != names.end()) {
      throw UsageError(item, fmt::format("'{}' is listed twice", item.scalar));
    }
    names.push_back(item.scalar);
  }
  if (names.empty()) throw UsageError(*list, "must not be empty");
  return names;
}

}  // namespace segue::ops
