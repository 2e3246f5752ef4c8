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
// Returns the condition that `tree`, a column with a stored expression such as
// t.typdefaultbin, has none or calls only immutable functions.
std::string IsConstantSql(const std::string& tree);

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
