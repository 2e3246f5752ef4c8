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
bool Contains(const std::vector<std::string>& texts, std::string_view text);

// Returns `text` in quotes, with the quotes inside doubled: 'it''s', "a""b".
std::string Quoted(std::string_view text, char quote);

// Returns "1,234,567" for 1234567.
std::string WithThousands(std::int64_t number);

// Returns "1 row", "1,234 rows".
std::string CountOf(std::int64_t count, std::string_view thing);

// True when `a` comes before `b` in the order of numbered names: "9_x" is
// before "10_y", which is before "a". Names are compared by their bytes when
// the numbers in front are equal or missing.
bool NumberedLess(std::string_view a, std::string_view b);

// Returns the candidate with the smallest edit distance to `word`. Returns ""
// when the distance is more than a third of the longer word.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& candidates);

// Returns the length of the well-formed UTF-8 sequence at the start of `text`;
// 0: none. Overlong forms, surrogates and code points beyond U+10FFFF are not
// well-formed.
std::size_t Utf8Length(std::string_view text);

// True when every byte belongs to well-formed UTF-8. Otherwise `*bad_offset`,
// if it is given, becomes the offset of the first byte that does not.
bool IsUtf8(std::string_view text, std::size_t* bad_offset = nullptr);

// Returns the 64-bit FNV-1a hash, for names that must stay short and unique. It
// is not for security.
std::uint64_t Fnv1a(std::string_view text);

// Returns `name` if it has at most `limit` bytes. Otherwise returns its head
// with an underscore and eight hex digits of its hash, which together have at
// most `limit` bytes. The cut is at a UTF-8 boundary.
std::string ShortName(std::string_view name, std::size_t limit);

}  // namespace segue::base
