#include "cli/hide_secrets.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "base/text.h"

namespace segue::cli {

namespace {

bool IsSecret(std::string_view parameter) {
  const std::string name = base::ToLower(std::string(parameter));
  const auto has = [&](const char* part) {
    return name.find(part) != std::string::npos;
  };
  return has("password") || has("passwd") || has("pwd") || has("secret") ||
         has("token");
}

// The password is between the first colon and the last at sign.
void HideUser(char* begin, char* end) {
  char* at = std::find(std::make_reverse_iterator(end),
                       std::make_reverse_iterator(begin), '@')
                 .base();
  if (at == begin) return;  // there is none
  --at;
  char* colon = std::find(begin, at, ':');
  if (colon != at) std::fill(colon + 1, at, '*');
}

void HideParameters(char* begin, char* end) {
  while (begin < end) {
    char* next = std::find(begin, end, '&');
    char* equals = std::find(begin, next, '=');
    const std::string_view name(begin,
                                static_cast<std::size_t>(equals - begin));
    if (equals != next && IsSecret(name)) std::fill(equals + 1, next, '*');
    begin = next == end ? end : next + 1;
  }
}

}  // namespace

void HideSecrets(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    char* scheme = std::strstr(argv[i], "://");
    if (scheme == nullptr) continue;
    char* begin = scheme + 3;
    char* end = begin + std::strlen(begin);
    char* query = std::find(begin, end, '?');
    HideUser(begin, query);
    if (query != end) HideParameters(query + 1, end);
  }
}

}  // namespace segue::cli
