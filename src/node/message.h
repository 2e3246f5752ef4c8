// The messages of the node: a line of JSON to values and back. The one place of
// node/ that knows a JSON library is message.cc.
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

// Error codes of the protocol.
inline constexpr int kUnknownType = 10;
inline constexpr int kUnavailable = 11;  // may succeed if sent again
inline constexpr int kMalformed = 12;
inline constexpr int kCrash = 13;  // a defect of segue's
inline constexpr int kRefused = 22;

// A member of a body; monostate: neither a string nor an integer.
using Field = std::variant<std::monostate, std::int64_t, std::string>;

struct Request {
  std::string src;
  std::string dest;
  std::int64_t msg_id = 0;
  std::string type;
  std::map<std::string, Field> fields;  // the body's
  // The body with its keys in order and without spaces, or, of a long one, its
  // size and hash: to know a message that comes again.
  std::string fingerprint;
};

// Why a line is no message, and what of it could be read.
struct Malformed {
  std::string text;
  std::optional<std::string> src = {};
  std::optional<std::string> dest = {};
  std::optional<std::int64_t> msg_id = {};
};

// Never throws for what `line` holds.
std::variant<Request, Malformed> Parse(std::string_view line);

using Member = std::pair<
    std::string,
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string,
                 std::vector<std::string>, std::map<std::string, std::string>>>;
// The members of an answer, in the order in which they are written.
using Body = std::vector<Member>;

// As text, without a newline.
std::string ToText(const Body& body);
// {"src","dest","body"}; nullopt: null. `body`: as ToText gives it.
std::string Envelope(const std::optional<std::string>& src,
                     const std::optional<std::string>& dest,
                     const std::string& body);

Body ErrorBody(const std::optional<std::int64_t>& msg_id, int code,
               const std::string& text);

}  // namespace segue::node
