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
  std::string host;      // decoded; a path: a unix socket's folder
  std::string port;
  std::string database;  // decoded; SQLite: the path, or ":memory:"
  std::map<std::string, std::string> parameters;  // decoded

  // The URL as it may be shown to people: the password is "***".
  std::string Redacted() const;
  // The whole URL, password included, parts percent-encoded as needed.
  std::string ToString() const;
};

// Throws Error{kUsage} that names what is wrong, without the password.
Url ParseUrl(std::string_view text);

std::string PercentEncode(std::string_view text);
std::string PercentDecode(std::string_view text);

}  // namespace segue::db
