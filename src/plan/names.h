// The names of what segue adds to a schema for the duration of a migration.
// All start with "_segue", so that a person who meets one knows whose it is.
// `limit` is the longest identifier in bytes (db::Capabilities); a name that
// would be longer is cut and kept unique by a hash of the whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segue::plan {

// What the names of all these begin with.
inline constexpr std::string_view kOurs = "_segue";

// "_segue_new_email": the new shape of a column that keeps its name.
std::string HiddenColumn(std::string_view column, std::size_t limit);

// "_segue_old_name": the old side of a sealed motion, until it is dropped.
std::string PutAsideColumn(std::string_view column, std::size_t limit);

// "01_a_1+01_a_2": the fill that these motions share; of one, its own id.
std::string FillId(const std::vector<std::string>& motions);

// "_segue_d", "_segue_d2", ...: the provenance column of a table's n-th motion,
// counted from 1.
std::string ProvenanceColumn(int n);

// "public_01_bigint": where a version is published. Without a schema: the
// version itself.
std::string VersionSchema(std::string_view schema, std::string_view version,
                          std::size_t limit);

// "_segue_new_users_email_idx": the copy of an index over a new column, until
// the contract gives it the old index's name.
std::string IndexCopy(std::string_view index, std::size_t limit);
// The same for a check or a foreign key.
std::string ConstraintCopy(std::string_view constraint, std::size_t limit);

}  // namespace segue::plan
