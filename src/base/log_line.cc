#include "base/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/visible.h"

namespace segue::base {
namespace {

using Json = nlohmann::ordered_json;

// A line stays one line, even when a server's message has several.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; },
      ' ');
  return text;
}

std::string FieldText(const LogField& field) {
  if (const auto* number = std::get_if<double>(&field.value)) {
    return fmt::format("{:.6g}", *number);
  }
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    return std::to_string(*number);
  }
  const auto& text = std::get<std::string>(field.value);
  const bool plain =
      !text.empty() && text.find_first_of(" \t\r\n\"=") == std::string::npos;
  return plain ? text : JsonText(text);
}

}  // namespace

std::string JsonLine(const LogLine& line) {
  Json json = {{"time", line.time},
               {"level", ToString(line.level)},
               {"message", line.message}};
  for (const LogField& field : line.fields) {
    std::visit([&](const auto& value) { json[field.name] = value; },
               field.value);
  }
  return JsonText(json);
}

std::string TextLine(const LogLine& line) {
  std::string text = line.time + " " + std::string(ToString(line.level)) + " " +
                     OneLine(line.message);
  for (const LogField& field : line.fields) {
    text += " " + field.name + "=" + FieldText(field);
  }
  return VisibleInLine(text);
}

}  // namespace segue::base
