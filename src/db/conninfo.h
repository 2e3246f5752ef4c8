// The other form in which libpq takes the way to a database: host=h dbname=d.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace segue::db {

// True for a text that begins with a keyword and '=', as no URL does.
bool IsConninfo(std::string_view text);

// Reads "keyword = value ..." by libpq's rules. Throws Error{kUsage}, without
// the text, which may have a password in it.
std::map<std::string, std::string> ParseConninfo(std::string_view text);

}  // namespace segue::db
