// The views that show a table in the shape of a version and take writes.
//
// Such a view differs from a table in three ways. An INSERT that leaves a
// column out and one that gives NULL look the same to a trigger, so both give
// the default. changes() and last_insert_rowid() do not count what triggers
// write. SQLite takes no upsert on a view.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/action.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// The column for the rowid in a published view of a table whose rows nothing
// else identifies. The view that an application uses does not show it.
inline constexpr char kRowidColumn[] = "segue_rowid";

// Returns CREATE VIEW `name` and its INSTEAD OF triggers; the triggers of a
// join or a union refuse every write. A write of a row that no key identifies
// changes one of the rows that look the same. Throws Error{kRefused} when a row
// cannot be told from another. `base` is the table that the view writes, as it
// is before the migration; nullptr when the same migration creates it.
std::vector<Statement> CreateUpdatableView(const std::string& name,
                                           const plan::VersionView& view,
                                           const schema::Table* base);
// Returns the same statements for a version's view, under PublishedName.
std::vector<Statement> CreatePublishedView(const std::string& version_schema,
                                           const plan::VersionView& view,
                                           const schema::Table* base);
// Drops the view, and its triggers with it.
Statement DropUpdatableView(const std::string& name);

// Returns the name of the published view that shows `table` in
// `version_schema`.
std::string PublishedName(const std::string& version_schema,
                          const std::string& table);

// The facts that the text of a published view contains.
struct Published {
  std::string version_schema;
  std::string table;             // as the version calls it
  std::vector<std::string> key;  // columns of the view that identify a row
};
// Every published view has this mark in its text. No other view has it, unless
// it is a copy.
inline constexpr std::string_view kPublishedMark = ") AS /* segue: version=";
// Returns the mark with the version.
std::string PublishedMark(const std::string& version_schema);
// Reads the text of a view. Returns nullopt when the view does not belong to
// segue; a copy that somebody made under another name does not.
std::optional<Published> ReadPublished(const std::string& view,
                                       std::string_view sql);

}  // namespace segue::sqlite
