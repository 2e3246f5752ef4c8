// Database URLs: sqlite:app.db, postgres://user@host/db?options.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace segue::db {

struct Url {
  std::string scheme;    // "sqlite", "postgres"; aliases are folded
  std::string user;      // decoded
  std::string password;  // decoded; never printed
  std::string host;      // decoded; a path is the folder of a unix socket
  std::string port;
  std::string database;  // decoded; SQLite: the path, or ":memory:"
  std::map<std::string, std::string> parameters;  // decoded

  // Returns the URL with "***" for the password, which may be shown to people.
  std::string Redacted() const;
  // Returns the whole URL with the password, its parts percent-encoded as
  // needed.
  std::string ToString() const;
};

// Reads a URL. Throws Error{kUsage} that says what is wrong, without the
// password.
Url ParseUrl(std::string_view text);

std::string PercentEncode(std::string_view text);
std::string PercentDecode(std::string_view text);

}  // namespace segue::db
