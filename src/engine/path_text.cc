#include "engine/path_text.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace segue::engine {

std::string PathText(const db::Language& language,
                     const std::vector<std::string>& path) {
  std::vector<std::string> names;
  std::transform(
      path.begin(), path.end(), std::back_inserter(names),
      [&](const std::string& name) { return language.spelling().Name(name); });
  return base::Join(names, ", ");
}

}  // namespace segue::engine
