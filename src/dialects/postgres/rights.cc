#include "dialects/postgres/rights.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/view_text.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

using schema::ConstraintKind;

// The ledger's schema, its owner, and whether the ledger is in it. The
// functions that find a relation by its name are not used here, because they
// fail for want of the very privilege.
constexpr const char* kLedger =
    "(SELECT n.oid, n.nspowner, EXISTS (SELECT FROM pg_catalog.pg_class c "
    "WHERE c.relnamespace = n.oid AND c.relname = 'meta') AS installed "
    "FROM pg_catalog.pg_namespace n WHERE n.nspname = 'segue') l";

// A member that does not inherit has to become the owner.
constexpr const char* kBecomeOwner =
    "CASE WHEN pg_catalog.pg_has_role(session_user, l.nspowner, 'MEMBER') "
    "AND pg_catalog.pg_get_userbyid(l.nspowner) <> session_user "
    "THEN pg_catalog.format('pass --role %I, of which it is a member; or ', "
    "pg_catalog.pg_get_userbyid(l.nspowner)) ELSE '' END || "
    "pg_catalog.format('a superuser or %I runs: ', "
    "pg_catalog.pg_get_userbyid(l.nspowner)) || ";

constexpr const char* kLacksOnTables =
    "EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = l.oid "
    "AND c.relkind = 'r' AND NOT (";

std::string HasOnTable(const std::vector<std::string>& privileges) {
  std::vector<std::string> all;
  for (const std::string& privilege : privileges) {
    all.push_back("pg_catalog.has_table_privilege(c.oid, " +
                  Literal(privilege) + ")");
  }
  return base::Join(all, " AND ");
}

constexpr const char* kNoUsage =
    "NOT pg_catalog.has_schema_privilege(l.oid, 'USAGE')";

// Says what is needed to read the ledger, or also to write it.
std::string LedgerTablesSql(const std::vector<std::string>& privileges,
                            const std::string& why) {
  return "SELECT pg_catalog.format('no privilege on schema segue: role %I " +
         why + "', current_user), " + kBecomeOwner +
         "pg_catalog.format('GRANT USAGE ON SCHEMA segue TO %1$I; GRANT " +
         base::Join(privileges, ", ") +
         " ON ALL TABLES IN SCHEMA segue TO %1$I', current_user) FROM " +
         kLedger + " WHERE (l.installed AND (" + kNoUsage + " OR " +
         kLacksOnTables + HasOnTable(privileges) + "))))" +
         " OR (NOT l.installed AND " + kNoUsage + ")";
}

std::string CreateLedgerSql() {
  return std::string(
             "SELECT pg_catalog.format('role %I may not create schema segue, "
             "where segue keeps its ledger, in database %I', current_user, "
             "pg_catalog.current_database()), pg_catalog.format('its owner or "
             "a superuser runs once: CREATE SCHEMA segue AUTHORIZATION %I; or: "
             "GRANT CREATE ON DATABASE %I TO %1$I', current_user, "
             "pg_catalog.current_database()) WHERE NOT EXISTS (SELECT FROM ") +
         kLedger +
         ") AND NOT pg_catalog.has_database_privilege("
         "pg_catalog.current_database(), 'CREATE') UNION ALL "
         "SELECT pg_catalog.format('role %I may not create its ledger in "
         "schema segue', current_user), " +
         kBecomeOwner +
         "pg_catalog.format('GRANT USAGE, CREATE ON SCHEMA segue TO %I', "
         "current_user) FROM " +
         kLedger +
         " WHERE NOT l.installed AND NOT pg_catalog.has_schema_privilege("
         "l.oid, 'CREATE')";
}

std::string UseSchemaSql(const std::string& schema) {
  return "SELECT pg_catalog.format('role %I may not use schema %I', "
         "current_user, " +
         Literal(schema) +
         "), pg_catalog.format('its owner or a superuser "
         "runs: GRANT USAGE ON SCHEMA %I TO %I', " +
         Literal(schema) +
         ", current_user) WHERE NOT pg_catalog.has_schema_privilege(" +
         Literal(schema) + ", 'USAGE')";
}

std::string CreateInSchemaSql(const std::string& schema) {
  return "SELECT pg_catalog.format('role %I may not create anything in schema "
         "%I', current_user, " +
         Literal(schema) +
         "), pg_catalog.format('its owner or a superuser runs: GRANT CREATE ON "
         "SCHEMA %I TO %I', " +
         Literal(schema) +
         ", current_user) WHERE NOT pg_catalog.has_schema_privilege(" +
         Literal(schema) + ", 'CREATE')";
}

std::string CreateSchemaSql(const std::string& version_schema) {
  return "SELECT pg_catalog.format('role %I may not create schema %I for the "
         "version in database %I', current_user, " +
         Literal(version_schema) +
         ", pg_catalog.current_database()), pg_catalog.format('its owner or a "
         "superuser runs: GRANT CREATE ON DATABASE %I TO %I; or use --access "
         "in_place', pg_catalog.current_database(), current_user) WHERE NOT "
         "pg_catalog.has_database_privilege(pg_catalog.current_database(), "
         "'CREATE')";
}

std::string ReferToSql(const schema::TableName& table) {
  const std::string relation =
      "pg_catalog.to_regclass(" + Literal(Name(table)) + ")";
  return "SELECT pg_catalog.format('role %I may not refer to table %s', "
         "current_user, " +
         relation +
         "), pg_catalog.format('its owner or a superuser runs: GRANT "
         "REFERENCES ON %s TO %I', " +
         relation +
         ", current_user) WHERE NOT pg_catalog.has_any_column_privilege(" +
         relation + ", 'REFERENCES')";
}

// The functions of the triggers are in the ledger's schema. They run as
// whoever writes the table, and that role has to find them there.
std::string CreateFunctionsSql() {
  return std::string(
             "SELECT pg_catalog.format('role %I may not create functions for "
             "its triggers in schema segue', current_user), ") +
         kBecomeOwner +
         "pg_catalog.format('GRANT CREATE ON SCHEMA segue TO %I', "
         "current_user) FROM " +
         kLedger +
         " WHERE NOT pg_catalog.has_schema_privilege(l.oid, 'CREATE') "
         "UNION ALL SELECT 'the roles of the application may not use schema "
         "segue, in which the functions of the triggers are', "
         "pg_catalog.format('a superuser or %I runs: GRANT USAGE ON SCHEMA "
         "segue TO PUBLIC', pg_catalog.pg_get_userbyid(l.nspowner)) FROM " +
         kLedger +
         " WHERE NOT pg_catalog.has_schema_privilege('public', l.oid, "
         "'USAGE') AND (l.installed OR NOT pg_catalog.pg_has_role(l.nspowner, "
         "'USAGE'))";
}

// The server asks for CREATE on the schema when a table or an index is renamed,
// as when one is created, even of the owner.
struct Needs {
  const db::RenderContext& context;

  std::string InSchema() const {
    return CreateInSchemaSql(context.schema.name);
  }
  std::string operator()(const plan::CreateTable&) const { return InSchema(); }
  std::string operator()(const plan::RenameTable&) const { return InSchema(); }
  std::string operator()(const plan::CopyTable&) const { return InSchema(); }
  std::string operator()(const plan::RenameIndex&) const { return InSchema(); }
  std::string operator()(const plan::PublishAlias&) const { return InSchema(); }
  // The index of a partition is in the schema of the partition.
  std::string operator()(const plan::CreateIndex& action) const {
    std::vector<std::string> schemas = {context.schema.name};
    const schema::Table* table = context.schema.FindTable(action.table.name);
    if (table != nullptr) {
      for (const schema::TableName& part : table->partitions) {
        schemas.push_back(part.schema);
      }
    }
    std::sort(schemas.begin(), schemas.end());
    schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
    std::vector<std::string> all;
    for (const std::string& name : schemas) {
      all.push_back(CreateInSchemaSql(name));
    }
    return base::Join(all, " UNION ALL ");
  }
  // A rollback builds the index again.
  std::string operator()(const plan::DropIndex& action) const {
    return action.alone ? "" : InSchema();
  }
  std::string operator()(const plan::AddConstraint& action) const {
    if (action.constraint.kind == ConstraintKind::kForeignKey) {
      const std::string& target = action.constraint.reference.table;
      return target.empty() ? "" : ReferToSql(Referenced(action.table, target));
    }
    return OfIndex(action.constraint) && action.constraint.using_index.empty()
               ? InSchema()
               : "";
  }
  std::string operator()(const plan::DropConstraint& action) const {
    return OfIndex(action.constraint) ? InSchema() : "";
  }
  std::string operator()(const plan::PublishVersion& action) const {
    return CreateSchemaSql(action.version_schema);
  }
  std::string operator()(const plan::ReshapeView& action) const {
    return action.before.empty() ? CreateInSchemaSql(action.version_schema)
                                 : ReshapeObstaclesSql(action);
  }
  // Whoever writes the table runs the expressions.
  std::string operator()(const plan::CreateSync& action) const {
    std::string sql = CreateFunctionsSql();
    if (context.motions.Copy(action.motion) != nullptr) return sql;
    const plan::ColumnMotion& motion = context.motions.Column(action.motion);
    for (const plan::Expression* expression : {&motion.up, &motion.down}) {
      if (expression->lacking.empty()) continue;
      sql += " UNION ALL (" + expression->lacking + ")";
    }
    return sql;
  }
  template <typename Other>
  std::string operator()(const Other&) const {
    return "";
  }

  static bool OfIndex(const schema::Constraint& constraint) {
    return constraint.kind == ConstraintKind::kUnique ||
           constraint.kind == ConstraintKind::kPrimaryKey ||
           constraint.kind == ConstraintKind::kExclude;
  }
};

}  // namespace

std::string RightsSql(const std::string& schema_name) {
  const std::string ledger =
      CreateLedgerSql() + " UNION ALL " +
      LedgerTablesSql({"SELECT", "INSERT", "UPDATE", "DELETE"},
                      "may not write the ledger");
  return schema_name.empty()
             ? ledger
             : UseSchemaSql(schema_name) + " UNION ALL " + ledger;
}

std::string LedgerRightsSql() {
  return LedgerTablesSql({"SELECT"},
                         "may not read the ledger, and cannot be told what is "
                         "going on");
}

std::string RightsSql(const plan::Action& action,
                      const db::RenderContext& context) {
  return std::visit(Needs{context}, action);
}

void RequireTemporary(db::Connection& connection) {
  const db::Result lacking = connection.Execute(
      "SELECT pg_catalog.format('role %I may not create temporary tables in "
      "database %I, in which segue tries what a migration says', current_user, "
      "pg_catalog.current_database()), pg_catalog.format('its owner or a "
      "superuser runs: GRANT TEMPORARY ON DATABASE %I TO %I', "
      "pg_catalog.current_database(), current_user) WHERE NOT "
      "pg_catalog.has_database_privilege(pg_catalog.current_database(), "
      "'TEMPORARY')");
  if (lacking.rows.empty()) return;
  throw Error(ErrorKind::kRefused, db::ToText(lacking.rows[0].at(0)))
      .WithHint(db::ToText(lacking.rows[0].at(1)));
}

}  // namespace segue::postgres
