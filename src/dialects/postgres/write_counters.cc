#include "dialects/postgres/write_counters.h"

#include "base/text.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

constexpr const char* kOldWrites = "old_writes_";
constexpr const char* kToFail = "to_fail_";

schema::TableName CounterName(const char* prefix, const std::string& schema,
                              const std::string& motion) {
  return {"segue", base::ShortName(prefix + NameInDatabase(schema, motion),
                                   kMaxIdentifier)};
}

schema::TableName OldWritesName(const std::string& schema,
                                const std::string& motion) {
  return CounterName(kOldWrites, schema, motion);
}

schema::TableName ToFailName(const std::string& schema,
                             const std::string& motion) {
  return CounterName(kToFail, schema, motion);
}

// The number is taken within an expression, which PL/pgSQL evaluates by itself.
// PERFORM would run a query, which takes four times as long.
std::string Next(const schema::TableName& sequence) {
  return "IF pg_catalog.nextval(" + Literal(Name(sequence)) +
         ") IS NULL THEN NULL; END IF; ";
}

// Where the new column is hidden, every client writes the old one.
bool TellsOldWrites(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  if (!terms.has_old() || !terms.has_new() || motion.only_null) return false;
  return !motion.new_versions.empty() ||
         !terms.new_column().physical().starts_with(plan::kOurs);
}

// A write without a value is accepted as long as `up` gives one.
bool TellsWritesToFail(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  if (!terms.has_new() || !motion.new_not_null || motion.up.empty()) {
    return false;
  }
  return motion.only_null || (!terms.has_old() && !motion.new_default);
}

std::vector<schema::TableName> Counters(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  std::vector<schema::TableName> names;
  if (TellsOldWrites(terms)) {
    names.push_back(OldWritesName(motion.table.schema, motion.name));
  }
  if (TellsWritesToFail(terms)) {
    names.push_back(ToFailName(motion.table.schema, motion.name));
  }
  return names;
}

// A server that has crashed goes on at a later number, which counts too much
// and never too little.
std::optional<std::int64_t> ValueOf(db::Connection& connection,
                                    const schema::TableName& sequence) {
  const db::Result found = connection.Execute(
      "SELECT coalesce(pg_catalog.pg_sequence_last_value(c.oid), 0) FROM "
      "pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1::text)"
      "::oid AND c.relkind = 'S'",
      {Name(sequence)});
  if (found.rows.empty()) return std::nullopt;
  return db::ToInt(found.rows[0].at(0));
}

}  // namespace

std::string CountOldWrite(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  if (terms.form() != plan::SyncForm::kLive || !TellsOldWrites(terms)) {
    return "";
  }
  return Next(OldWritesName(motion.table.schema, motion.name));
}

std::string CountWriteToFail(const MotionTerms& terms) {
  const plan::ColumnMotion& motion = terms.motion();
  if (terms.form() != plan::SyncForm::kLive || !TellsWritesToFail(terms)) {
    return "";
  }
  return "IF (" + ByRunner(1) + ") IS NOT TRUE THEN " +
         Next(ToFailName(motion.table.schema, motion.name)) + "END IF; ";
}

std::vector<std::string> CreateCounters(const MotionTerms& terms) {
  std::vector<std::string> sql;
  for (const schema::TableName& name : Counters(terms)) {
    sql.push_back("CREATE SEQUENCE IF NOT EXISTS " + Name(name));
    sql.push_back(RevokeOnTable(name));
    sql.push_back("GRANT USAGE ON SEQUENCE " + Name(name) + " TO PUBLIC");
  }
  return sql;
}

std::vector<std::string> DropCounters(const MotionTerms& terms) {
  std::vector<std::string> sql;
  for (const schema::TableName& name : Counters(terms)) {
    sql.push_back("DROP SEQUENCE IF EXISTS " + Name(name));
  }
  return sql;
}

std::string IsCounter(const std::string& name) {
  return "(pg_catalog.starts_with(" + name + ", " + Literal(kOldWrites) +
         "::pg_catalog.text) OR pg_catalog.starts_with(" + name + ", " +
         Literal(kToFail) + "::pg_catalog.text))";
}

std::optional<std::int64_t> PostgresWriteCounts::CountWrites(
    db::Connection& connection, const std::string& schema_name,
    const MotionSql& motion, db::Writes which) const {
  return ValueOf(connection, which == db::Writes::kOld
                                 ? OldWritesName(schema_name, motion.name)
                                 : ToFailName(schema_name, motion.name));
}

}  // namespace segue::postgres
