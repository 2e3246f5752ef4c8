// Renders published versions: a schema with a view for each table.
#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "dialects/postgres/grants.h"
#include "dialects/postgres/holders.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/part_view.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/required_columns.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/use_counts.h"
#include "dialects/postgres/version_refusal.h"
#include "dialects/postgres/version_seal.h"
#include "dialects/postgres/view_text.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// Views that check the privileges and row security of their reader exist since
// version 15.
constexpr int kHasSecurityInvoker = 15;

constexpr const char* kRow = "t";
constexpr const char* kRight = "r";

// Returns the alias of the table in which a column of the view lives.
std::string RowOf(const plan::VersionView& view, const schema::Column& column) {
  const auto* join = std::get_if<plan::Join>(&view.source);
  if (join == nullptr) return kRow;
  const auto& right = join->from_right;
  const bool there =
      std::find(right.begin(), right.end(), column.name) != right.end();
  return there ? kRight : kRow;
}

bool IsPart(const plan::VersionView& view) {
  return std::holds_alternative<plan::Part>(view.source);
}

std::string SelectList(const plan::VersionView& view,
                       const std::string& version) {
  std::vector<std::string> columns;
  for (const schema::Column& column : view.columns) {
    std::string sql = RowOf(view, column) + "." + Ident(column.physical());
    if (IsPart(view)) sql = PartKey(version, view, column, sql);
    if (column.physical() != column.name) sql += " AS " + Ident(column.name);
    columns.push_back(std::move(sql));
  }
  return base::Join(columns, ", ");
}

std::string From(const schema::TableName& table, const char* alias) {
  return " FROM " + Name(table) + " AS " + alias;
}

// The server accepts writes of a view of one table, and refuses those of others
// with a message of its own. `where` is empty or begins with a space.
std::string Query(const plan::Projection& source, const std::string& list,
                  const std::string& where) {
  const std::string query = "SELECT " + list + From(source.base, kRow) + where;
  if (source.where.empty()) return query;
  return query + (where.empty() ? " WHERE (" : " AND (") + source.where + ")";
}

std::string Query(const plan::Part& source, const std::string& list,
                  const std::string& where) {
  return Query(plan::Projection{source.base}, list, where);
}

std::string Query(const plan::Join& source, const std::string& list,
                  const std::string& where) {
  std::vector<std::string> same;
  for (const plan::Join::Pair& pair : source.on) {
    same.push_back(std::string(kRow) + "." + Ident(pair.left) + " = " + kRight +
                   "." + Ident(pair.right));
  }
  return "SELECT " + list + From(source.left, kRow) + " LEFT JOIN " +
         Name(source.right) + " AS " + kRight + " ON " +
         base::Join(same, " AND ") + where;
}

std::string Query(const plan::Union& source, const std::string& list,
                  const std::string& where) {
  std::vector<std::string> parts;
  for (const schema::TableName& part : source.parts) {
    parts.push_back("SELECT " + list + From(part, kRow) + where);
  }
  return base::Join(parts, " UNION ALL ");
}

// An INSERT looks at the condition of a view only where the view checks what is
// written through it.
enum class Counts { kNothing, kReads, kReadsAndWrites };

std::string ViewOptions(const RenderContext& context, Counts counts) {
  std::vector<std::string> options;
  if (MajorVersion(context.schema.server_version) >= kHasSecurityInvoker) {
    options.emplace_back("security_invoker = true");
  }
  if (counts == Counts::kReadsAndWrites) {
    options.emplace_back("check_option = local");
  }
  return options.empty() ? "" : " WITH (" + base::Join(options, ", ") + ")";
}

Counts CountsOf(const plan::VersionView& view, const std::string& version) {
  if (version.empty()) return Counts::kNothing;
  return view.projects() ? Counts::kReadsAndWrites : Counts::kReads;
}

// `version` is the schema whose use is counted; empty for a view that belongs
// to no version.
std::string CreateView(const schema::TableName& name,
                       const plan::VersionView& view,
                       const RenderContext& context, const char* create,
                       const std::string& version) {
  const std::string list = SelectList(view, version);
  const std::string where =
      version.empty() ? "" : " WHERE " + SeenCondition(version);
  return create + Name(name) + ViewOptions(context, CountsOf(view, version)) +
         " AS " +
         std::visit(
             [&](const auto& source) { return Query(source, list, where); },
             view.source);
}

}  // namespace

std::string ReplaceViewSql(const schema::TableName& name,
                           const plan::VersionView& view,
                           const RenderContext& context,
                           const std::string& version) {
  return CreateView(name, view, context, "CREATE OR REPLACE VIEW ", version);
}

std::string DefaultSql(const schema::Column& column) {
  if (base::ToLower(*column.default_sql) != "null") return *column.default_sql;
  return "CASE WHEN true THEN NULL::" + column.type + " END";
}

namespace {

bool Requires(const plan::VersionView& view) { return !view.required.empty(); }

// The default of the view is evaluated only where an INSERT leaves the column
// out or says DEFAULT.
void AddRequired(const schema::TableName& name, const plan::VersionView& view,
                 std::vector<std::string>& sql) {
  for (const schema::Column& column : view.columns) {
    for (const std::string& required : view.required) {
      if (required != column.name) continue;
      sql.push_back("ALTER VIEW " + Name(name) + " ALTER COLUMN " +
                    Ident(column.name) + " SET DEFAULT " +
                    LeftOutCall(view.name, column.name) + "::" + column.type);
    }
  }
}

void AddColumnDetails(const schema::TableName& name,
                      const plan::VersionView& view,
                      std::vector<std::string>& sql) {
  for (const schema::Column& column : view.columns) {
    for (const std::string& with_default : view.view_defaults) {
      if (with_default != column.name || !column.default_sql) continue;
      sql.push_back("ALTER VIEW " + Name(name) + " ALTER COLUMN " +
                    Ident(column.name) + " SET DEFAULT " + DefaultSql(column));
    }
    if (column.comment.empty()) continue;
    sql.push_back("COMMENT ON COLUMN " + Name(name) + "." + Ident(column.name) +
                  " IS " + Literal(column.comment));
  }
}

// Turns "SELECT TO app WITH GRANT OPTION" into GRANT SELECT ON v TO app WITH
// ...
std::string GrantSql(const schema::TableName& name, const std::string& grant) {
  const std::size_t to = grant.find(" TO ");
  if (to == std::string::npos) {
    throw Error(ErrorKind::kInternal, "cannot read the grant '" + grant + "'");
  }
  return "GRANT " + grant.substr(0, to) + " ON " + Name(name) +
         grant.substr(to);
}

// Default privileges may have given others rights on what was just created, and
// who creates in a version's schema is found first by its clients.
std::string RevokeOthers(const std::string& kind, const std::string& catalog,
                         const std::string& acl, const std::string& owner,
                         const std::string& object, const std::string& where) {
  return "DO " +
         DollarQuoted(
             std::string("DECLARE g text; BEGIN FOR g IN SELECT DISTINCT ") +
             kGrantee + " FROM pg_catalog." + catalog +
             " o CROSS JOIN pg_catalog.aclexplode(o." + acl + ") e WHERE " +
             where + " AND e.grantee <> o." + owner +
             " LOOP EXECUTE pg_catalog.format('REVOKE ALL ON " + kind +
             " %s FROM %s CASCADE', " + Literal(object) +
             "::text, g); END LOOP; END");
}

std::string RevokeOnSchema(const std::string& schema) {
  return RevokeOthers("SCHEMA", "pg_namespace", "nspacl", "nspowner",
                      Ident(schema), "o.nspname = " + Literal(schema));
}

// Every role that may use the base schema, including its owner, may use the
// schema of the version.
std::string SchemaGrants(const std::string& base, const std::string& version) {
  return "DO " +
         DollarQuoted(
             std::string("DECLARE g text; BEGIN FOR g IN SELECT DISTINCT ") +
             kGrantee +
             " FROM pg_catalog.pg_namespace n CROSS JOIN "
             "pg_catalog.aclexplode(coalesce("
             "n.nspacl, pg_catalog.acldefault('n', n.nspowner))) e "
             "WHERE n.nspname = " +
             Literal(base) +
             " AND e.privilege_type = 'USAGE' UNION "
             "SELECT "
             "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)::"
             "text) "
             "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
             "ON n.oid = c.relnamespace WHERE n.nspname = " +
             Literal(base) +
             " AND c.relkind IN ('r', 'p') LOOP EXECUTE "
             "pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %s', " +
             Literal(version) + ", g); END LOOP; END");
}

}  // namespace

// The privileges are those that the table has when the view is made: others may
// have changed them since the plan, and a table that the migration creates gets
// the schema's default privileges.
std::string TableGrants(const schema::TableName& name,
                        const schema::TableName& base) {
  return "DO " +
         DollarQuoted(
             std::string(
                 "DECLARE g record; BEGIN FOR g IN SELECT e.privilege_type, ") +
             "e.is_grantable, " + kGrantee +
             " AS grantee FROM pg_catalog.pg_class c CROSS JOIN "
             "pg_catalog.aclexplode(c.relacl) e "
             "WHERE c.oid = " +
             Regclass(base) + "::oid" +
             " AND e.grantee <> c.relowner LOOP EXECUTE "
             "pg_catalog.format('GRANT %s ON %s TO %s%s', g.privilege_type, " +
             Literal(Name(name)) +
             ", g.grantee, CASE WHEN g.is_grantable THEN "
             "' WITH GRANT OPTION' ELSE '' END); END LOOP; END");
}

void AddView(const schema::TableName& name, const plan::VersionView& view,
             const RenderContext& context, std::vector<std::string>& sql,
             const std::string& version, const char* create) {
  if (IsPart(view)) AddPartKey(version, view, sql);
  sql.push_back(CreateView(name, view, context, create, version));
  if (IsPart(view)) AddPartTriggers(version, view, sql);
  sql.push_back(RevokeOnTable(name));
  AddColumnDetails(name, view, sql);
  AddRequired(name, view, sql);
  const schema::Table* base = context.schema.FindTable(view.base().name);
  if (base != nullptr && !base->comment.empty() && !IsPart(view)) {
    sql.push_back("COMMENT ON VIEW " + Name(name) + " IS " +
                  Literal(base->comment));
  }
  // The role of the runner may differ from the owner of the table.
  if (base != nullptr && !base->owner.empty()) {
    sql.push_back("GRANT ALL ON " + Name(name) + " TO " + Ident(base->owner));
  }
  if (view.projects() || IsPart(view)) {
    sql.push_back(TableGrants(name, view.base()));
    std::string column_grants = ColumnGrants(name, view);
    if (!column_grants.empty()) sql.push_back(std::move(column_grants));
    return;
  }
  for (const std::string& grant : view.grants) {
    sql.push_back(GrantSql(name, grant));
  }
}

namespace {

// True when a motion writes the column, whose default the plan decides then.
bool Moves(const plan::Motions& motions, const schema::TableName& table,
           const std::string& column) {
  for (const plan::ColumnMotion* motion : motions.Columns()) {
    if (!(motion->table == table)) continue;
    const auto is = [&](const auto& one) {
      return one && one->physical() == column;
    };
    if (is(motion->old_column) || is(motion->new_column)) return true;
  }
  return false;
}

// Returns the columns of the views whose default is that of the table now, and
// which the migration does not give another one.
std::vector<FollowedDefault> Followed(const plan::PublishVersion& action,
                                      const RenderContext& context) {
  std::vector<FollowedDefault> followed;
  for (const plan::VersionView& view : action.views) {
    const schema::Table* base = context.schema.FindTable(view.base().name);
    if (!view.projects() || base == nullptr) continue;
    for (const schema::Column& column : view.columns) {
      const schema::Column* shown = base->FindColumn(column.physical());
      if (shown == nullptr || shown->default_sql != column.default_sql ||
          Moves(context.motions, base->name, shown->name)) {
        continue;
      }
      followed.push_back({view.name, column.name, shown->name});
    }
  }
  return followed;
}

// DROP ... CASCADE on a table that the migration does not work on takes the
// view of it, too, which is made again over what is left.
std::vector<std::string> ViewsThatStay(const plan::PublishVersion& action) {
  std::vector<std::string> names;
  for (const plan::VersionView& view : action.views) {
    if (!view.untouched) names.push_back(view.name);
  }
  return names;
}

std::string GrantsOf(const plan::PublishVersion& action,
                     const RenderContext& context) {
  std::vector<schema::TableName> untouched;
  for (const plan::VersionView& view : action.views) {
    if (view.untouched) untouched.push_back(view.base());
  }
  std::vector<std::string> all = {
      ViewsAgainSql(action.version_schema, untouched,
                    ViewOptions(context, Counts::kReadsAndWrites)),
      ViewDefaultsSql(action.version_schema, Followed(action, context))};
  std::erase(all, "");
  if (all.size() < 2) return base::Join(all, "");
  return "(" + base::Join(all, ") UNION ALL (") + ")";
}

// Before version 15 a view reads and writes with the rights of its owner, and
// the policies for whoever uses it do not count. It makes no difference whether
// segue's own role is subject to them.
void RefuseRowSecurity(const plan::VersionView& view,
                       const RenderContext& context, const char* hint) {
  const int major = MajorVersion(context.schema.server_version);
  if (major >= kHasSecurityInvoker) return;
  for (const schema::TableName& name : view.Tables()) {
    const schema::Table* table = context.schema.FindTable(name.name);
    if (table == nullptr || !table->row_security) continue;
    throw Error(ErrorKind::kRefused,
                "table '" + name.name +
                    "' has row security, which views of PostgreSQL before 15 "
                    "bypass: no view of it can be published")
        .WithHint(hint);
  }
}

schema::TableName NameOf(const plan::VersionView& alias) {
  return {alias.base().schema, alias.name};
}

std::vector<Statement> AliasStatements(const plan::VersionView& alias,
                                       const RenderContext& context) {
  std::vector<std::string> sql;
  AddView(NameOf(alias), alias, context, sql, "");
  return Statements(std::move(sql));
}

std::string AliasExists(const plan::VersionView& alias) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = "
         "pg_catalog.to_regclass(" +
         Literal(Name(NameOf(alias))) + ")::oid AND relkind = 'v')";
}

// A view may get columns at its end while something else uses it.
PlannedAction PublishAgain(const plan::PublishVersion& action,
                           const RenderContext& context) {
  std::vector<std::string> sql = CreateSeenTable(action.version_schema);
  for (const plan::VersionView& view : action.views) {
    AddView({action.version_schema, view.name}, view, context, sql,
            action.version_schema, "CREATE OR REPLACE VIEW ");
  }
  PlannedAction planned;
  planned.description =
      "Make changed views of version '" + action.version_schema + "' again";
  planned.forward = Statements(std::move(sql));
  planned.reversible = false;
  return planned;
}

}  // namespace

std::string RevokeOnTable(const schema::TableName& table) {
  return RevokeOthers("TABLE", "pg_class", "relacl", "relowner", Name(table),
                      "o.oid = " + Regclass(table) + "::oid");
}

PlannedAction RenderOne(const plan::PublishVersion& action,
                        const RenderContext& context) {
  for (const plan::VersionView& view : action.views) {
    RefuseRowSecurity(view, context, "use --access in_place");
  }
  if (action.again) return PublishAgain(action, context);
  const std::string& version = action.version_schema;
  const std::string& base = context.schema.name;
  // The comment marks the schema as segue's own; the inspection looks for it.
  std::vector<std::string> forward = {
      RemoveRefusedSql(version), "CREATE SCHEMA " + Ident(version),
      "COMMENT ON SCHEMA " + Ident(version) + " IS " +
          Literal("segue: version of schema " + base),
      RevokeOnSchema(version), SchemaGrants(base, version)};
  std::vector<std::string> undo;
  const bool requires_some =
      std::any_of(action.views.begin(), action.views.end(), Requires);
  if (requires_some) forward.push_back(LeftOutFunction());
  base::Append(CreateSeenTable(version), forward);
  for (const plan::VersionView& view : action.views) {
    const schema::TableName name{version, view.name};
    AddView(name, view, context, forward, version);
    undo.push_back("DROP VIEW " + Name(name));
    if (IsPart(view)) undo.push_back(DropPartFunctions(version, view));
  }
  undo.push_back(DropSeenTable(version));
  undo.push_back("DROP SCHEMA " + Ident(version));
  if (requires_some) undo.push_back(DropLeftOutFunction());

  PlannedAction planned;
  planned.description = "Publish version '" + version +
                        "': " + std::to_string(action.views.size()) + " views";
  planned.forward = Statements(std::move(forward));
  planned.undo = Statements(std::move(undo));
  planned.probe = "SELECT " + IsLiveSql(version);
  planned.missing = MissingViews(version, ViewsThatStay(action));
  planned.grants = GrantsOf(action, context);
  planned.holders = VersionHolders(version);
  return planned;
}

PlannedAction RenderOne(const plan::RetireVersion& action,
                        const RenderContext& context) {
  PlannedAction planned;
  const std::string& version = action.version_schema;
  planned.description = "Let version '" + version + "' refuse its applications";
  planned.forward = Statements(RefusalSql(
      version,
      "version " + version +
          " is retired: its applications have to use a newer version, or "
          "schema " +
          context.schema.name,
      true));
  // The views that refuse take over the privileges of those before.
  if (action.sealed) {
    planned.forward.insert(planned.forward.begin(),
                           {UnsealVersionSql(version), {}});
  }
  planned.probe = "SELECT NOT " + IsLiveSql(version);
  planned.lock = Lock(kAccessExclusive, {"", action.version_schema}, context);
  planned.reversible = false;
  return planned;
}

PlannedAction RenderOne(const plan::PublishAlias& action,
                        const RenderContext& context) {
  const plan::VersionView& alias = action.view;
  RefuseRowSecurity(alias, context, "use a server of 15 or newer");
  PlannedAction planned;
  planned.description =
      "Create view '" + alias.name + "' of " + alias.Subject();
  planned.forward = AliasStatements(alias, context);
  planned.undo.push_back({"DROP VIEW IF EXISTS " + Name(NameOf(alias)), {}});
  planned.probe = AliasExists(alias);
  planned.missing = GoneUnless(planned.probe, "view '" + alias.name + "'");
  planned.holders = RelationHolders(NameOf(alias), "view");
  planned.grants = ViewGrantsSql(NameOf(alias));
  planned.lock = Lock("ACCESS SHARE", alias.base(), context);
  return planned;
}

PlannedAction RenderOne(const plan::RetireAlias& action,
                        const RenderContext& context) {
  const plan::VersionView& alias = action.view;
  PlannedAction planned;
  planned.description = "Drop view '" + alias.name + "'";
  planned.forward.push_back({"DROP VIEW " + Name(NameOf(alias)), {}});
  planned.undo = AliasStatements(alias, context);
  planned.probe = "SELECT NOT (" + AliasExists(alias) + ")";
  planned.lock = Lock(kAccessExclusive, NameOf(alias), context);
  return planned;
}

}  // namespace segue::postgres
