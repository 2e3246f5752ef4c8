#include "dialects/postgres/login_role.h"

#include <array>
#include <string_view>

#include "dialects/postgres/catalog.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/version_path.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// The first column is NULL where there is no such role.
constexpr const char* kRoleSql = R"sql(
SELECT r.rolname::text, r.rolsuper,
  coalesce(pg_catalog.shobj_description(r.oid, 'pg_authid'), ''),
  pg_catalog.current_database()::text
FROM (SELECT CASE WHEN $1::text = '' THEN session_user
  ELSE $1::text::name END) n(name)
LEFT JOIN pg_catalog.pg_roles r ON r.rolname = n.name)sql";

constexpr const char* kMembershipsSql = R"sql(
SELECT b.rolname::text
FROM pg_catalog.pg_auth_members m
JOIN pg_catalog.pg_roles r ON r.oid = m.member AND r.rolname = $1::text::name
JOIN pg_catalog.pg_roles b ON b.oid = m.roleid
WHERE b.rolname <> $2::text::name ORDER BY 1)sql";

// A setting of the role in this database outranks one of the role alone.
constexpr const char* kSettingsSql = R"sql(
SELECT DISTINCT ON (1) pg_catalog.split_part(c.setting, '=', 1),
  pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1)
FROM pg_catalog.pg_db_role_setting s
JOIN pg_catalog.pg_roles r ON r.oid = s.setrole AND r.rolname = $1::text::name,
  pg_catalog.unnest(s.setconfig) c(setting)
WHERE s.setdatabase IN (0::pg_catalog.oid, (SELECT d.oid FROM pg_catalog.pg_database d
  WHERE d.datname = pg_catalog.current_database()))
ORDER BY 1, s.setdatabase DESC)sql";

constexpr const char* kLoginRolesSql = R"sql(
SELECT r.rolname::text, pg_catalog.substr(c.setting,
  pg_catalog.length('search_path=') + 1)
FROM pg_catalog.pg_roles r
JOIN pg_catalog.pg_db_role_setting s ON s.setrole = r.oid
  AND s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database()),
  pg_catalog.unnest(s.setconfig) c(setting)
WHERE pg_catalog.starts_with(c.setting, 'search_path=')
  AND pg_catalog.shobj_description(r.oid, 'pg_authid') = $1::text
ORDER BY 1)sql";

struct FoundRole {
  std::string name;  // empty: there is none
  bool superuser = false;
  std::string comment;
  std::string database;  // the one we are in
};

FoundRole Find(db::Connection& connection, const std::string& name) {
  const db::Result found = connection.Execute(kRoleSql, {name});
  RowReader row(found.rows.at(0));
  FoundRole role;
  role.name = row.Text();
  role.superuser = row.Boolean();
  role.comment = row.Text();
  role.database = row.Text();
  return role;
}

// A role belongs to the whole server, so that its comment says of which
// database and schema it is.
std::string CommentFor(const std::string& schema, const std::string& database) {
  return "segue: sees a version of schema " + schema + " of database " +
         database;
}

// The values of these are lists of names, which pg_db_role_setting has quoted
// already.
bool IsList(std::string_view setting) {
  constexpr std::array<std::string_view, 4> kLists = {
      "local_preload_libraries", "search_path", "session_preload_libraries",
      "temp_tablespaces"};
  for (const std::string_view list : kLists) {
    if (setting == list) return true;
  }
  return false;
}

FoundRole RequireBase(db::Connection& connection, const std::string& name) {
  FoundRole base = Find(connection, name);
  if (base.name.empty()) {
    throw Error(ErrorKind::kNotFound, "there is no role '" + name + "'");
  }
  if (base.superuser) {
    throw Error(ErrorKind::kRefused,
                "role '" + base.name +
                    "' is a superuser, and an application of a version needs "
                    "less")
        .WithHint("--base-role names the role that the application has now");
  }
  return base;
}

void RequireOurs(const FoundRole& found, const std::string& comment) {
  if (found.name.empty() || found.comment == comment) return;
  throw Error(ErrorKind::kRefused,
              "role '" + found.name +
                  "' is there already, and was not made for this schema")
      .WithHint("take another name for the role of the version");
}

}  // namespace

// Whoever is set as `role` when the session begins is current_user in it, as in
// sessions of the base role: policies, defaults and new tables see no
// difference.
std::vector<std::string> LoginRoleSql(db::Connection& connection,
                                      const db::LoginRole& role) {
  const FoundRole base = RequireBase(connection, role.base);
  const FoundRole found = Find(connection, role.name);
  const std::string comment = CommentFor(role.schema_name, base.database);
  RequireOurs(found, comment);
  const std::string name = Ident(role.name);
  const std::string alter =
      "ALTER ROLE " + name + " IN DATABASE " + Ident(base.database);
  std::vector<std::string> sql;
  if (found.name.empty()) {
    sql.push_back("CREATE ROLE " + name + " LOGIN");
    sql.push_back("COMMENT ON ROLE " + name + " IS " + Literal(comment));
  } else {
    for (const db::Row& row :
         connection.Execute(kMembershipsSql, {role.name, base.name}).rows) {
      sql.push_back("REVOKE " + Ident(db::ToText(row[0])) + " FROM " + name);
    }
    sql.push_back(alter + " RESET ALL");
  }
  sql.push_back("GRANT " + Ident(base.name) + " TO " + name);
  for (const db::Row& row :
       connection.Execute(kSettingsSql, {base.name}).rows) {
    const std::string setting = db::ToText(row[0]);
    const std::string value = db::ToText(row[1]);
    if (setting == "search_path" || setting == "role") continue;
    sql.push_back(alter + " SET " + Ident(setting) + " TO " +
                  (IsList(setting) ? value : Literal(value)));
  }
  sql.push_back(alter + " SET role TO " + Literal(base.name));
  sql.push_back(alter + " SET search_path TO " +
                Idents(PathTo(role.version_schema, role.schema_name,
                              OwnPath(connection, base.name))));
  return sql;
}

std::vector<db::LoginRole> LoginRoles(db::Connection& connection,
                                      const std::string& schema_name) {
  const std::string database =
      db::ToText(connection.Execute("SELECT pg_catalog.current_database()")
                     .rows.at(0)
                     .at(0));
  std::vector<db::LoginRole> roles;
  for (const db::Row& row :
       connection.Execute(kLoginRolesSql, {CommentFor(schema_name, database)})
           .rows) {
    const std::vector<std::string> path = SplitPath(db::ToText(row[1]));
    db::LoginRole role;
    role.name = db::ToText(row[0]);
    role.schema_name = schema_name;
    if (!path.empty()) role.version_schema = path.front();
    roles.push_back(std::move(role));
  }
  return roles;
}

}  // namespace segue::postgres
