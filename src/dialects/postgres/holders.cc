#include "dialects/postgres/holders.h"

#include "dialects/postgres/own_parts.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// `target` has the oid of each relation, the number of its column or 0, and
// what it is called. What a table, or a view, has of its own goes with it: it
// depends on it in another way, too.
constexpr const char* kHolders = R"sql(
WITH target(id, num, thing) AS (@TARGET@)
SELECT DISTINCT coalesce(v.what, o.type || ' ' || o.identity)
    || ' depends on ' || t.thing, @OF_CONTRACT@
FROM target t
JOIN pg_catalog.pg_depend d
  ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refobjid = t.id AND d.deptype = 'n'
  AND (t.num = 0 OR d.refobjsubid = t.num)
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid,
  d.objsubid) o
LEFT JOIN LATERAL (SELECT w.ev_class AS id, c.relname::text AS name,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' END
      || pg_catalog.format(' %I.%I', n.nspname, c.relname) AS what
  FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE w.oid = d.objid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid) v ON true
WHERE coalesce(v.id <> t.id AND v.name NOT LIKE '\_segue\_%', true)
  AND (t.num <> 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
    WHERE e.classid = d.classid AND e.objid = d.objid
      AND e.refclassid = d.refclassid AND e.refobjid = t.id
      AND e.deptype IN ('a', 'i')))
  AND @NOT_OURS@)sql";

std::string Holders(const std::string& target, bool of_contract) {
  return Filled(Filled(Filled(kHolders, "@NOT_OURS@", kNotOurs),
                       "@OF_CONTRACT@", of_contract ? "1" : "0"),
                "@TARGET@", target);
}

}  // namespace

std::string ColumnHolders(const schema::TableName& table,
                          const std::string& column, bool of_contract) {
  const std::string id =
      "pg_catalog.to_regclass(" + Literal(Name(table)) + ")::oid";
  return Holders(
      "SELECT a.attrelid, a.attnum::int4, " +
          Literal("column '" + column + "' of '" + table.name + "'") +
          " FROM pg_catalog.pg_attribute a WHERE a.attname = " +
          Literal(column) + " AND NOT a.attisdropped AND (a.attrelid = " + id +
          " OR a.attrelid IN (SELECT p.relid::oid FROM "
          "pg_catalog.pg_partition_tree(" +
          id + ") p))",
      of_contract);
}

std::string RelationHolders(const schema::TableName& relation,
                            const std::string& what) {
  return Holders("SELECT c.oid, 0, " +
                     Literal(what + " '" + relation.name + "'") +
                     " FROM pg_catalog.pg_class c WHERE c.oid = "
                     "pg_catalog.to_regclass(" +
                     Literal(Name(relation)) + ")::oid",
                 false);
}

std::string VersionHolders(const std::string& version) {
  return Holders(
      "SELECT c.oid, 0, pg_catalog.format('view %L of version %L', c.relname, "
      "n.nspname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON "
      "n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = " +
          Literal(version),
      false);
}

}  // namespace segue::postgres
