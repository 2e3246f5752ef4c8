// Typed reading of a parsed document. The caller lists the keys that may occur;
// any other key is an error that names file, line, key and the nearest known
// key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/node.h"
#include "segue/error.h"

namespace segue::ops {

// Returns Error{kUsage} "FILE:LINE: PATH: message".
Error UsageError(const base::Node& node, const std::string& message);
// Returns an ending such as " (nearest is 'x')" for a message about an unknown
// word; empty when no known word is near.
std::string NearestSuffix(const std::string& word,
                          const std::vector<std::string>& known);
// Reads the names of columns, each of which may occur once; nullptr gives none.
// Throws Error{kUsage}, also for an empty list.
std::vector<std::string> ColumnNames(const base::Node* list);

// Reads a map, which must outlive the reader. Every method throws
// Error{kUsage}. A key whose value is null counts as absent, except for IsNull.
class Reader {
 public:
  // Throws unless `map` is a map without other keys than `known`.
  Reader(const base::Node& map, const std::vector<std::string>& known);

  bool Has(const std::string& key) const { return Find(key) != nullptr; }
  // True when the key is present and null: `default: null` is not the same as
  // no default.
  bool IsNull(const std::string& key) const;

  // Reads a name or other text. A number or a boolean without quotes is an
  // error, and so is an empty text.
  std::string RequiredString(const std::string& key) const;
  std::optional<std::string> OptionalString(const std::string& key) const;
  // Reads an SQL fragment; numbers and booleans are taken as they are written.
  std::string RequiredSql(const std::string& key) const;
  std::optional<std::string> OptionalSql(const std::string& key) const;
  // Reads `up` or `down`. Tools that make files write an empty text for none.
  std::string Expression(const std::string& key) const;
  std::optional<bool> OptionalBool(const std::string& key) const;
  // Reads a positive whole number.
  std::optional<int> OptionalCount(const std::string& key) const;
  // Returns nullptr when the key is absent.
  const base::Node* OptionalList(const std::string& key) const;
  const base::Node* OptionalMap(const std::string& key) const;
  const base::Node& RequiredList(const std::string& key) const;
  const base::Node& RequiredMap(const std::string& key) const;

  // Reads "column_order", whose only value is "keep".
  bool KeepsColumnOrder() const;

  // Throws "... is not supported yet" when the key is present and asks for
  // something; `unique: false` does not.
  void RefuseForNow(const std::string& key, const std::string& advice) const;

 private:
  // Returns nullptr when the key is absent or null.
  const base::Node* Find(const std::string& key) const;
  Error Missing(const std::string& key) const;

  const base::Node& map_;
};

}  // namespace segue::ops
