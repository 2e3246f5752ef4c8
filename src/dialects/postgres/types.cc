// Derives facts from the name of a type and from the text of a default.
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "db/clause.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 5> kPortable = {
    Pair{"TEXT", "text"}, Pair{"INTEGER", "bigint"}, Pair{"BOOLEAN", "boolean"},
    Pair{"TIMESTAMP", "timestamp with time zone"}, Pair{"JSON", "jsonb"}};

// The aliases of types. A precision in parentheses comes after the first word
// of the name for time types, and at the end for the others.
constexpr std::array<Pair, 23> kAliases = {
    Pair{"int", "integer"},
    Pair{"int4", "integer"},
    Pair{"int8", "bigint"},
    Pair{"int2", "smallint"},
    Pair{"bool", "boolean"},
    Pair{"varchar", "character varying"},
    Pair{"char varying", "character varying"},
    Pair{"char", "character"},
    Pair{"decimal", "numeric"},
    Pair{"dec", "numeric"},
    Pair{"float", "double precision"},
    Pair{"float8", "double precision"},
    Pair{"float4", "real"},
    Pair{"timestamp", "timestamp without time zone"},
    Pair{"timestamptz", "timestamp with time zone"},
    Pair{"timestamp with time zone", "timestamp with time zone"},
    Pair{"timestamp without time zone", "timestamp without time zone"},
    Pair{"time", "time without time zone"},
    Pair{"time without time zone", "time without time zone"},
    Pair{"time with time zone", "time with time zone"},
    Pair{"timetz", "time with time zone"},
    Pair{"varbit", "bit varying"},
    Pair{"bit varying", "bit varying"}};

constexpr std::array<std::string_view, 13> kExactTypes = {
    "smallint",
    "integer",
    "bigint",
    "boolean",
    "uuid",
    "date",
    "bytea",
    "oid",
    "text",
    "character varying",
    "time without time zone",
    "timestamp without time zone",
    "timestamp with time zone"};

struct TypeParts {
  // "character varying": lower case with single spaces.
  std::string name;
  std::string modifier;  // "(10)"
  std::string suffix;    // "[]"
};

std::string Folded(std::string_view text) {
  std::string folded;
  for (char c : text) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank) {
      folded += c;
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  return base::ToLower(base::Trim(folded));
}

std::string WithoutBlanks(std::string_view text) {
  std::string packed;
  for (char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) packed += c;
  }
  return packed;
}

TypeParts Take(std::string_view type) {
  TypeParts parts;
  const std::size_t bracket = type.find('[');
  if (bracket != std::string_view::npos) {
    parts.suffix = "[]";
    type = type.substr(0, bracket);
  }
  std::string name(type);
  const std::size_t open = name.find('(');
  const std::size_t close = name.find(')', open == name.npos ? 0 : open);
  if (open != name.npos && close != name.npos) {
    parts.modifier = WithoutBlanks(name.substr(open, close - open + 1));
    name = name.substr(0, open) + " " + name.substr(close + 1);
  }
  parts.name = Folded(name);
  const bool one_long =
      parts.name == "char" || parts.name == "character" || parts.name == "bit";
  if (one_long && parts.modifier.empty()) parts.modifier = "(1)";
  return parts;
}

std::string WithModifier(std::string_view name, const std::string& modifier) {
  const bool is_time = name.starts_with("time");
  const std::size_t at = is_time ? name.find(' ') : name.size();
  return std::string(name.substr(0, at)) + modifier +
         std::string(name.substr(at));
}

// Returns the length of a literal that may be followed by a cast; 0 when `text`
// does not begin with one.
std::size_t LiteralLength(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '\'') {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] != '\'') continue;
      if (i + 1 == text.size() || text[i + 1] != '\'') return i + 1;
      ++i;
    }
    return 0;
  }
  const std::size_t sign = text[0] == '-' ? 1 : 0;
  std::size_t end = text.find_first_not_of("0123456789.", sign);
  if (end == std::string_view::npos) end = text.size();
  return end > sign ? end : 0;
}

bool IsTypeName(std::string_view text) {
  for (char c : text) {
    const bool in_name =
        std::isalnum(static_cast<unsigned char>(c)) != 0 ||
        std::string_view("_ \"(),.[]").find(c) != std::string_view::npos;
    if (!in_name) return false;
  }
  return !text.empty();
}

}  // namespace

void RequireType(const std::string& type) {
  static constexpr std::array<std::string_view, 19> kWords = {
      "varying", "precision", "with",   "without",   "time",   "zone", "year",
      "month",   "day",       "hour",   "minute",    "second", "to",   "local",
      "array",   "large",     "object", "character", "char"};
  db::RequireTypeText(type, [](const std::string& word) {
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
  });
}

std::string NativeType(const std::string& type) {
  const std::string_view trimmed = base::Trim(type);
  for (const auto& [portable, native] : kPortable) {
    if (trimmed == portable) return std::string(native);
  }
  // A quoted name, or a name in another schema, is no alias.
  if (trimmed.find_first_of("\".") != trimmed.npos) return std::string(trimmed);
  const TypeParts parts = Take(trimmed);
  for (const auto& [alias, native] : kAliases) {
    if (parts.name != alias) continue;
    const std::string modifier =
        alias == "float" ? std::string() : parts.modifier;
    return WithModifier(native, modifier) + parts.suffix;
  }
  return parts.name + parts.modifier + parts.suffix;
}

bool EqualMeansIdentical(const std::string& type,
                         const std::string& collation) {
  const TypeParts parts = Take(type);
  if (!collation.empty() || !parts.suffix.empty()) return false;
  for (std::string_view exact : kExactTypes) {
    if (parts.name == exact) return true;
  }
  return false;
}

std::string Comparable(const std::string& value, const std::string& type) {
  const TypeParts parts = Take(type);
  const bool cast = parts.name == "character varying" && parts.suffix.empty();
  return cast ? value + "::text" : value;
}

std::string Comparable(const std::string& value, const schema::Column& column) {
  if (column.compared_as.empty()) return Comparable(value, column.type);
  return value + "::" + column.compared_as;
}

std::string Operator(const std::string& op, const std::string& schema) {
  if (schema.empty()) return op;
  const bool own = schema == "pg_catalog";
  return "OPERATOR(" + (own ? schema : Ident(schema)) + "." + op + ")";
}

bool IsConstantDefault(std::string_view expression) {
  std::string_view text = base::Trim(expression);
  // pg_get_expr prints a negative number as (-5) or '-5'::integer.
  if (text.starts_with("(-")) {
    const std::size_t close = text.find(')');
    if (close == std::string_view::npos) return false;
    if (LiteralLength(text.substr(1, close - 1)) != close - 1) return false;
    text = base::Trim(text.substr(close + 1));
    return text.empty() ||
           (text.starts_with("::") && IsTypeName(text.substr(2)));
  }
  std::size_t length = LiteralLength(text);
  for (std::string_view word : {"true", "false", "NULL", "null"}) {
    if (length == 0 && text.starts_with(word)) length = word.size();
  }
  if (length == 0) return false;
  const std::string_view rest = base::Trim(text.substr(length));
  return rest.empty() || (rest.starts_with("::") && IsTypeName(rest.substr(2)));
}

}  // namespace segue::postgres
