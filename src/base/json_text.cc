#include "base/json_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace segue::base {

namespace {

bool IsControl(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  return byte(at) == 0x7f || (byte(at) == 0xC2 && byte(at + 1) < 0xA0);
}

// The library escapes only the control characters below the space. A terminal
// obeys DEL and C1 as well, and they can only stand inside of strings.
std::string WithoutControls(const std::string& text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsControl(text, i)) {
      plain += text[i];
    } else if (text[i] == '\x7f') {
      plain += "\\u007f";
    } else {
      plain += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[++i]));
    }
  }
  return plain;
}

}  // namespace

std::string JsonText(const nlohmann::ordered_json& json) {
  return WithoutControls(json.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace segue::base
