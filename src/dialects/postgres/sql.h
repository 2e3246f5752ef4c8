// Spelling of names, literals and types in PostgreSQL's SQL.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

// The time of the server, in whole seconds since 1970.
inline constexpr const char* kNowSeconds =
    "pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()))::"
    "bigint";

// Longest identifier the server keeps (NAMEDATALEN - 1).
inline constexpr std::size_t kMaxIdentifier = 63;
// A table cannot have more columns, dropped ones included
// (MaxHeapAttributeNumber).
inline constexpr int kMaxColumns = 1600;

// Returns a quoted identifier. It quotes every name, so that no list of
// reserved words has to be kept up to date.
std::string Ident(std::string_view name);
// Returns a string literal. It has an escape prefix only if a backslash makes
// that necessary.
std::string Literal(std::string_view text);
// Returns 'a', 'b'.
std::string Literals(const std::vector<std::string>& texts);
std::string Name(const schema::TableName& table);
// Returns "a", "b".
std::string Idents(const std::vector<std::string>& names);

// Returns the text with its first `mark` replaced. Of several marks, the last
// one in the text is replaced first: what stands for it may look like another.
std::string Filled(std::string text, std::string_view mark,
                   std::string_view by);

using Marks = std::vector<std::pair<std::string, std::string>>;
// Returns the text with every mark replaced by what stands beside it. All are
// replaced in one pass, because a name may look like a mark.
std::string FilledAll(const std::string& text, const Marks& marks);

// Returns an expression for the comment on the object `oid` of a catalogue
// ("pg_constraint"), or on its part. The server's own functions for this are
// text up to version 13, in which names of other schemas can be found.
std::string CommentOf(const std::string& oid, const std::string& catalog,
                      const std::string& part = "0");

// Returns an expression for the options of the column `a`, a row of
// pg_attribute, that people have set; NULL when there are none. A server (15.20
// is one) may keep a number of its own among them.
std::string ColumnOptionsSql();

// Returns 'public.users' as a regclass literal.
std::string Regclass(const schema::TableName& table);

// Returns 15 for "15.8 (Debian ...)", and also when the text has no version.
int MajorVersion(std::string_view server_version);

// Returns the spelling of pg_catalog.format_type for a type as people write it:
// "character varying(10)" for "varchar(10)". Portable types are recognised in
// capitals only (TEXT, INTEGER, BOOLEAN, TIMESTAMP, JSON), because "integer",
// "timestamp" and "json" in small letters are PostgreSQL's own types. INTEGER
// is bigint (SQLite's has 64 bits too), TIMESTAMP is timestamp with time zone,
// and JSON is jsonb.
std::string NativeType(const std::string& type);

// Throws Error{kUsage} when the text of a file has not the shape of a type, so
// that it cannot end its clause and begin another.
void RequireType(const std::string& type);

// True when `=` on the type distinguishes all values that differ in any byte.
// `collation` is that of the column; an empty one is the database's, which is
// always deterministic.
bool EqualMeansIdentical(const std::string& type, const std::string& collation);

// Returns `value`, which has this type, in the form in which it is compared.
// The server has no comparison of its own for character varying, so an operator
// of another schema would fit better than that of text; every other type of
// EqualMeansIdentical has its own in pg_catalog, which is found first.
std::string Comparable(const std::string& value, const std::string& type);
// Returns `value`, which has the type of the column, in the form in which it is
// compared.
std::string Comparable(const std::string& value, const schema::Column& column);

// Returns `op` as it is spelled for the operator of this schema (see
// schema::Column::operators_in): OPERATOR(pg_catalog.<).
std::string Operator(const std::string& op, const std::string& schema);

// True for a default that gives the same value whenever it is evaluated: a
// literal, possibly cast once. In doubt the answer is false.
bool IsConstantDefault(std::string_view expression);

}  // namespace segue::postgres
