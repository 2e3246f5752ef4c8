// Converts values to text, to integers and to JSON.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "db/connection.h"
#include "segue/error.h"

namespace segue::db {
namespace {

using Json = nlohmann::json;

// Wrappers for what JSON cannot express: {"hex": ...} for a blob, {"text_hex":
// ...} for a text that is not UTF-8, {"double": ...} for an infinity or a NaN.
constexpr const char* kHex = "hex";
constexpr const char* kTextHex = "text_hex";
constexpr const char* kDouble = "double";

template <typename Bytes>
std::string ToHex(const Bytes& bytes) {
  std::string hex;
  for (const auto byte : bytes) {
    hex += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
  }
  return hex;
}

template <typename Bytes>
Bytes FromHex(const std::string& hex) {
  Bytes bytes;
  if (hex.size() % 2 != 0) throw Error(ErrorKind::kCorrupt, "Odd hex digits");
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    std::uint8_t byte = 0;
    const char* end = hex.data() + i + 2;
    const auto parsed = std::from_chars(hex.data() + i, end, byte, 16);
    if (parsed.ptr != end) {
      throw Error(ErrorKind::kCorrupt, "'" + hex + "' is not hexadecimal");
    }
    bytes.push_back(static_cast<typename Bytes::value_type>(byte));
  }
  return bytes;
}

// Returns the shortest text that reads back as the same number, and not as an
// integer.
std::string DoubleText(double number) {
  std::string text = fmt::format("{}", number);
  const bool looks_whole =
      text.find_first_not_of("-0123456789") == std::string::npos;
  return looks_whole ? text + ".0" : text;
}

struct TextOf {
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(std::int64_t number) const {
    return std::to_string(number);
  }
  std::string operator()(double number) const { return DoubleText(number); }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Blob& blob) const { return "\\x" + ToHex(blob); }
};

struct JsonOf {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(std::int64_t number) const { return number; }
  Json operator()(double number) const {
    if (std::isfinite(number)) return number;
    return {{kDouble, fmt::format("{}", number)}};
  }
  Json operator()(const std::string& text) const {
    if (base::IsUtf8(text)) return text;
    return {{kTextHex, ToHex(text)}};
  }
  Json operator()(const Blob& blob) const { return {{kHex, ToHex(blob)}}; }
};

double SpecialDouble(const std::string& text) {
  if (text == "inf") return HUGE_VAL;
  if (text == "-inf") return -HUGE_VAL;
  return std::nan("");
}

Value FromWrapper(const Json& json) {
  if (json.contains(kHex)) return FromHex<Blob>(json.at(kHex));
  if (json.contains(kTextHex)) return FromHex<std::string>(json.at(kTextHex));
  return SpecialDouble(json.at(kDouble).get<std::string>());
}

Value FromJson(const Json& json) {
  if (json.is_null()) return std::monostate();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return FromWrapper(json);
}

}  // namespace

bool IsNull(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

std::string ToText(const Value& value) { return std::visit(TextOf{}, value); }

std::int64_t ToInt(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) {
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) return number;
  }
  throw Error(ErrorKind::kInternal,
              "The database gave '" + ToText(value) + "' for an integer");
}

std::string ValuesToJson(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) {
    list.push_back(std::visit(JsonOf{}, value));
  }
  return list.dump();
}

std::vector<Value> ValuesFromJson(std::string_view json) {
  try {
    std::vector<Value> values;
    for (const Json& item : Json::parse(json)) values.push_back(FromJson(item));
    return values;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kCorrupt,
                std::string("A stored key cannot be read: ") + error.what());
  }
}

}  // namespace segue::db
