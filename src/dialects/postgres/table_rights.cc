// Gives a table that takes the place of another one, or of a part of it, the
// owner and the privileges.
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/view_text.h"

namespace segue::postgres {
namespace {

// Whoever made a policy or a trigger on the table meant the columns that have
// left it, too, and nobody has made it on the other table.
std::string RequireSameWatch(const plan::GiveRights& action) {
  const std::string like = Literal(Name(action.like));
  return "DO " +
         DollarQuoted(
             "DECLARE what text; BEGIN SELECT f.what INTO what FROM (SELECT "
             "'row security'::text AS what FROM pg_catalog.pg_class c WHERE "
             "c.oid = pg_catalog.to_regclass(" +
             like +
             ")::oid AND c.relrowsecurity UNION ALL SELECT "
             "pg_catalog.format('trigger %I', g.tgname) FROM "
             "pg_catalog.pg_trigger g WHERE g.tgrelid = "
             "pg_catalog.to_regclass(" +
             like +
             ")::oid AND NOT g.tgisinternal) f LIMIT 1; IF what IS NOT NULL "
             "THEN RAISE object_not_in_prerequisite_state USING MESSAGE = "
             "pg_catalog.format('table %s has got %s since the start, which "
             "the columns that leave it would lose', " +
             like + "::text, what); END IF; END");
}

// Inspection reads no rules of tables but those that name a column which goes.
std::string RulesOf(const plan::GiveRights& action) {
  return "SELECT pg_catalog.format('rule %I of table %s would not see what is "
         "written to the other table', r.rulename, " +
         Literal(Name(action.like)) +
         "::text) FROM pg_catalog.pg_rewrite r WHERE r.ev_class = "
         "pg_catalog.to_regclass(" +
         Literal(Name(action.like)) + ")::oid";
}

std::string OwnerSql(const plan::GiveRights& action) {
  return "DO " +
         DollarQuoted(
             "DECLARE owner name; BEGIN SELECT "
             "pg_catalog.pg_get_userbyid(c.relowner) INTO owner FROM "
             "pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(" +
             Literal(Name(action.like)) +
             ")::oid; IF owner <> current_user THEN EXECUTE "
             "pg_catalog.format('ALTER TABLE %s OWNER TO %I', " +
             Literal(Name(action.table)) + ", owner); END IF; END");
}

// An owner may have taken privileges from itself.
std::string OwnerPrivileges(const plan::GiveRights& action) {
  return "DO " +
         DollarQuoted(
             "DECLARE one record; BEGIN FOR one IN SELECT e.privilege_type, "
             "pg_catalog.pg_get_userbyid(c.relowner) AS owner FROM "
             "pg_catalog.pg_class c, pg_catalog.aclexplode("
             "pg_catalog.acldefault('r', c.relowner)) e WHERE c.oid = "
             "pg_catalog.to_regclass(" +
             Literal(Name(action.like)) +
             ")::oid AND c.relacl IS NOT NULL AND NOT EXISTS (SELECT FROM "
             "pg_catalog.aclexplode(c.relacl) h WHERE h.grantee = c.relowner "
             "AND h.privilege_type = e.privilege_type) LOOP EXECUTE "
             "pg_catalog.format('REVOKE %s ON %s FROM %I', "
             "one.privilege_type, " +
             Literal(Name(action.table)) + ", one.owner); END LOOP; END");
}

}  // namespace

PlannedAction RenderOne(const plan::GiveRights& action,
                        const RenderContext& context) {
  const std::string& name = action.table.name;
  PlannedAction planned;
  std::vector<std::string> sql = {RevokeOnTable(action.table)};
  if (!action.hidden) {
    planned.description =
        "Give '" + name + "' the privileges of '" + action.like.name + "'";
    sql.insert(sql.begin(), RequireSameWatch(action));
    sql.push_back(TableGrants(action.table, action.like));
    sql.push_back(OwnerPrivileges(action));
    planned.reversible = false;
  } else {
    planned.description = "Give '" + name + "' the owner of '" +
                          action.like.name + "', and nobody else rights on it";
    sql.push_back(OwnerSql(action));
    planned.objections = RulesOf(action);
  }
  planned.forward = Statements(std::move(sql));
  // Both are the same however often they run.
  planned.probe = "SELECT false";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

}  // namespace segue::postgres
