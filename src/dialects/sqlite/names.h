// Names and literals as SQLite writes them.
#pragma once

#include <string>
#include <string_view>

namespace segue::sqlite {

// Returns a quoted identifier: "name".
std::string Quote(std::string_view name);
// Returns a string literal: 'text'.
std::string Literal(std::string_view text);

// Returns the name without quotes if SQLite reads it as an identifier, and
// otherwise quoted. RENAME COLUMN writes the new name into every text that
// mentions the column, and quotes it if the statement quotes it. Without quotes
// those texts stay as their author wrote them.
std::string BareOrQuoted(const std::string& name);

// True for a default that ADD COLUMN takes without visiting the rows: a string,
// a number, a blob, NULL, TRUE or FALSE, in any number of parentheses.
bool IsLiteral(std::string_view expression);

// Returns an expression as DEFAULT takes it: a literal as it is, and anything
// else in parentheses.
std::string DefaultText(std::string_view expression);

enum class Affinity { kText, kNumeric, kInteger, kReal, kBlob };
// Returns the affinity of a declared type by SQLite's rules.
Affinity AffinityOf(std::string_view type);

// Returns the type that a STRICT table takes in the place of `type`.
std::string StrictType(std::string_view type);
// True when the text of a CREATE TABLE ends in STRICT.
bool IsStrict(std::string_view create_table);
// True when the text ends in WITHOUT ROWID. Then only the primary key
// identifies a row, and none of its columns takes NULL.
bool IsWithoutRowid(std::string_view create_table);

}  // namespace segue::sqlite
