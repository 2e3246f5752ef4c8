#include "dialects/postgres/parse_tree.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// The library does not free an empty text of each PL/pgSQL function.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer gives the name.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pg_query_raw_parse";
}
#endif
#endif

namespace segue::postgres {
namespace {

template <typename Result, void (*kFree)(Result)>
Json Parsed(Result result, char* Result::*text) {
  const struct Owner {
    Result held;
    ~Owner() { kFree(held); }
  } owner{result};
  if (result.error != nullptr || result.*text == nullptr) throw Unreadable{};
  Json json = Json::parse(result.*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw Unreadable{};
  return json;
}

}  // namespace

Json ParsedFunction(const std::string& sql) {
  return Parsed<PgQueryPlpgsqlParseResult, pg_query_free_plpgsql_parse_result>(
      pg_query_parse_plpgsql(sql.c_str()),
      &PgQueryPlpgsqlParseResult::plpgsql_funcs);
}

Json ParsedSql(const std::string& sql) {
  return Parsed<PgQueryParseResult, pg_query_free_parse_result>(
      pg_query_parse(sql.c_str()), &PgQueryParseResult::parse_tree);
}

Json ParsedQuery(const std::string& text) {
  try {
    return ParsedSql(text);
  } catch (const Unreadable&) {
    return ParsedSql("SELECT " + text);
  }
}

const Json* Member(const Json& node, const char* key) {
  if (!node.is_object()) return nullptr;
  const auto found = node.find(key);
  return found == node.end() ? nullptr : &*found;
}

const Json& At(const Json& node, const char* key) {
  const Json* found = Member(node, key);
  if (found == nullptr) throw Unreadable{};
  return *found;
}

std::string StringMember(const Json& node, const char* key) {
  const Json* found = Member(node, key);
  return found != nullptr && found->is_string() ? found->get<std::string>()
                                                : "";
}

const Json* Node(const Json& node, const char* type) {
  return Member(node, type);
}

bool IsStar(const Json& field) { return Node(field, "A_Star") != nullptr; }

std::string NameIn(const Json& field) {
  const Json* text = Node(field, "String");
  return text == nullptr ? "" : StringMember(*text, "sval");
}

void EachObject(const Json& node,
                const std::function<void(const Json&)>& visit) {
  if (node.is_object()) visit(node);
  if (!node.is_structured()) return;
  for (const Json& part : node) EachObject(part, visit);
}

}  // namespace segue::postgres
