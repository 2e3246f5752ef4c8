#include "dialects/postgres/grants.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/view_text.h"

namespace segue::postgres {

std::string ColumnGrants(const schema::TableName& name,
                         const plan::VersionView& view) {
  std::string mapping;
  for (const schema::Column& column : view.columns) {
    if (!mapping.empty()) mapping += ", ";
    mapping +=
        "(" + Literal(column.physical()) + ", " + Literal(column.name) + ")";
  }
  if (mapping.empty()) return "";
  return "DO " +
         DollarQuoted(
             std::string(
                 "DECLARE g record; BEGIN FOR g IN SELECT e.privilege_type, ") +
             "e.is_grantable, m.shown, " + kGrantee +
             " AS grantee FROM (VALUES " + mapping +
             ") m (stored, shown) JOIN pg_catalog.pg_attribute a ON "
             "a.attrelid = " +
             Regclass(view.base()) +
             "::oid AND a.attname = m.stored CROSS JOIN "
             "pg_catalog.aclexplode(a.attacl) e "
             "LOOP EXECUTE pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', "
             "g.privilege_type, g.shown, " +
             Literal(Name(name)) +
             ", g.grantee, CASE WHEN g.is_grantable THEN "
             "' WITH GRANT OPTION' ELSE '' END); END LOOP; END");
}

}  // namespace segue::postgres
