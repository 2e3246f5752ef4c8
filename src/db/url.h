// Database URLs: sqlite:app.db, postgres://user@host/db?x=y, host=h dbname=d.
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

  // Returns the URL as it may be shown to people: with "***" for the password,
  // for the value of every parameter that is not known to be harmless, and for
  // a user or a database that looks as if it had a password in it.
  std::string Redacted() const;
  // Returns the URL without the password and the parameters that are called as
  // secrets are ("sslpassword"), as it may be kept in a file.
  Url WithoutSecrets() const;
  // Returns `message`, of which a driver or a server is the author, without the
  // values that Redacted() hides.
  std::string RedactedIn(std::string message) const;
  // Returns the whole URL with the password, its parts percent-encoded as
  // needed.
  std::string ToString() const;
};

// Returns any URL, also one of http, as it may be shown to people: with "***"
// for the user and the password, and for the value of each parameter.
std::string RedactedUrl(std::string_view text);

// Reads a URL. Throws Error{kUsage} that says what is wrong, without the
// password.
Url ParseUrl(std::string_view text);

std::string PercentEncode(std::string_view text);
std::string PercentDecode(std::string_view text);

}  // namespace segue::db
