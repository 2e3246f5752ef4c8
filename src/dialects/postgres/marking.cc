#include "dialects/postgres/marking.h"

#include "dialects/postgres/some_keys.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// These are the classes of errors that errors.cc attributes to the data. Any
// other error, such as a deadlock or a missing privilege, is no property of the
// row.
constexpr const char* kOfTheRow =
    "'09', '21', '22', '23', '27', '38', '39', '44', 'P0'";

// The text of an error may quote whole documents, so it is cut.
constexpr int kMostCharacters = 500;

// The key of a row identifies it, so only one that no key column can give is
// cut.
constexpr int kMostKey = 8000;

constexpr const char* kErrors = "segue.transform_error";

// A role that fails on purpose, in row after row, stores no more than this for
// a motion. Of any further row the provenance alone says which side failed.
constexpr int kMostErrors = 10000;

// The motion as the log of errors has it.
std::string LoggedName(const MotionTerms& terms) {
  return Literal(
      NameInDatabase(terms.motion().table.schema, terms.motion().name));
}

// True where the function may store something. Everybody may call it, because
// triggers run with the rights of the writer; but only a trigger has something
// to say, and only to whoever may write the table.
std::string MayMark(const MotionTerms& terms) {
  const std::string may =
      "pg_catalog.has_any_column_privilege(CASE "
      "pg_catalog.current_setting('role') WHEN 'none' THEN session_user ELSE "
      "pg_catalog.current_setting('role')::name END, pg_catalog.to_regclass(" +
      Literal(Name(terms.motion().table)) + ")::oid, 'INSERT, UPDATE')";
  return "pg_catalog.pg_trigger_depth() > 0 AND " + may +
         " AND (SELECT pg_catalog.count(*) FROM (SELECT FROM " + kErrors +
         " WHERE motion = " + LoggedName(terms) + " LIMIT " +
         std::to_string(kMostErrors) + ") n) < " + std::to_string(kMostErrors);
}

}  // namespace

bool EverMarks(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  return motion.marks || (motion.undoable && terms.DownNeedsFunction());
}

// Each run of the block is a subtransaction, so only the trigger of a motion
// that marks rows has it.
std::string Guarded(const MotionTerms& terms, const std::string& assign,
                    const std::string& direction, const std::string& failed) {
  return "BEGIN " + assign +
         "EXCEPTION WHEN OTHERS OR ASSERT_FAILURE THEN IF "
         "pg_catalog.left(SQLSTATE, 2) NOT IN (" +
         kOfTheRow + ") THEN RAISE; END IF; " + failed + "PERFORM " +
         terms.MarkFunction() + "(" + terms.LogKey("NEW") + ", " +
         Literal(direction) + ", SQLSTATE, SQLERRM); END; ";
}

// Applications may not write the ledger, so the function runs with the rights
// of its owner.
std::vector<std::string> MarkFunctions(const MotionTerms& terms) {
  if (!EverMarks(terms)) return {};
  const schema::TableName& table = terms.motion().table;
  return {
      "CREATE OR REPLACE FUNCTION " + terms.MarkFunction() +
      "(text, text, text, text) RETURNS void LANGUAGE sql SECURITY DEFINER "
      "SET search_path = pg_catalog, pg_temp AS " +
      DollarQuoted(
          std::string("INSERT INTO ") + kErrors +
          " (motion, row_key, table_name, direction, sqlstate, message, at) "
          "SELECT " +
          LoggedName(terms) + ", pg_catalog.left($1, " +
          std::to_string(kMostKey) + "), " +
          Literal(table.schema + "." + table.name) +
          ", pg_catalog.left($2, 4), "
          "pg_catalog.left($3, 5), pg_catalog.left($4, " +
          std::to_string(kMostCharacters) +
          "), pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE "
          "'UTC', "
          "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') WHERE " +
          MayMark(terms) +
          " ON CONFLICT (motion, row_key) "
          "DO UPDATE SET direction = excluded.direction, sqlstate = "
          "excluded.sqlstate, message = excluded.message, at = excluded.at")};
}

std::vector<std::string> ForgetErrors(const MotionTerms& terms) {
  if (!EverMarks(terms)) return {};
  return {std::string("DELETE FROM ") + kErrors +
          " WHERE motion = " + LoggedName(terms)};
}

std::string IsMarked(const MotionTerms& terms, const std::string& row) {
  return terms.Provenance(row) + " IN (" + std::to_string(plan::kUpFailed) +
         ", " + std::to_string(plan::kDownFailed) + ")";
}

std::string RowsWithoutOld(const MotionTerms& terms,
                           const db::RenderContext& context) {
  const schema::TableName& table = terms.motion().table;
  const std::string rows =
      " FROM " + Name(table) + " AS t WHERE " + terms.Old("t") +
      " IS NULL AND " + terms.LogKey("t") + " IN (SELECT e.row_key FROM " +
      kErrors + " e WHERE e.motion = " + LoggedName(terms) + ")";
  return "SELECT pg_catalog.format('%s rows of %L have no value in %L, because "
         "''down'' failed: %s', n, " +
         Literal(table.name) + ", " + Literal(terms.old_column().physical()) +
         ", " + SomeKeys(table, table, rows, context) +
         ") FROM (SELECT pg_catalog.count(*) AS n" + rows +
         ") counted WHERE n > 0";
}

// The error of a row may be missing, for example when the session's time zone
// spells the key in another way. The provenance still says which side failed.
std::string ErrorOf(const MotionTerms& terms, const std::string& row) {
  return "CASE " + terms.Provenance(row) + " WHEN " +
         std::to_string(plan::kUpFailed) +
         " THEN '''up'' failed' ELSE '''down'' failed' END || coalesce("
         "(SELECT ': ' || e.message || ' (' || e.sqlstate || ')' FROM " +
         kErrors + " e WHERE e.motion = " + LoggedName(terms) +
         " AND e.row_key = " + terms.LogKey(row) + "), '')";
}

}  // namespace segue::postgres
