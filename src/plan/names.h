// The names of the objects that segue adds to a schema during a migration. All
// of them start with "_segue", so that a person who meets one knows its owner.
// `limit` is the length of the longest identifier in bytes (db::Capabilities).
// A longer name is cut and kept unique by a hash of the whole name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segue::plan {

// The prefix of all these names.
inline constexpr std::string_view kOurs = "_segue";

// "_segue_new_email": the new shape of a column that keeps its name.
std::string HiddenColumn(std::string_view column, std::size_t limit);

// "_segue_old_name": the old side of a sealed motion, until it is dropped.
std::string PutAsideColumn(std::string_view column, std::size_t limit);

// "_segue_new_users": the hidden copy of a table that is rebuilt.
std::string HiddenTable(std::string_view table, std::size_t limit);

// "_segue_old_users": a table or an index that a seal has put aside, until it
// is dropped; or what takes its place at an undo.
std::string PutAside(std::string_view object, std::size_t limit);

// "01_a_1+01_a_2": the fill that these motions share. The fill of a single
// motion has the motion's own id.
std::string FillId(const std::vector<std::string>& motions);

// "_segue_d", "_segue_d2", ...: the provenance column of the n-th motion of a
// table; n counts from 1.
std::string ProvenanceColumn(int n);

// "public_01_bigint": the schema in which a version is published. Without a
// schema the result is the version itself.
std::string VersionSchema(std::string_view schema, std::string_view version,
                          std::size_t limit);

// "_segue_new_users_email_idx": the copy of an index over a new column, until
// the contract gives it the old index's name.
std::string IndexCopy(std::string_view index, std::size_t limit);
// Returns such a name for the copy of a check or a foreign key.
std::string ConstraintCopy(std::string_view constraint, std::size_t limit);

}  // namespace segue::plan
