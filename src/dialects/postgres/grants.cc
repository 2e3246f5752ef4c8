#include "dialects/postgres/grants.h"

#include <vector>

#include "base/text.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/use_counts.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

// A privilege has level 1, and level 2 with its grant option. `want` has the
// privileges that there should be, and `has` those that there are, each of an
// object as GRANT names it, with the name of a column or ''.
constexpr const char* kDifference = R"sql(,
differs AS (
  SELECT object, part, role, privilege, coalesce(w.level, 0) AS want,
    coalesce(h.level, 0) AS has,
    CASE WHEN role = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(
      pg_catalog.pg_get_userbyid(role)::text) END AS who,
    privilege || CASE part WHEN '' THEN '' ELSE
      pg_catalog.format(' (%I)', part) END AS named
  FROM (SELECT object, part, role, privilege, max(level) AS level FROM want
    GROUP BY 1, 2, 3, 4) w
  FULL JOIN (SELECT object, part, role, privilege, max(level) AS level FROM has
    GROUP BY 1, 2, 3, 4) h USING (object, part, role, privilege))
SELECT pg_catalog.format('%s %s %s%s on %s%s', CASE WHEN d.who = 'PUBLIC'
    THEN d.who ELSE 'role ' || d.who END,
    CASE WHEN d.want > d.has THEN 'lacks' ELSE 'has' END, d.named,
    CASE WHEN greatest(d.want, d.has) = 2 THEN ' with grant option' ELSE '' END,
    d.object, @WHY@),
  CASE WHEN d.want > d.has THEN pg_catalog.format('GRANT %s ON %s TO %s%s',
      d.named, d.object, d.who, CASE d.want WHEN 2 THEN ' WITH GRANT OPTION'
      ELSE '' END)
    WHEN @TAKEN@ THEN pg_catalog.format('REVOKE %s%s ON %s FROM %s CASCADE',
      CASE d.want WHEN 1 THEN 'GRANT OPTION FOR ' ELSE '' END, d.named,
      d.object, d.who) END
FROM differs d WHERE d.want <> d.has)sql";

struct Difference {
  std::string why;    // an expression; the end of the sentence
  std::string taken;  // a condition: what exceeds is taken away
};

std::string DifferenceSql(const Difference& difference) {
  return Filled(Filled(kDifference, "@TAKEN@", difference.taken), "@WHY@",
                difference.why);
}

// A row of aclexplode as a privilege. A privilege to use a schema is handed on
// without its grant option.
constexpr const char* kLevel = "1 + e.is_grantable::int4";

// The rows of pg_attribute of both columns. The owner of the table has every
// privilege in any case.
std::string ColumnPrivileges(const std::string& name,
                             const schema::TableName& table,
                             const std::string& column,
                             const std::string& shown) {
  return name + "(object, part, role, privilege, level) AS (SELECT " +
         Literal(Name(table)) + ", " + Literal(shown) +
         ", e.grantee, e.privilege_type, " + kLevel +
         " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON "
         "a.attrelid = c.oid AND a.attname = " +
         Literal(column) +
         " AND NOT a.attisdropped, pg_catalog.aclexplode(a.attacl) e WHERE "
         "c.oid = pg_catalog.to_regclass(" +
         Literal(Name(table)) + ")::oid AND e.grantee <> c.relowner)";
}

// A privilege of another role than the owner can be given to the new column by
// that role only. Says so of a column of segue's own, which takes the place of
// the old one.
std::string GrantsOfOthersSql(const plan::ColumnMotion& motion) {
  const std::string table = Name(motion.table);
  return " UNION ALL SELECT pg_catalog.format('role %I has given %s (%I) on %s "
         "to %s, and only the owner of the table gives it to the column that "
         "takes its place: give it as the owner, and REVOKE it as %I', "
         "pg_catalog.pg_get_userbyid(e.grantor), e.privilege_type, "
         "a.attname, " +
         Literal(table) +
         ", CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE "
         "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)::text) "
         "END, pg_catalog.pg_get_userbyid(e.grantor)), NULL::text FROM "
         "pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = "
         "c.oid AND a.attname = " +
         Literal(motion.old_column->physical()) +
         " AND NOT a.attisdropped, pg_catalog.aclexplode(a.attacl) e WHERE "
         "c.oid = pg_catalog.to_regclass(" +
         Literal(table) + ")::oid AND e.grantor <> c.relowner";
}

// The new column follows the old one. A column of segue's own has nothing of
// its own. On a column that applications see, somebody may have given a
// privilege for the new version alone, and only people know which column is
// right.
std::string ColumnGrantsSql(const plan::ColumnMotion& motion) {
  if (!motion.shares_privileges) return "";
  const std::string& old = motion.old_column->physical();
  const std::string& fresh = motion.new_column->physical();
  Difference difference;
  difference.why = "CASE WHEN d.want > d.has THEN " +
                   Literal(", which column " + Ident(old) + " gives") +
                   " ELSE " +
                   Literal(" and not on column " + Ident(old) +
                           ": give it there too, or take it away") +
                   " END";
  const bool ours = fresh.starts_with(plan::kOurs);
  difference.taken = ours ? "true" : "false";
  return "WITH " + ColumnPrivileges("want", motion.table, old, fresh) + ", " +
         ColumnPrivileges("has", motion.table, fresh, fresh) +
         DifferenceSql(difference) + (ours ? GrantsOfOthersSql(motion) : "");
}

// A stored view has, for each of its columns, the table and the column that it
// shows. What stands in a name has its spaces escaped, and is passed over where
// it looks like a number all the same. A regular expression would take a
// hundred times as long.
constexpr const char* kShows = R"sql(
parts AS (
  SELECT v.id, pg_catalog.split_part(m.part, ' ', 1) AS num,
    pg_catalog.split_part(pg_catalog.split_part(m.part, ' :resorigtbl ', 2),
      ' ', 1) AS base,
    pg_catalog.split_part(pg_catalog.split_part(m.part, ' :resorigcol ', 2),
      ' ', 1) AS base_num
  FROM views v, pg_catalog.unnest(pg_catalog.string_to_array(v.stored,
    ' :resno ')) m(part)),
shows AS (
  SELECT p.id, p.num::int4 AS num, p.base::oid AS base,
    p.base_num::int4 AS base_num
  FROM parts p WHERE p.num ~ '^[0-9]{1,4}$' AND p.base ~ '^[1-9][0-9]{0,9}$'
    AND p.base_num ~ '^[0-9]{1,4}$'),
bases AS (
  SELECT v.id, v.object, v.owner, v.acl, b.oid AS base, b.relowner AS base_owner,
    b.relacl AS base_acl
  FROM views v JOIN (SELECT s.id, max(s.base) AS base FROM shows s
    GROUP BY s.id HAVING min(s.base) = max(s.base)) o ON o.id = v.id
  JOIN pg_catalog.pg_class b ON b.oid = o.base AND b.relkind IN ('r', 'p')))sql";

// The views as they are published: the owner of the table has every privilege,
// and the others have those of the table and of its columns.
constexpr const char* kViewPrivileges = R"sql(
  SELECT b.object, '', e.grantee, e.privilege_type, 1 + e.is_grantable::int4
  FROM bases b, pg_catalog.aclexplode(b.base_acl) e
  WHERE e.grantee NOT IN (b.base_owner, b.owner)
  UNION ALL
  SELECT b.object, '', e.grantee, e.privilege_type, 1
  FROM bases b, pg_catalog.aclexplode(pg_catalog.acldefault('r', b.base_owner))
    e
  WHERE b.base_owner <> b.owner
  UNION ALL
  SELECT b.object, n.attname::text, e.grantee, e.privilege_type,
    1 + e.is_grantable::int4
  FROM bases b JOIN shows s ON s.id = b.id
  JOIN pg_catalog.pg_attribute n ON n.attrelid = b.id
    AND n.attnum::int4 = s.num
  JOIN pg_catalog.pg_attribute a ON a.attrelid = b.base
    AND a.attnum::int4 = s.base_num, pg_catalog.aclexplode(a.attacl) e
  WHERE e.grantee NOT IN (b.base_owner, b.owner))sql";

constexpr const char* kViewHas = R"sql(
  SELECT b.object, '', e.grantee, e.privilege_type,
    CASE e.grantee WHEN b.base_owner THEN 1 ELSE 1 + e.is_grantable::int4 END
  FROM bases b, pg_catalog.aclexplode(b.acl) e WHERE e.grantee <> b.owner
  UNION ALL
  SELECT b.object, n.attname::text, e.grantee, e.privilege_type,
    1 + e.is_grantable::int4
  FROM bases b JOIN pg_catalog.pg_attribute n ON n.attrelid = b.id
    AND NOT n.attisdropped, pg_catalog.aclexplode(n.attacl) e
  WHERE e.grantee NOT IN (b.base_owner, b.owner))sql";

// The defaults of the views' columns that are not those of the columns that
// they show. A column that has none may have got one of its domain's, and a
// view says NULL where it must not have that of its table.
constexpr const char* kDefaults = R"sql(
SELECT pg_catalog.format('column %I of %s has the default %s, and that of its '
    'table is %s', d.name, d.object, coalesce(d.has, 'none'),
    coalesce(d.want, 'none')),
  pg_catalog.format('ALTER VIEW %s ALTER COLUMN %I %s', d.object, d.name,
    coalesce('SET DEFAULT ' || d.want, 'DROP DEFAULT'))
FROM (
  SELECT b.object, n.attname::text AS name, a.attname::text AS base_name,
    CASE WHEN e.text NOT LIKE 'NULL::%' AND e.text <> 'NULL' THEN e.text END
      AS has,
    pg_catalog.pg_get_expr(w.adbin, w.adrelid) AS want
  FROM bases b JOIN shows s ON s.id = b.id
  JOIN pg_catalog.pg_attribute n ON n.attrelid = b.id
    AND n.attnum::int4 = s.num
  JOIN pg_catalog.pg_attribute a ON a.attrelid = b.base
    AND a.attnum::int4 = s.base_num AND a.attgenerated = ''
    AND a.attidentity = ''
  JOIN pg_catalog.pg_type y ON y.oid = a.atttypid AND y.typtype <> 'd'
  LEFT JOIN pg_catalog.pg_attrdef h ON h.adrelid = b.id AND h.adnum = n.attnum
  LEFT JOIN pg_catalog.pg_attrdef w ON w.adrelid = b.base
    AND w.adnum = a.attnum
  CROSS JOIN LATERAL pg_catalog.pg_get_expr(h.adbin, h.adrelid) e(text)) d
WHERE d.has IS DISTINCT FROM d.want AND )sql";

std::string ViewsSql(const std::string& condition) {
  return "WITH views AS (SELECT c.oid AS id, pg_catalog.format('%I.%I', "
         "n.nspname, c.relname) AS object, c.relowner AS owner, c.relacl AS "
         "acl, w.ev_action::text AS stored FROM pg_catalog.pg_class c JOIN "
         "pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN "
         "pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND w.rulename = "
         "'_RETURN' WHERE c.relkind = 'v' AND " +
         condition + "),";
}

// Every role that may use the base schema, and every owner of a table, may use
// the schema of the version.
std::string SpacesSql(const std::string& schema, const std::string& version) {
  return ", space AS (SELECT n.oid AS id, n.nspowner, n.nspacl, "
         "pg_catalog.format('SCHEMA %I', n.nspname) AS object FROM "
         "pg_catalog.pg_namespace n WHERE n.nspname = " +
         Literal(version) +
         " AND EXISTS (SELECT FROM bases)), base AS (SELECT n.oid AS id, "
         "n.nspacl, n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname "
         "= " +
         Literal(schema) + ")";
}

constexpr const char* kSpacePrivileges = R"sql(
  UNION ALL
  SELECT s.object, '', u.role, 'USAGE', 1 FROM space s CROSS JOIN (
    SELECT e.grantee FROM base b, pg_catalog.aclexplode(coalesce(b.nspacl,
      pg_catalog.acldefault('n', b.nspowner))) e
    WHERE e.privilege_type = 'USAGE'
    UNION
    SELECT c.relowner FROM base b JOIN pg_catalog.pg_class c
      ON c.relnamespace = b.id AND c.relkind IN ('r', 'p')) u(role)
  WHERE u.role <> s.nspowner)sql";

constexpr const char* kSpaceHas = R"sql(
  UNION ALL
  SELECT s.object, '', e.grantee, 'USAGE', 1
  FROM space s, pg_catalog.aclexplode(s.nspacl) e
  WHERE e.privilege_type = 'USAGE' AND e.grantee <> s.nspowner)sql";

std::string Compared(const std::string& want, const std::string& has) {
  constexpr const char* kColumns =
      "(object, part, role, privilege, level) AS (";
  Difference difference;
  difference.why =
      "CASE WHEN d.want > d.has THEN ', which its table gives' ELSE ', which "
      "its table does not give' END";
  difference.taken = "true";
  return std::string(", want") + kColumns + want + "), has" + kColumns + has +
         ")" + DifferenceSql(difference);
}

}  // namespace

std::string MotionGrantsSql(const plan::ColumnMotion& motion) {
  std::vector<std::string> parts;
  for (const plan::Expression* expression : {&motion.up, &motion.down}) {
    if (expression->lacking.empty()) continue;
    parts.push_back("(SELECT o.lacks || '; ' || o.helps, NULL::text FROM (" +
                    expression->lacking + ") o(lacks, helps))");
  }
  const std::string columns = ColumnGrantsSql(motion);
  if (!columns.empty()) parts.push_back("(" + columns + ")");
  return base::Join(parts, " UNION ALL ");
}

std::string VersionGrantsSql(const std::string& schema,
                             const std::string& version) {
  return ViewsSql("n.nspname = " + Literal(version)) + kShows +
         SpacesSql(schema, version) +
         Compared(std::string(kViewPrivileges) + kSpacePrivileges,
                  std::string(kViewHas) + kSpaceHas) +
         " UNION ALL " + kDefaults +
         "NOT EXISTS (SELECT FROM segue.migration m WHERE m.schema_name = " +
         Literal(schema) + " AND m.phase NOT IN ('COMPLETE', 'ROLLED_BACK'))";
}

std::string ViewsAgainSql(const std::string& version,
                          const std::vector<schema::TableName>& tables,
                          const std::string& options) {
  if (tables.empty()) return "";
  std::vector<std::string> names;
  for (const schema::TableName& table : tables) {
    names.push_back("(" + Literal(Name(table)) + ")");
  }
  return "SELECT pg_catalog.format('view %L of version %L is gone, and its "
         "table is there', c.relname, v.nspname), pg_catalog.format('CREATE "
         "VIEW %I.%I%s AS SELECT %s FROM %I.%I AS t%s', v.nspname, "
         "c.relname, " +
         Literal(options) +
         ", pg_catalog.string_agg(pg_catalog.format('t.%I', a.attname), ', ' "
         "ORDER BY a.attnum), n.nspname, c.relname, " +
         SeenConditionIfThere("v.nspname") + ") FROM (VALUES " +
         base::Join(names, ", ") +
         ") w(name) JOIN pg_catalog.pg_class c ON c.oid = "
         "pg_catalog.to_regclass(w.name)::oid JOIN pg_catalog.pg_namespace n "
         "ON n.oid = c.relnamespace JOIN pg_catalog.pg_namespace v ON "
         "v.nspname "
         "= " +
         Literal(version) +
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > "
         "0 AND NOT a.attisdropped WHERE NOT EXISTS (SELECT FROM "
         "pg_catalog.pg_class o WHERE o.relnamespace = v.oid AND o.relname = "
         "c.relname) GROUP BY c.relname, n.nspname, v.nspname";
}

std::string ViewDefaultsSql(const std::string& version,
                            const std::vector<FollowedDefault>& followed) {
  if (followed.empty()) return "";
  std::vector<std::string> names;
  for (const FollowedDefault& one : followed) {
    names.push_back("(pg_catalog.format('%I.%I', " + Literal(version) + ", " +
                    Literal(one.view) + "), " + Literal(one.column) + ", " +
                    Literal(one.shows) + ")");
  }
  return ViewsSql("n.nspname = " + Literal(version)) + kShows + kDefaults +
         "(d.object, d.name, d.base_name) IN (SELECT v.view, v.name, v.base "
         "FROM (VALUES " +
         base::Join(names, ", ") + ") v(view, name, base))";
}

std::string ViewGrantsSql(const schema::TableName& view) {
  return ViewsSql("c.oid = pg_catalog.to_regclass(" + Literal(Name(view)) +
                  ")::oid") +
         kShows + Compared(kViewPrivileges, kViewHas);
}

}  // namespace segue::postgres
