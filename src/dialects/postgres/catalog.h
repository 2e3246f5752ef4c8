// The queries of Inspect and the reading of their rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::postgres {

// The default of a type, whose row of pg_type is t; NULL: it has none. That of
// a domain is an expression, that of a base type is a literal.
inline constexpr const char* kTypeDefault =
    "coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), "
    "pg_catalog.quote_literal(t.typdefault) || '::' || "
    "pg_catalog.format_type(t.oid, NULL))";
// True unless that expression calls a function that is not immutable.
inline constexpr const char* kTypeDefaultIsConstant =
    "(t.typdefaultbin IS NULL OR t.typdefaultbin::text LIKE '{CONST %' OR "
    "t.typdefaultbin::text !~ "
    "'[{](SQLVALUEFUNCTION|NEXTVALUEEXPR|COERCEVIAIO) ' AND NOT EXISTS "
    "(SELECT FROM regexp_matches(t.typdefaultbin::text, "
    "':(?:funcid|opfuncid) (\\d+)', 'g') m LEFT JOIN pg_catalog.pg_proc p ON "
    "p.oid = m[1]::oid WHERE p.provolatile IS DISTINCT FROM 'i'))";

// The tables of one schema by object id, while they are being filled.
using TablesByOid = std::map<std::int64_t, schema::Table>;

// One row of a result, read from left to right.
class RowReader {
 public:
  explicit RowReader(const db::Row& row) : row_(row) {}
  std::string Text();  // empty for NULL
  std::optional<std::string> OptionalText();
  std::int64_t Integer();  // 0 for NULL
  bool Boolean() { return Integer() != 0; }

 private:
  const db::Row& row_;
  std::size_t next_ = 0;
};

// Each function runs one query for all tables of the schema and fills its part
// of the tables.
TablesByOid ReadTables(db::Connection& connection, std::int64_t schema_oid);
void ReadColumns(db::Connection& connection, std::int64_t schema_oid,
                 TablesByOid& tables);
void ReadIndexes(db::Connection& connection, std::int64_t schema_oid,
                 TablesByOid& tables);
void ReadConstraints(db::Connection& connection, std::int64_t schema_oid,
                     TablesByOid& tables);
void ReadTriggers(db::Connection& connection, std::int64_t schema_oid,
                  TablesByOid& tables);
void ReadDependents(db::Connection& connection, std::int64_t schema_oid,
                    TablesByOid& tables);
void ReadGrants(db::Connection& connection, std::int64_t schema_oid,
                TablesByOid& tables);

}  // namespace segue::postgres
