// Spelling of names, literals and types in PostgreSQL's SQL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

// Longest identifier the server keeps (NAMEDATALEN - 1).
inline constexpr std::size_t kMaxIdentifier = 63;
// A table cannot have more columns, dropped ones included
// (MaxHeapAttributeNumber).
inline constexpr int kMaxColumns = 1600;

// Always quoted, so that no list of reserved words has to be kept up to date.
std::string Ident(std::string_view name);
// With an escape prefix only where a backslash makes it necessary.
std::string Literal(std::string_view text);
std::string Name(const schema::TableName& table);
// "a", "b"
std::string Idents(const std::vector<std::string>& names);

// 'public.users' as a regclass literal.
std::string Regclass(const schema::TableName& table);

// "15.8 (Debian ...)" -> 15; 15 when the text says nothing.
int MajorVersion(std::string_view server_version);

// The spelling of pg_catalog.format_type for a type as people write it:
// "varchar(10)" -> "character varying(10)". The portable types count in
// capitals only (TEXT, INTEGER, BOOLEAN, TIMESTAMP, JSON), because "integer",
// "timestamp" and "json" in small letters are types of PostgreSQL's own:
// INTEGER is bigint (SQLite's has 64 bits too), TIMESTAMP is timestamp with
// time zone, JSON is jsonb.
std::string NativeType(const std::string& type);

// True when `=` on the type tells apart all values that differ in any byte.
// `collation`: the column's own; empty: the database's, always deterministic.
bool EqualMeansIdentical(const std::string& type, const std::string& collation);

// True for a default that gives the same value whenever it is evaluated: a
// literal, possibly cast once. Conservative.
bool IsConstantDefault(std::string_view expression);

}  // namespace segue::postgres
