#include "dialects/postgres/version_url.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "dialects/postgres/pooler.h"
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

std::string VersionUrl(db::Url url, const std::vector<std::string>& path) {
  url.parameters.erase(kPoolMode);
  if (path.empty()) return url.ToString();
  std::vector<std::string> entries;
  std::transform(path.begin(), path.end(), std::back_inserter(entries),
                 PathEntry);
  std::string& options = url.parameters["options"];
  if (!options.empty()) options += " ";
  options += "-csearch_path=" + Escaped(base::Join(entries, ","));
  return url.ToString();
}

}  // namespace segue::postgres
