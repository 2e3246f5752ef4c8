// How JSON is written out, behind a seam: the library's own header takes long
// to compile, and only its forward declarations stand here.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace segue::base {

// On one line, members in their order. Bytes that are no UTF-8 (a database's
// message in its own encoding) are replaced, so that writing an error down
// never turns into a second error.
std::string JsonText(const nlohmann::ordered_json& json);

}  // namespace segue::base
