#include "base/version.h"

namespace segue::base {

std::string_view Version() { return SEGUE_VERSION; }

}  // namespace segue::base
