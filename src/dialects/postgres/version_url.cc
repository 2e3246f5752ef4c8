#include "dialects/postgres/version_url.h"

#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

bool IsPlain(const std::string& name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
         std::string::npos;
}

// A name is quoted only when necessary, because quotes make a URL hard to read
// and to pass on.
std::string PathEntry(const std::string& name) {
  return IsPlain(name) ? name : Ident(name);
}

// In `options` a space separates, and a backslash escapes it.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    if (c == ' ' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string VersionUrl(db::Url url, const std::string& schema_name,
                       const std::string& version_schema) {
  // The server's own default search path leads to the base schema already.
  if (version_schema.empty() && schema_name == "public") return url.ToString();
  std::string path = PathEntry(schema_name);
  if (!version_schema.empty()) path = PathEntry(version_schema) + "," + path;
  std::string& options = url.parameters["options"];
  if (!options.empty()) options += " ";
  options += "-csearch_path=" + Escaped(path);
  return url.ToString();
}

}  // namespace segue::postgres
