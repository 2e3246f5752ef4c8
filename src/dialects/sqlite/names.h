// Names and literals as SQLite writes them.
#pragma once

#include <string>
#include <string_view>

namespace segue::sqlite {

// "name" as an identifier.
std::string Quote(std::string_view name);
// 'text' as a string.
std::string Literal(std::string_view text);

// The name bare where SQLite reads it so, else quoted. RENAME COLUMN writes
// the new name into every text that mentions the column, quoted if it was
// given quoted: bare keeps those texts as their author wrote them.
std::string BareOrQuoted(const std::string& name);

// A default that ADD COLUMN takes without visiting the rows: a string, number,
// blob, NULL, TRUE or FALSE, in any brackets.
bool IsLiteral(std::string_view expression);

// An expression as DEFAULT takes it: a literal bare, all else in brackets.
std::string DefaultText(std::string_view expression);

enum class Affinity { kText, kNumeric, kInteger, kReal, kBlob };
// By SQLite's rules over the declared type.
Affinity AffinityOf(std::string_view type);

// The type that a STRICT table takes in the place of `type`.
std::string StrictType(std::string_view type);
// Whether the text of a CREATE TABLE ends in STRICT.
bool IsStrict(std::string_view create_table);
// Whether it ends in WITHOUT ROWID: then the primary key is all that tells a
// row from another, and none of its columns takes NULL.
bool IsWithoutRowid(std::string_view create_table);

}  // namespace segue::sqlite
