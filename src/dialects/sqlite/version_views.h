// A table in the shape of a version: a view that takes writes.
//
// What it cannot do as a table does: an INSERT that leaves a column out and one
// that gives NULL look the same to a trigger, so both give the default;
// changes() and last_insert_rowid() do not count what triggers write; SQLite
// takes no upsert on a view.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/action.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Shown by a published view of a table whose rows nothing else identifies; the
// view that an application looks at leaves it out.
inline constexpr char kRowidColumn[] = "segue_rowid";

// CREATE VIEW `name` and its INSTEAD OF triggers; those of a join or a union
// refuse every write. A row that no key identifies is one of those that look
// the same. Throws kRefused when a row cannot be told from another.
// `base`: the table that the view writes, as it is before the migration;
// nullptr where the same migration creates it.
std::vector<Statement> CreateUpdatableView(const std::string& name,
                                           const plan::VersionView& view,
                                           const schema::Table* base);
// The same for a version's view, under PublishedName.
std::vector<Statement> CreatePublishedView(const std::string& version_schema,
                                           const plan::VersionView& view,
                                           const schema::Table* base);
// The triggers go with it.
Statement DropUpdatableView(const std::string& name);

// The published view that holds `table` as `version_schema` shows it.
std::string PublishedName(const std::string& version_schema,
                          const std::string& table);

// What a published view says of itself in its text.
struct Published {
  std::string version_schema;
  std::string table;             // as the version calls it
  std::vector<std::string> key;  // columns of the view that identify a row
};
// Stands in the text of every published view, and of no other but a copy.
inline constexpr std::string_view kPublishedMark = ") AS /* segue: version=";
// The same, with the version.
std::string PublishedMark(const std::string& version_schema);
// nullopt: the view is not one of segue's. A copy that somebody made under
// another name is not.
std::optional<Published> ReadPublished(const std::string& view,
                                       std::string_view sql);

}  // namespace segue::sqlite
