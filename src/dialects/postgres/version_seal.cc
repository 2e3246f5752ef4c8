#include "dialects/postgres/version_seal.h"

#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

constexpr const char* kGrants = "segue_sealed_grants";

std::string IsSealed(const std::string& version) {
  return "EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN "
         "pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname "
         "= " +
         Literal(version) + " AND p.proname = " + Literal(kGrants) + ")";
}

// Each privilege on a view of the version, with the statement that gives it.
// The owner's own are among them.
std::string PrivilegesOf(const std::string& version) {
  return "SELECT c.relname, c.relowner, e.grantor, e.place, s.name, w.who, "
         "pg_catalog.format("
         "'GRANT %s%s ON %I.%I TO %s%s', e.privilege_type, CASE WHEN s.name IS "
         "NULL THEN '' ELSE pg_catalog.format(' (%I)', s.name) END, n.nspname, "
         "c.relname, w.who, CASE WHEN e.is_grantable AND e.grantee <> "
         "c.relowner THEN ' WITH GRANT OPTION' ELSE '' END) AS given FROM "
         "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
         "c.relnamespace CROSS JOIN LATERAL (SELECT NULL::name AS name, "
         "coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner)) AS acl "
         "UNION ALL SELECT a.attname, a.attacl FROM pg_catalog.pg_attribute a "
         "WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) s CROSS JOIN "
         "LATERAL pg_catalog.aclexplode(s.acl) WITH ORDINALITY e(grantor, "
         "grantee, privilege_type, is_grantable, place) CROSS JOIN LATERAL "
         "(SELECT "
         "CASE WHEN e.grantee = 0::oid THEN 'PUBLIC' ELSE "
         "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)::text) "
         "END AS who) w WHERE n.nspname = " +
         Literal(version) + " AND c.relkind = 'v'";
}

}  // namespace

// A privilege that another role has granted could not be given back in its
// name.
std::string SealVersionSql(const std::string& version) {
  const std::string name = Literal(version);
  const std::string all = "(" + PrivilegesOf(version) + ") p";
  return "DO " +
         DollarQuoted(
             "DECLARE v record; given text[]; BEGIN IF " + IsSealed(version) +
             " THEN RETURN; END IF; FOR v IN SELECT DISTINCT relname, "
             "pg_catalog.pg_get_userbyid(grantor) AS grantor FROM " +
             all +
             " WHERE grantor <> relowner LOOP RAISE EXCEPTION USING MESSAGE = "
             "pg_catalog.format('view %I.%I has privileges that role %I has "
             "granted, which an undo could not give back in its name', " +
             name +
             ", v.relname, v.grantor), ERRCODE = "
             "'object_not_in_prerequisite_state'; END LOOP; given := ARRAY("
             "SELECT p.given FROM " +
             all +
             " ORDER BY p.relname, p.name NULLS FIRST, p.place); FOR v IN "
             "SELECT DISTINCT relname, who "
             "FROM " +
             all +
             " LOOP EXECUTE pg_catalog.format('REVOKE ALL ON %I.%I FROM %s', " +
             name +
             ", v.relname, v.who); END LOOP; EXECUTE pg_catalog.format("
             "'CREATE FUNCTION %I.%I() RETURNS text[] LANGUAGE sql AS %L', " +
             name + ", " + Literal(kGrants) +
             ", pg_catalog.format('SELECT %L::pg_catalog.text[]', given)); "
             "EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %I.%I() FROM "
             "PUBLIC', " +
             name + ", " + Literal(kGrants) + "); END");
}

std::string UnsealVersionSql(const std::string& version) {
  const std::string function = Name({version, kGrants}) + "()";
  return "DO " +
         DollarQuoted("DECLARE g text; given text[]; BEGIN IF NOT " +
                      IsSealed(version) + " THEN RETURN; END IF; EXECUTE " +
                      Literal("SELECT " + function) +
                      " INTO given; FOREACH g IN ARRAY given LOOP "
                      "EXECUTE g; END LOOP; EXECUTE " +
                      Literal("DROP FUNCTION " + function) + "; END");
}

PlannedAction RenderOne(const plan::SealVersion& action,
                        const RenderContext& /*context*/) {
  PlannedAction planned;
  const std::string& version = action.version_schema;
  planned.description =
      "Take the privileges on the views of version '" + version + "' away";
  planned.forward.push_back({SealVersionSql(version), {}});
  planned.undo.push_back({UnsealVersionSql(version), {}});
  planned.probe = "SELECT " + IsSealed(version);
  return planned;
}

}  // namespace segue::postgres
