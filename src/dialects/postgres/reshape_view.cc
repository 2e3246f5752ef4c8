// Gives the view of a published version another shape. A view takes further
// columns at its end where it is; otherwise it is made again, and gets back
// what it has then, which others may have given to it.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/postgres/holders.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/use_counts.h"
#include "dialects/postgres/view_text.h"

namespace segue::postgres {
namespace {

using schema::Column;
using Columns = std::vector<Column>;

// The statements that give the view back what it has, in their order. The names
// are read with no search path, so that each has its schema. @KEPT@ has the
// columns that stay, and @OWN@ those of them whose default stays.
constexpr const char* kHas = R"sql(
  WITH m AS (SELECT c.* FROM pg_class c WHERE c.oid = relation),
  grants AS (
    SELECT u.item, u.place, 0 AS num, '' AS of
    FROM m, pg_catalog.unnest(m.relacl) WITH ORDINALITY u(item, place)
    UNION ALL
    SELECT u.item, u.place, a.attnum::int4, pg_catalog.format(' (%I)', a.attname)
    FROM m JOIN pg_attribute a ON a.attrelid = m.oid
      AND a.attname = ANY (@KEPT@::name[]),
      pg_catalog.unnest(a.attacl) WITH ORDINALITY u(item, place))
  SELECT 0 AS rank, 0 AS part, 0::bigint AS place, pg_catalog.format(
      'ALTER VIEW %s OWNER TO %I', @NAME@,
      pg_catalog.pg_get_userbyid(m.relowner)) AS sql
  FROM m WHERE pg_catalog.pg_get_userbyid(m.relowner) <> current_user
  UNION ALL
  SELECT 1, 0, 0, pg_catalog.format('REVOKE ALL ON %s FROM %I', @NAME@,
    pg_catalog.pg_get_userbyid(m.relowner))
  FROM m WHERE m.relacl IS NOT NULL
  UNION ALL
  SELECT 2, g.num, g.place,
    CASE WHEN e.grantor <> m.relowner THEN pg_catalog.format(
      'SET LOCAL ROLE %I; ', pg_catalog.pg_get_userbyid(e.grantor)) ELSE '' END
    || pg_catalog.format('GRANT %s ON %s TO %s%s', e.words, @NAME@,
      CASE WHEN e.grantee = 0::oid THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)) END,
      CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    || CASE WHEN e.grantor <> m.relowner THEN pg_catalog.format(
      '; SET LOCAL ROLE %I', current_user) ELSE '' END
  FROM m, grants g
  CROSS JOIN LATERAL (SELECT x.grantor, x.grantee, x.is_grantable,
      pg_catalog.string_agg(x.privilege_type || g.of, ', ') AS words
    FROM pg_catalog.aclexplode(ARRAY[g.item]) x
    GROUP BY x.grantor, x.grantee, x.is_grantable) e
  UNION ALL
  SELECT 3, f.adnum::int4, 0, pg_catalog.format(
    'ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', @NAME@, a.attname,
    pg_catalog.pg_get_expr(f.adbin, f.adrelid))
  FROM m JOIN pg_attrdef f ON f.adrelid = m.oid
  JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum = f.adnum
    AND a.attname = ANY (@OWN@::name[])
  UNION ALL
  SELECT 4, 0, r.oid::bigint, pg_catalog.pg_get_ruledef(r.oid)
  FROM m JOIN pg_rewrite r ON r.ev_class = m.oid AND r.rulename <> '_RETURN'
  UNION ALL
  SELECT 5, 0, g.oid::bigint, pg_catalog.pg_get_triggerdef(g.oid)
  FROM m JOIN pg_trigger g ON g.tgrelid = m.oid AND NOT g.tgisinternal
  UNION ALL
  SELECT 6, d.objsubid, d.objoid::bigint, pg_catalog.format(
    'COMMENT ON %s IS %L', o.what, d.description)
  FROM (SELECT m.oid AS object, 0 AS part, 'pg_class'::regclass::oid AS class,
      pg_catalog.format('VIEW %s', @NAME@) AS what FROM m
    UNION ALL SELECT m.oid, a.attnum::int4, 'pg_class'::regclass::oid,
      pg_catalog.format('COLUMN %s.%I', @NAME@, a.attname)
    FROM m JOIN pg_attribute a ON a.attrelid = m.oid
      AND a.attname = ANY (@KEPT@::name[])
    UNION ALL SELECT r.oid, 0, 'pg_rewrite'::regclass::oid,
      pg_catalog.format('RULE %I ON %s', r.rulename, @NAME@)
    FROM m JOIN pg_rewrite r ON r.ev_class = m.oid
    UNION ALL SELECT g.oid, 0, 'pg_trigger'::regclass::oid,
      pg_catalog.format('TRIGGER %I ON %s', g.tgname, @NAME@)
    FROM m JOIN pg_trigger g ON g.tgrelid = m.oid) o
  JOIN pg_description d ON d.objoid = o.object AND d.classoid = o.class
    AND d.objsubid = o.part)sql";

// The text of a view names its one table "t" up to version 15. A name that has
// such a part in it passes for another one, and then the view is refused.
constexpr const char* kObstacles = R"sql(
WITH v AS (SELECT c.oid, c.relowner,
    pg_catalog.regexp_replace(pg_catalog.pg_get_viewdef(c.oid), '\mt\.', '',
      'g') AS text,
    ' SELECT ' || (SELECT pg_catalog.string_agg(pg_catalog.regexp_replace(
        pg_catalog.quote_ident(a.attname::text), '\mt\.', '', 'g'), E',\n    '
        ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid
        AND a.attnum > 0::int2) || E'\n   FROM ' AS head
  FROM pg_catalog.pg_class c
  WHERE c.oid = pg_catalog.to_regclass(@NAME@)::oid)
SELECT pg_catalog.format('role %I does not own view %s, which has to follow',
  current_user, @NAME@), 'use --role with the role that owns it'
FROM v WHERE NOT pg_catalog.pg_has_role(v.relowner, 'USAGE')
UNION ALL
SELECT pg_catalog.format('view %s shows something else than the columns of the '
  'table under their names, and cannot follow a change in place', @NAME@),
  'use access: versioned, or make the view again as SELECT of the columns'
FROM v WHERE NOT (pg_catalog.starts_with(v.text, v.head)
    AND pg_catalog.substr(v.text, 1 + pg_catalog.length(v.head)) ~
      ('^[^\n]+(' || @COUNTS@ || ')?;$'))
  OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND d.objid = r.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    WHERE r.ev_class = v.oid AND r.rulename = '_RETURN'
      AND d.refobjid NOT IN (v.oid,
        coalesce(pg_catalog.to_regclass(@TABLE@)::oid, 0::oid),
        coalesce(pg_catalog.to_regclass(@SEEN@)::oid, 0::oid))))sql";

// What ALTER DEFAULT PRIVILEGES gives to a new view is taken from it again.
constexpr const char* kRemake = R"sql(
DECLARE
  relation oid := pg_catalog.to_regclass(@NAME@)::oid;
  path text := pg_catalog.current_setting('search_path');
  options text;
  finish text[];
  other record;
  statement text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', '', true);
  options := (SELECT ' WITH (' || nullif(pg_catalog.array_to_string(
      c.reloptions, ', '), '') || ')' FROM pg_class c WHERE c.oid = relation);
  finish := ARRAY(SELECT f.sql FROM (@HAS@) f
    ORDER BY f.rank, f.part, f.place);
  EXECUTE pg_catalog.format('DROP VIEW %s', @NAME@);
  EXECUTE pg_catalog.format('CREATE VIEW %s%s AS %s', @NAME@, options, @QUERY@);
  FOR other IN SELECT DISTINCT e.grantee FROM pg_class c,
    pg_catalog.aclexplode(c.relacl) e
    WHERE c.oid = pg_catalog.to_regclass(@NAME@)::oid
      AND e.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s', @NAME@,
      CASE WHEN other.grantee = 0::oid THEN 'PUBLIC' ELSE
        pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(other.grantee)) END);
  END LOOP;
  FOREACH statement IN ARRAY finish LOOP
    EXECUTE statement;
  END LOOP;
  PERFORM pg_catalog.set_config('search_path', path, true);
END)sql";

// A view that takes another text loses the options that the text leaves out.
constexpr const char* kExtend = R"sql(
DECLARE
  options text;
BEGIN
  options := (SELECT ' WITH (' || nullif(pg_catalog.array_to_string(
      c.reloptions, ', '), '') || ')' FROM pg_catalog.pg_class c
    WHERE c.oid = pg_catalog.to_regclass(@NAME@)::oid);
  EXECUTE pg_catalog.format('CREATE OR REPLACE VIEW %s%s AS %s', @NAME@,
    options, @QUERY@);
END)sql";

// The condition of SeenCondition, as the server prints it.
constexpr const char* kCounts =
    "\\n  WHERE \\(?NOT \\(EXISTS \\( SELECT *\\n *FROM [^\\n]+\\)\\)\\)?";

schema::TableName ViewOf(const plan::ReshapeView& action) {
  return {action.version_schema, action.table.name};
}

std::string QueryOf(const plan::ReshapeView& action, const Columns& columns) {
  std::vector<std::string> list;
  for (const Column& column : columns) {
    std::string sql = "t." + Ident(column.physical());
    if (column.physical() != column.name) sql += " AS " + Ident(column.name);
    list.push_back(std::move(sql));
  }
  return "SELECT " + base::Join(list, ", ") + " FROM " + Name(action.table) +
         " AS t";
}

// An expression for the query with the condition by which the use of a version
// is counted, which one of an earlier segue does not have.
std::string QuerySql(const plan::ReshapeView& action, const Columns& columns) {
  return "(" + Literal(QueryOf(action, columns)) + " || " +
         SeenConditionIfThere(Literal(action.version_schema)) + ")";
}

const Column* Named(const Columns& columns, const std::string& name) {
  return schema::FindColumn(columns, name);
}

// True when the view keeps its columns and only gets others at its end.
bool Extends(const Columns& before, const Columns& after) {
  return before.size() <= after.size() &&
         std::equal(before.begin(), before.end(), after.begin(),
                    [](const Column& one, const Column& other) {
                      return one.name == other.name &&
                             one.physical() == other.physical() &&
                             one.type == other.type;
                    });
}

std::string Names(const std::vector<std::string>& names) {
  return "ARRAY[" + Literals(names) + "]";
}

std::string Block(const plan::ReshapeView& action, const Columns& from,
                  const Columns& to) {
  std::vector<std::string> kept;
  std::vector<std::string> own;
  for (const Column& column : to) {
    const Column* was = Named(from, column.name);
    if (was == nullptr) continue;
    kept.push_back(column.name);
    if (was->default_sql == column.default_sql) own.push_back(column.name);
  }
  const std::string text =
      Extends(from, to) ? kExtend : FilledAll(kRemake, {{"@HAS@", kHas}});
  return "DO " + DollarQuoted(FilledAll(
                     text, {{"@KEPT@", Names(kept)},
                            {"@OWN@", Names(own)},
                            {"@QUERY@", QuerySql(action, to)},
                            {"@NAME@", Literal(Name(ViewOf(action)))}}));
}

plan::VersionView AsView(const plan::ReshapeView& action,
                         const Columns& columns) {
  plan::VersionView view;
  view.source = plan::Projection{action.table};
  view.name = action.table.name;
  view.columns = columns;
  for (const Column& column : columns) {
    if (column.default_sql) view.view_defaults.push_back(column.name);
  }
  return view;
}

// Gives the columns that are new their privileges, comments and defaults, and
// the others the defaults that change.
void AddDetails(const plan::ReshapeView& action, const Columns& from,
                const Columns& to, std::vector<std::string>& sql) {
  const std::string view = Name(ViewOf(action));
  Columns added;
  for (const Column& column : to) {
    const Column* was = Named(from, column.name);
    const bool has_default = was != nullptr && was->default_sql;
    const std::string alter =
        "ALTER VIEW " + view + " ALTER COLUMN " + Ident(column.name);
    if (was == nullptr) {
      added.push_back(column);
      if (!column.comment.empty()) {
        sql.push_back("COMMENT ON COLUMN " + view + "." + Ident(column.name) +
                      " IS " + Literal(column.comment));
      }
    }
    if (was != nullptr && was->default_sql == column.default_sql) continue;
    if (column.default_sql) {
      sql.push_back(alter + " SET DEFAULT " + DefaultSql(column));
    } else if (has_default) {
      sql.push_back(alter + " DROP DEFAULT");
    }
  }
  std::string grants = ColumnGrants(ViewOf(action), AsView(action, added));
  if (!grants.empty()) sql.push_back(std::move(grants));
}

std::vector<Statement> Reshaped(const plan::ReshapeView& action,
                                const Columns& from, const Columns& to,
                                const RenderContext& context) {
  std::vector<std::string> sql;
  if (from.empty()) {
    sql = CreateSeenTable(action.version_schema);
    AddView(ViewOf(action), AsView(action, to), context, sql,
            action.version_schema);
  } else if (to.empty()) {
    sql.push_back("DROP VIEW " + Name(ViewOf(action)));
  } else {
    const bool same = Extends(from, to) && from.size() == to.size();
    if (!same) sql.push_back(Block(action, from, to));
    AddDetails(action, from, to, sql);
  }
  return Statements(std::move(sql));
}

std::string Description(const plan::ReshapeView& action) {
  const std::string where = "view '" + action.table.name + "' of version '" +
                            action.version_schema + "'";
  if (action.before.empty()) return "Make " + where;
  if (!Extends(action.before, action.after)) {
    return "Give " + where + " the new shape";
  }
  std::vector<std::string> added;
  for (std::size_t at = action.before.size(); at < action.after.size(); ++at) {
    added.push_back("'" + action.after[at].name + "'");
  }
  return added.empty() ? "Set the defaults of " + where
                       : "Show " + base::Join(added, ", ") + " in " + where;
}

std::string ShowsSql(const plan::ReshapeView& action) {
  std::vector<std::string> names;
  for (const Column& column : action.after) names.push_back(column.name);
  return "SELECT coalesce((SELECT pg_catalog.array_agg(a.attname::text ORDER "
         "BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
         "pg_catalog.to_regclass(" +
         Literal(Name(ViewOf(action))) +
         ")::oid AND a.attnum > 0) = " + Names(names) + "::text[], false)";
}

// What others make on a view that is made again would keep it from that.
std::string InventorySql(const plan::ReshapeView& action) {
  if (action.before.empty() || Extends(action.before, action.after)) {
    return "SELECT NULL::text, NULL::text, NULL::text WHERE false";
  }
  return "SELECT h.what, NULL::text, 'view of a version' FROM (" +
         RelationHolders(ViewOf(action), "view") + ") h (what, number)";
}

}  // namespace

std::string ReshapeObstaclesSql(const plan::ReshapeView& action) {
  return FilledAll(
      kObstacles,
      {{"@NAME@", Literal(Name(ViewOf(action)))},
       {"@TABLE@", Literal(Name(action.table))},
       {"@COUNTS@", Literal(kCounts)},
       {"@SEEN@", Literal(Name({action.version_schema, kSeenTable}))}});
}

PlannedAction RenderOne(const plan::ReshapeView& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = Description(action);
  planned.forward = Reshaped(action, action.before, action.after, context);
  planned.undo = Reshaped(action, action.after, action.before, context);
  planned.probe = ShowsSql(action);
  planned.missing = MissingViews(action.version_schema, {action.table.name});
  planned.holders = RelationHolders(ViewOf(action), "view");
  planned.lock = Lock(kAccessExclusive, ViewOf(action), context);
  if (action.before.empty()) return planned;
  // Whoever uses a view locks it first and its table then.
  planned.inventory = InventorySql(action);
  planned.inventory_lock =
      "LOCK TABLE " + Name(ViewOf(action)) + " IN ACCESS EXCLUSIVE MODE";
  return planned;
}

}  // namespace segue::postgres
