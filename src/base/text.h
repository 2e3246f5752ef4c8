// Small text functions used on every floor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segue::base {

std::string ToLower(std::string_view text);
std::string_view Trim(std::string_view text);
std::string Join(const std::vector<std::string>& parts,
                 std::string_view separator);
std::vector<std::string> Split(std::string_view text, char separator);
bool StartsWith(std::string_view text, std::string_view prefix);

// Encloses in `quote`, doubling the quotes inside: 'it''s', "a""b".
std::string Quoted(std::string_view text, char quote);

// 1234567 -> "1,234,567"
std::string WithThousands(std::int64_t number);

// The order of numbered names: "9_x" before "10_y" before "a"; by their bytes
// where the numbers in front are equal or missing.
bool NumberedLess(std::string_view a, std::string_view b);

// The candidate with the smallest edit distance to `word`, or "" when none is
// near (distance over a third of the longer word).
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& candidates);

// True when every byte belongs to well-formed UTF-8. On false, `*bad_offset`
// (when given) is the first byte that does not.
bool IsUtf8(std::string_view text, std::size_t* bad_offset = nullptr);

// 64-bit FNV-1a, for names that must stay short and unique; not for security.
std::uint64_t Fnv1a(std::string_view text);

// At most `limit` bytes: `name` itself, or its head with an underscore and
// eight hex digits of its hash. Cuts at a UTF-8 boundary.
std::string ShortName(std::string_view name, std::size_t limit);

}  // namespace segue::base
