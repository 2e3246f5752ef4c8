// Text from outside, made safe to show: names, rows, other sessions' queries
// and files may hold characters that would move the cursor, clear the screen or
// begin a line that looks like an answer of segue's own.
#pragma once

#include <string>
#include <string_view>

namespace segue::base {

// Returns `text` with every control character (C0, DEL and C1), every character
// that changes the direction of text, and every byte that is not UTF-8 written
// as "\x1b", "\u202e" or "\xff". Newlines and tabs stay.
std::string Visible(std::string_view text);

// Returns the same with newlines and tabs written as "\x0a" and "\x09", for
// text that is part of a line.
std::string VisibleInLine(std::string_view text);

// Returns the length of the longest prefix of `text` that does not end within a
// UTF-8 character. The rest has at most three bytes.
std::size_t WholeCharacters(std::string_view text);

}  // namespace segue::base
