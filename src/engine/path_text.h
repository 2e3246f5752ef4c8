// A path for names, as SQL writes it.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"

namespace segue::engine {

std::string PathText(const db::Language& language,
                     const std::vector<std::string>& path);

}  // namespace segue::engine
