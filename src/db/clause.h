// The texts of a migration file that become part of a statement without being
// expressions: types, collations, operator classes. A text of another shape
// could end its clause and begin something else.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segue::db {

// True when `text` has the shape of a type: a name, perhaps with its schema or
// in quotes, further words for which `is_word` is true (in lower case), a list
// of numbers, names or literals in parentheses, and brackets of an array. It
// says nothing about whether there is such a type.
bool IsTypeText(std::string_view text,
                const std::function<bool(const std::string&)>& is_word);

// Throws Error{kUsage} unless IsTypeText.
void RequireTypeText(std::string_view text,
                     const std::function<bool(const std::string&)>& is_word);

// True for a setting of an index, "siglen = 32": a name, an equals sign, and a
// number, a name or a literal.
bool IsSettingText(std::string_view text);

// Returns the parts of a name that may have its schema before it and quotes
// around it: {"pg_catalog", "C"} for pg_catalog."C". A part without quotes is
// folded to lower case, as the server folds it. Returns nullopt for any other
// text.
std::optional<std::vector<std::string>> NameParts(std::string_view text);

}  // namespace segue::db
