// Typed reading of a parsed document. Whoever reads says which keys there are;
// everything else is an error that names file, line, key and the nearest known
// key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/node.h"
#include "segue/error.h"

namespace segue::ops {

// Error{kUsage} "FILE:LINE: PATH: message".
Error UsageError(const base::Node& node, const std::string& message);
// " (nearest is 'x')"-like ending for a message about an unknown word; empty
// when no known word is near.
std::string NearestSuffix(const std::string& word,
                          const std::vector<std::string>& known);

// Views a map; must not outlive it. Every function throws Error{kUsage}.
// A key whose value is null counts as absent, except for IsNull.
class Reader {
 public:
  // Throws unless `map` is a map that has no other keys than `known`.
  Reader(const base::Node& map, const std::vector<std::string>& known);

  bool Has(const std::string& key) const { return Find(key) != nullptr; }
  // Present and null: `default: null` is not the same as no default.
  bool IsNull(const std::string& key) const;

  // A name or other text. A number or a boolean written without quotes is an
  // error; so is an empty text.
  std::string RequiredString(const std::string& key) const;
  std::optional<std::string> OptionalString(const std::string& key) const;
  // An SQL fragment: numbers and booleans are taken as they are written.
  std::string RequiredSql(const std::string& key) const;
  std::optional<std::string> OptionalSql(const std::string& key) const;
  std::optional<bool> OptionalBool(const std::string& key) const;
  // A positive whole number.
  std::optional<int> OptionalCount(const std::string& key) const;
  // nullptr when absent.
  const base::Node* OptionalList(const std::string& key) const;
  const base::Node* OptionalMap(const std::string& key) const;
  const base::Node& RequiredList(const std::string& key) const;
  const base::Node& RequiredMap(const std::string& key) const;

  // Throws "... is not supported yet" when the key is there and asks for
  // something (`unique: false` does not).
  void RefuseForNow(const std::string& key, const std::string& advice) const;

 private:
  // nullptr when absent or null.
  const base::Node* Find(const std::string& key) const;
  Error Missing(const std::string& key) const;

  const base::Node& map_;
};

}  // namespace segue::ops
