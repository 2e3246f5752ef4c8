#include "db/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "db/conninfo.h"
#include "segue/error.h"

namespace segue::db {
namespace {

using std::string;
using std::string_view;

// A message never repeats the given text, because the text may contain a
// password even when it cannot be parsed.
Error Bad(const string& reason) {
  return Error(ErrorKind::kUsage, "Bad database URL: " + reason);
}

constexpr const char* kEncodeHint =
    "In a user name or password write %40 for @, %3A for :, %2F for /, "
    "%3F for ?, %25 for %";

string FoldScheme(string_view scheme) {
  string lower = base::ToLower(scheme);
  if (lower == "postgresql") return "postgres";
  if (lower == "sqlite3") return "sqlite";
  if (lower == "mysql") return "mariadb";
  return lower;
}

bool IsSchemeText(string_view text) {
  return !text.empty() &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyz"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") == string_view::npos;
}

// Splits at the first `separator`; without one the second part is empty.
std::pair<string_view, string_view> Cut(string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::map<string, string> ParseParameters(string_view query) {
  std::map<string, string> parameters;
  if (query.empty()) return parameters;
  for (const string& part : base::Split(query, '&')) {
    if (part.empty()) continue;
    const auto [name, value] = Cut(part, '=');
    if (name.empty() || name.size() == part.size()) {
      throw Bad("a parameter behind '?' is not written name=value");
    }
    parameters[PercentDecode(name)] = PercentDecode(value);
  }
  return parameters;
}

Url ParseSqlite(string_view rest) {
  Url url;
  url.scheme = "sqlite";
  // Other tools write sqlite://relative and sqlite:///absolute.
  if (rest.starts_with("//")) rest.remove_prefix(2);
  const auto [path, query] = Cut(rest, '?');
  url.database = PercentDecode(path);
  url.parameters = ParseParameters(query);
  if (url.database.empty()) {
    throw Bad("no file; write sqlite:app.db or sqlite::memory:");
  }
  return url;
}

bool IsPort(string_view text) {
  return text.size() <= 5 &&
         text.find_first_not_of("0123456789") == string_view::npos;
}

// Parses "host", "host:port" or "[::1]:port".
std::pair<string, string> ParseHost(string_view text) {
  string_view port;
  if (text.starts_with("[")) {
    const std::size_t end = text.find(']');
    const bool closed = end != string_view::npos &&
                        (end + 1 == text.size() || text[end + 1] == ':');
    if (!closed) throw Bad("an address in [ ] is not closed");
    if (end + 1 < text.size()) port = text.substr(end + 2);
    text = text.substr(1, end - 1);
  } else {
    std::tie(text, port) = Cut(text, ':');
  }
  if (!IsPort(port)) throw Bad("the port is no number").WithHint(kEncodeHint);
  return {PercentDecode(text), string(port)};
}

// Parses several hosts, one of which is the primary: "a:5432,b:5433".
void ParseHosts(string_view text, Url& url) {
  std::vector<string> hosts;
  std::vector<string> ports;
  bool any_port = false;
  for (const string& part : base::Split(text, ',')) {
    auto [host, port] = ParseHost(part);
    any_port = any_port || !port.empty();
    hosts.push_back(std::move(host));
    ports.push_back(std::move(port));
  }
  url.host = base::Join(hosts, ",");
  if (any_port) url.port = base::Join(ports, ",");
}

void ParseAuthority(string_view authority, Url& url) {
  const std::size_t at = authority.rfind('@');
  if (at != string_view::npos) {
    const auto [user, password] = Cut(authority.substr(0, at), ':');
    url.user = PercentDecode(user);
    url.password = PercentDecode(password);
    authority.remove_prefix(at + 1);
  }
  ParseHosts(authority, url);
}

// A server's own parameters may give the parts of the authority after the '?'.
// They are moved into their fields, so that a password is known as one wherever
// it is written.
void FoldParameters(Url& url) {
  const std::array<std::pair<const char*, string*>, 5> parts = {{
      {"host", &url.host},
      {"port", &url.port},
      {"user", &url.user},
      {"password", &url.password},
      {"dbname", &url.database},
  }};
  for (const auto& [name, field] : parts) {
    const auto found = url.parameters.find(name);
    if (found == url.parameters.end()) continue;
    *field = found->second;
    url.parameters.erase(found);
  }
}

Url ParseServer(const string& scheme, string_view rest) {
  Url url;
  url.scheme = scheme;
  const auto [address, query] = Cut(rest, '?');
  const auto [authority, database] = Cut(address, '/');
  // Without this check, the rest of a password would be taken for a database
  // and shown.
  if (authority.find('@') == string_view::npos &&
      database.find('@') != string_view::npos) {
    throw Bad("there is a '/' before the '@'").WithHint(kEncodeHint);
  }
  ParseAuthority(authority, url);
  url.database = PercentDecode(database);
  url.parameters = ParseParameters(query);
  FoldParameters(url);
  return url;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

string Encode(string_view text, string_view also_plain) {
  string encoded;
  for (const char c : text) {
    if (IsUnreserved(c) || also_plain.find(c) != string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

string HostText(const Url& url) {
  const std::vector<string> hosts = base::Split(url.host, ',');
  const std::vector<string> ports = base::Split(url.port, ',');
  string text;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (i > 0) text += ',';
    const bool is_ipv6 = hosts[i].find(':') != string::npos;
    text +=
        is_ipv6 ? "[" + Encode(hosts[i], ":") + "]" : PercentEncode(hosts[i]);
    // A single port applies to all hosts.
    const string& port = i < ports.size() ? ports[i] : ports.back();
    if (!port.empty()) text += ":" + port;
  }
  return text;
}

constexpr const char* kHidden = "***";

// Parameters whose values tell how a connection is made, and nothing secret.
constexpr std::array kHarmless = {"application_name",
                                  "channel_binding",
                                  "connect_timeout",
                                  "gssencmode",
                                  "hostaddr",
                                  "keepalives",
                                  "mode",
                                  "pool_mode",
                                  "requirepeer",
                                  "service",
                                  "sslmode",
                                  "sslrootcert",
                                  "sslcert",
                                  "sslkey",
                                  "target_session_attrs"};

bool IsSecret(string_view parameter) {
  return std::find(kHarmless.begin(), kHarmless.end(), parameter) ==
         kHarmless.end();
}

// True for a name that a user has filled with more than a name: "u:secret", a
// whole URL, or "host=h password=secret".
bool LooksSecret(string_view name) {
  return name.find('=') != string_view::npos ||
         name.find("://") != string_view::npos;
}

// Parameters have plain names. Anything else, and a name with the password in
// it, was meant to be something else.
bool IsNameOnly(string_view name, const string& password) {
  const bool plain = name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyz"
                         "0123456789_") == string_view::npos;
  return plain &&
         (password.empty() || name.find(password) == string_view::npos);
}

string ParametersText(const Url& url, bool redact) {
  string text;
  for (const auto& [name, value] : url.parameters) {
    text += text.empty() ? '?' : '&';
    text += redact && !IsNameOnly(name, url.password) ? kHidden
                                                      : PercentEncode(name);
    text += '=';
    const bool repeats =
        !url.password.empty() && value.find(url.password) != string::npos;
    const bool hides = redact && (IsSecret(name) || repeats);
    text += hides ? kHidden : Encode(value, "/:,");
  }
  return text;
}

// Returns the user as it may be shown.
string UserText(const string& user) {
  const std::size_t colon = user.find(':');
  if (LooksSecret(user)) return kHidden;
  if (colon == string::npos) return PercentEncode(user);
  return PercentEncode(user.substr(0, colon)) + ":" + kHidden;
}

string DatabaseText(const string& database, bool redact) {
  return redact && LooksSecret(database) ? kHidden : PercentEncode(database);
}

string Text(const Url& url, bool redact) {
  const string parameters = ParametersText(url, redact);
  if (url.scheme == "sqlite") {
    // A user and a password in it were meant for a server.
    const std::size_t at = url.database.find('@');
    if (redact && at != string::npos && url.database.find(':') < at) {
      return string("sqlite:") + kHidden +
             Encode(url.database.substr(at), "/:@") + parameters;
    }
    // A path that begins with two slashes needs two more to be parsed again.
    const bool doubled = url.database.starts_with("//");
    return (doubled ? "sqlite://" : "sqlite:") + Encode(url.database, "/:") +
           parameters;
  }
  string text = url.scheme + "://" +
                (redact ? UserText(url.user) : PercentEncode(url.user));
  if (!url.password.empty()) {
    text += ":" + (redact ? kHidden : PercentEncode(url.password));
  }
  if (!url.user.empty() || !url.password.empty()) text += '@';
  text += HostText(url);
  if (!url.database.empty()) text += "/" + DatabaseText(url.database, redact);
  return text + parameters;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Url ParseUrl(string_view text) {
  if (IsConninfo(text)) {
    Url url;
    url.scheme = "postgres";
    url.parameters = ParseConninfo(text);
    FoldParameters(url);
    return url;
  }
  const auto [scheme_text, rest] = Cut(base::Trim(text), ':');
  const string scheme = FoldScheme(scheme_text);
  const bool has_scheme = scheme_text.size() < base::Trim(text).size();
  if (has_scheme && scheme == "sqlite") return ParseSqlite(rest);
  if (!has_scheme || !IsSchemeText(scheme_text) || !rest.starts_with("//")) {
    throw Bad("it does not start with a kind of database")
        .WithHint("Write sqlite:app.db or postgres://user@host/database");
  }
  return ParseServer(scheme, rest.substr(2));
}

string Url::Redacted() const { return Text(*this, true); }

Url Url::WithoutSecrets() const {
  Url url = *this;
  url.password.clear();
  std::erase_if(url.parameters, [](const auto& parameter) {
    const string name = base::ToLower(parameter.first);
    const auto has = [&](const char* part) {
      return name.find(part) != string::npos;
    };
    return has("password") || has("passwd") || has("pwd") || has("secret") ||
           has("token") || (has("key") && name != "sslkey");
  });
  return url;
}

string Url::RedactedIn(string message) const {
  std::vector<string> secrets = {password};
  if (LooksSecret(database) && scheme != "sqlite") secrets.push_back(database);
  if (user.find(':') != string::npos || LooksSecret(user)) {
    secrets.push_back(user);
  }
  for (const auto& [name, value] : parameters) {
    if (IsSecret(name)) secrets.push_back(value);
  }
  for (const string& secret : secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = message.find(secret); at != string::npos;
         at = message.find(secret, at + std::strlen(kHidden))) {
      message.replace(at, secret.size(), kHidden);
    }
  }
  return message;
}

string RedactedUrl(string_view text) {
  const std::size_t slashes = text.find("://");
  const std::size_t start = slashes == string_view::npos ? 0 : slashes + 3;
  string shown(text.substr(0, start));
  string_view rest = text.substr(start);
  const auto [address, query] = Cut(rest.substr(0, rest.find('#')), '?');
  const std::size_t at = address.rfind('@');
  if (at == string_view::npos) {
    shown += address;
  } else {
    shown += string(kHidden) + "@" + string(address.substr(at + 1));
  }
  for (const string& part : base::Split(query, '&')) {
    if (part.empty()) continue;
    shown += shown.find('?') == string::npos ? '?' : '&';
    shown += string(Cut(part, '=').first) + "=" + kHidden;
  }
  return shown;
}

string Url::ToString() const { return Text(*this, false); }

string PercentEncode(string_view text) { return Encode(text, ""); }

string PercentDecode(string_view text) {
  string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    // No part of a URL may contain a zero byte, because C interfaces would cut
    // the text there.
    if (high < 0 || low < 0 || high + low == 0) {
      throw Bad("a '%' is not followed by two hexadecimal digits")
          .WithHint("Write %25 for a percent sign");
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

}  // namespace segue::db
