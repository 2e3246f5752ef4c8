// The parts of which the views of a version consist; version_views.cc has them.
#pragma once

#include <string>
#include <vector>

#include "dialects/postgres/render.h"

namespace segue::postgres {

// The role of a row `e` of aclexplode, as GRANT and REVOKE name it.
inline constexpr const char* kGrantee =
    "CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident("
    "pg_catalog.pg_get_userbyid(e.grantee)::text) END";

// Adds the statements that make the view with everything that it has. `version`
// is the schema whose use is counted; empty for a view that belongs to no
// version.
void AddView(const schema::TableName& name, const plan::VersionView& view,
             const RenderContext& context, std::vector<std::string>& sql,
             const std::string& version, const char* create = "CREATE VIEW ");

// Returns CREATE OR REPLACE VIEW for a view of this version.
std::string ReplaceViewSql(const schema::TableName& name,
                           const plan::VersionView& view,
                           const RenderContext& context,
                           const std::string& version);

// Gives the table or view `name` the privileges that `base` has by then.
std::string TableGrants(const schema::TableName& name,
                        const schema::TableName& base);

// Grants privileges of columns, under the names that the columns have in the
// view. Empty: it has no columns.
std::string ColumnGrants(const schema::TableName& name,
                         const plan::VersionView& view);

// Returns the default of the column, which has one. A bare NULL would not be
// stored, and then the default of the base table would count.
std::string DefaultSql(const schema::Column& column);

// A SELECT of two texts: why the view cannot be given another shape, and what
// helps. The role has to own it, and it has to show columns of its table under
// the names that they are stored as, and nothing else. reshape_view.cc has it.
std::string ReshapeObstaclesSql(const plan::ReshapeView& action);

}  // namespace segue::postgres
