// The trees that libpg_query makes of PL/pgSQL and SQL.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace segue::postgres {

using Json = nlohmann::json;

// Thrown for what cannot be parsed, and for a tree of another shape.
struct Unreadable {};

// Returns the tree of a whole CREATE FUNCTION in PL/pgSQL.
Json ParsedFunction(const std::string& sql);
Json ParsedSql(const std::string& sql);
// Returns the tree of a text within PL/pgSQL, which is a statement or a bare
// expression: its tree does not say which.
Json ParsedQuery(const std::string& text);

// Returns nullptr when the node has no such member.
const Json* Member(const Json& node, const char* key);
// Throws Unreadable when the node has no such member.
const Json& At(const Json& node, const char* key);
// Returns an empty text when the node has no such text.
std::string StringMember(const Json& node, const char* key);
// A node is an object whose only key is its type. Returns nullptr when the node
// has another type.
const Json* Node(const Json& node, const char* type);

// These read a field of a reference to a column.
bool IsStar(const Json& field);
std::string NameIn(const Json& field);

// Visits every object of the tree.
void EachObject(const Json& node,
                const std::function<void(const Json&)>& visit);

}  // namespace segue::postgres
