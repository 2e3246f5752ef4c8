#include "dialects/postgres/version_path.h"

#include <algorithm>
#include <cctype>

#include "dialects/postgres/catalog.h"

namespace segue::postgres {
namespace {

// The reset value of a session is the one it began with, whoever has changed
// the setting since. For another role it is only of use where the role that is
// logged in has no value of its own. The first line gives what the roles and
// the database say, which the server takes in this order.
constexpr const char* kOwnPathSql = R"sql(
WITH said(role, base, path) AS (
  SELECT s.setrole, s.setdatabase,
    pg_catalog.substr(c.setting, pg_catalog.length('search_path=') + 1)
  FROM pg_catalog.pg_db_role_setting s,
    pg_catalog.unnest(s.setconfig) c(setting)
  WHERE pg_catalog.starts_with(c.setting, 'search_path=')
    AND s.setdatabase IN (0::pg_catalog.oid, (SELECT d.oid FROM pg_catalog.pg_database d
      WHERE d.datname = pg_catalog.current_database()))),
login(id, name) AS (
  SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r
  WHERE r.rolname = CASE WHEN $1::text = '' THEN session_user
    ELSE $1::text::name END),
setting(now, boot) AS (
  SELECT s.reset_val, s.boot_val FROM pg_catalog.pg_settings s
  WHERE s.name = 'search_path')
SELECT CASE
    WHEN $1::text = '' THEN (SELECT now FROM setting)
    ELSE coalesce(
      (SELECT path FROM said WHERE role = login.id AND base <> 0::pg_catalog.oid),
      (SELECT path FROM said WHERE role = login.id AND base = 0::pg_catalog.oid),
      (SELECT path FROM said WHERE role = 0::pg_catalog.oid AND base <> 0::pg_catalog.oid),
      (SELECT now FROM setting WHERE NOT EXISTS (
        SELECT FROM said JOIN pg_catalog.pg_roles r ON r.oid = said.role
        WHERE r.rolname = session_user)),
      (SELECT boot FROM setting)) END,
  EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = login.name)
FROM login)sql";

class PathReader {
 public:
  explicit PathReader(const std::string& path) : path_(path) {}

  bool Next(std::string& name) {
    Skip();
    if (at_ >= path_.size()) return false;
    name = path_[at_] == '"' ? Quoted() : Plain();
    return true;
  }

 private:
  void Skip() {
    while (at_ < path_.size() &&
           (path_[at_] == ',' || std::isspace(Letter()) != 0)) {
      ++at_;
    }
  }
  unsigned char Letter() const {
    return static_cast<unsigned char>(path_[at_]);
  }
  // A quote within the name is doubled.
  std::string Quoted() {
    std::string name;
    for (++at_; at_ < path_.size(); ++at_) {
      if (path_[at_] == '"' && path_[++at_] != '"') break;
      name += path_[at_];
    }
    return name;
  }
  std::string Plain() {
    std::string name;
    for (; at_ < path_.size() && path_[at_] != ','; ++at_) {
      if (std::isspace(Letter()) != 0) break;
      name += static_cast<char>(std::tolower(Letter()));
    }
    return name;
  }

  const std::string& path_;
  std::size_t at_ = 0;
};

constexpr const char* kUser = "$user";

}  // namespace

std::vector<std::string> SplitPath(const std::string& path) {
  std::vector<std::string> names;
  PathReader reader(path);
  std::string name;
  while (reader.Next(name)) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> OwnPath(db::Connection& connection,
                                 const std::string& role) {
  const db::Result found = connection.Execute(kOwnPathSql, {role});
  if (found.rows.empty()) return {};
  RowReader row(found.rows[0]);
  std::vector<std::string> path = SplitPath(row.Text());
  if (!row.Boolean()) std::erase(path, kUser);
  return path;
}

std::vector<std::string> PathTo(const std::string& version_schema,
                                const std::string& schema_name,
                                std::vector<std::string> own) {
  if (version_schema.empty()) {
    if (!own.empty() && own.front() == schema_name) return {};
    std::erase(own, schema_name);
    own.insert(own.begin(), schema_name);
    return own;
  }
  if (std::find(own.begin(), own.end(), schema_name) == own.end()) {
    own.insert(own.begin(), schema_name);
  }
  std::erase(own, version_schema);
  own.insert(own.begin(), version_schema);
  return own;
}

}  // namespace segue::postgres
