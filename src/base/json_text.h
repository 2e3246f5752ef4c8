// Writes JSON text. This is a seam, because the library's own header takes long
// to compile; this file needs only its forward declarations.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace segue::base {

// Returns one line with the members in their order. Bytes that are not UTF-8,
// such as a database's message in its own encoding, are replaced, so that
// writing an error never causes a second error. No control character is in the
// text, so that it may be shown on a terminal.
std::string JsonText(const nlohmann::ordered_json& json);

}  // namespace segue::base
