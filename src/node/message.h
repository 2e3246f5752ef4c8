// The messages of the node: parses a line of JSON to values, and writes values
// as JSON. Only message.cc includes a JSON library.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace segue::node {

// The error codes of the protocol.
inline constexpr int kUnknownType = 10;
inline constexpr int kUnavailable = 11;  // it may succeed when sent again
inline constexpr int kMalformed = 12;
inline constexpr int kCrash = 13;  // a defect of segue
inline constexpr int kRefused = 22;

// A member of a body; monostate stands for anything but a string or an integer.
using Field = std::variant<std::monostate, std::int64_t, std::string>;

struct Request {
  std::string src;
  std::string dest;
  std::int64_t msg_id = 0;
  std::string type;
  std::map<std::string, Field> fields;  // members of the body
  // Identifies a repeated message: the body with its keys in order and without
  // spaces or, when it is long, its size and hash.
  std::string fingerprint;
};

// Why a line is no message, with the parts that could be read.
struct Malformed {
  std::string text;
  std::optional<std::string> src = {};
  std::optional<std::string> dest = {};
  std::optional<std::int64_t> msg_id = {};
};

// Parses a line. Never throws because of the content of `line`.
std::variant<Request, Malformed> Parse(std::string_view line);

using Member = std::pair<
    std::string,
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string,
                 std::vector<std::string>, std::map<std::string, std::string>>>;
// The members of an answer, in the order in which they are written.
using Body = std::vector<Member>;

// Returns JSON text without a newline.
std::string ToText(const Body& body);
// Returns {"src","dest","body"}; nullopt becomes null. `body` is text from
// ToText.
std::string Envelope(const std::optional<std::string>& src,
                     const std::optional<std::string>& dest,
                     const std::string& body);

Body ErrorBody(const std::optional<std::int64_t>& msg_id, int code,
               const std::string& text);

}  // namespace segue::node
