#include "node/message.h"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"

namespace segue::node {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// A message is two or three levels deep; a deeper one is an attack.
constexpr int kDeepest = 64;
// The limit of src and dest, in bytes.
constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestFingerprint = 1024;

int Depth(std::string_view line) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

// The library's text is "[json.exception.parse_error.101] parse error at line
// 1, column 2: ...".
std::string Reason(const std::string& what) {
  constexpr std::size_t kMost = 200;
  const std::size_t end = what.find("] ");
  return "not a JSON message: " +
         base::ShortName(end == std::string::npos ? what : what.substr(end + 2),
                         kMost);
}

std::optional<std::int64_t> Integer(const json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  constexpr auto kMost =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMost) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

Field FieldOf(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (const auto number = Integer(value)) return *number;
  return std::monostate{};
}

std::optional<std::string> Name(const json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_string()) return std::nullopt;
  auto name = found->get<std::string>();
  if (name.size() > kLongestName) return std::nullopt;
  return name;
}

std::string Fingerprint(const json& body) {
  std::string text = body.dump();
  if (text.size() <= kLongestFingerprint) return text;
  return fmt::format("{}:{:016x}:{:016x}", text.size(), base::Fnv1a(text),
                     std::hash<std::string>()(text));
}

// Returns what is wrong with a message that is valid JSON; empty: nothing.
std::string Fault(const Malformed& read, const json& message) {
  const auto body = message.find("body");
  if (body == message.end()) return "a message needs a body";
  if (!body->is_object()) return "the body must be an object";
  if (!read.msg_id) {
    return body->contains("msg_id")
               ? "msg_id must be an integer of at most 64 bits"
               : "the body needs a msg_id";
  }
  for (const char* key : {"src", "dest"}) {
    if (Name(message, key)) continue;
    return fmt::format("'{}' must be a string of at most {} bytes", key,
                       kLongestName);
  }
  const auto type = body->find("type");
  if (type == body->end()) return "the body needs a type";
  if (!type->is_string()) return "'type' must be a string";
  return "";
}

std::variant<Request, Malformed> FromJson(const json& message) {
  if (!message.is_object()) return Malformed{"a message must be an object"};
  Malformed read{"", Name(message, "src"), Name(message, "dest"), {}};
  const auto body = message.find("body");
  if (body != message.end() && body->is_object() && body->contains("msg_id")) {
    read.msg_id = Integer(body->at("msg_id"));
  }
  read.text = Fault(read, message);
  if (!read.text.empty()) return read;
  Request request;
  request.src = *read.src;
  request.dest = *read.dest;
  request.msg_id = *read.msg_id;
  request.type = body->at("type").get<std::string>();
  for (const auto& [key, value] : body->items()) {
    request.fields.emplace(key, FieldOf(value));
  }
  request.fingerprint = Fingerprint(*body);
  return request;
}

ordered_json OrNull(const std::optional<std::string>& text) {
  return text ? ordered_json(*text) : ordered_json(nullptr);
}

}  // namespace

std::variant<Request, Malformed> Parse(std::string_view line) {
  // The depth is checked before anything recursive reads the line.
  if (Depth(line) > kDeepest) {
    return Malformed{
        fmt::format("not a JSON message: nested deeper than {}", kDeepest)};
  }
  try {
    return FromJson(json::parse(line));
  } catch (const json::exception& error) {
    return Malformed{Reason(error.what())};
  }
}

std::string ToText(const Body& body) {
  ordered_json object = ordered_json::object();
  for (const auto& [key, value] : body) {
    std::visit([&, name = &key](const auto& v) { object[*name] = v; }, value);
  }
  return base::JsonText(object);
}

std::string Envelope(const std::optional<std::string>& src,
                     const std::optional<std::string>& dest,
                     const std::string& body) {
  return "{\"src\":" + base::JsonText(OrNull(src)) +
         ",\"dest\":" + base::JsonText(OrNull(dest)) + ",\"body\":" + body +
         "}";
}

Body ErrorBody(const std::optional<std::int64_t>& msg_id, int code,
               const std::string& text) {
  Body body = {{"type", std::string("error")}};
  if (msg_id) {
    body.emplace_back("in_reply_to", *msg_id);
  } else {
    body.emplace_back("in_reply_to", nullptr);
  }
  body.emplace_back("code", std::int64_t{code});
  body.emplace_back("text", text);
  return body;
}

}  // namespace segue::node
