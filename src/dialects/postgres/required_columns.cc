#include "dialects/postgres/required_columns.h"

#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

constexpr const char* kLeftOut = "segue.left_out";

}  // namespace

// Several that publish at the same instant create the function once.
std::string LeftOutFunction() {
  return "DO " +
         DollarQuoted(
             std::string("BEGIN IF pg_catalog.to_regprocedure('") + kLeftOut +
             "(text, text)') IS NULL THEN CREATE FUNCTION " + kLeftOut +
             "(table_name text, column_name text) RETURNS text LANGUAGE "
             "plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS "
             "$left_out$ BEGIN RAISE not_null_violation USING MESSAGE = "
             "pg_catalog.format('null value in column \"%s\" of relation "
             "\"%s\" violates "
             "not-null constraint', column_name, table_name), COLUMN = "
             "column_name, TABLE = table_name; END $left_out$; "
             "GRANT EXECUTE ON FUNCTION " +
             kLeftOut +
             "(text, text) TO PUBLIC; END IF; "
             "EXCEPTION WHEN unique_violation OR duplicate_function THEN "
             "NULL; END");
}

// The views of another version may still use it.
std::string DropLeftOutFunction() {
  return "DO " +
         DollarQuoted(std::string("BEGIN DROP FUNCTION IF EXISTS ") + kLeftOut +
                      "(text, text); EXCEPTION WHEN "
                      "dependent_objects_still_exist THEN NULL; END");
}

std::string LeftOutCall(const std::string& view, const std::string& column) {
  return std::string(kLeftOut) + "(" + Literal(view) + ", " + Literal(column) +
         ")";
}

}  // namespace segue::postgres
