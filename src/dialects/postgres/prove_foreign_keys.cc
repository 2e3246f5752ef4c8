// The foreign keys of a table and its copy, which are exchanged without a look
// at the rows (table_swap.cc) and proven afterwards.
#include "dialects/postgres/prove_foreign_keys.h"

#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// The foreign keys from and to the table, or from a partition of it, that are
// not proven.
constexpr const char* kUnproven = R"sql(
SELECT k.oid, k.conrelid, k.conname FROM pg_catalog.pg_constraint k
WHERE (pg_catalog.to_regclass(@TABLE@)::oid IN (k.conrelid, k.confrelid)
    OR k.conrelid IN (SELECT h.inhrelid FROM pg_catalog.pg_inherits h
      WHERE h.inhparent = pg_catalog.to_regclass(@TABLE@)::oid))
  AND k.contype = 'f' AND k.conparentid = 0::oid AND NOT k.convalidated)sql";

// The foreign keys that every partition of the table has for itself.
constexpr const char* kOfPartitions = R"sql(
SELECT k.conname, pg_catalog.pg_get_constraintdef(k.oid) AS def
FROM pg_catalog.pg_inherits h
JOIN pg_catalog.pg_constraint k ON k.conrelid = h.inhrelid
  AND k.contype = 'f' AND k.conparentid = 0::oid
WHERE h.inhparent = pg_catalog.to_regclass(@TABLE@)::oid
GROUP BY 1, 2
HAVING count(*) = (SELECT count(*) FROM pg_catalog.pg_inherits p
  WHERE p.inhparent = pg_catalog.to_regclass(@TABLE@)::oid))sql";

// A contract that was stopped may have left each partition a key for itself,
// which goes to the table that is put aside.
constexpr const char* kTakeBack = R"sql(
DECLARE
  one record;
  part record;
BEGIN
  FOR one IN @OF_PARTITIONS@ LOOP
    FOR part IN SELECT h.inhrelid::regclass AS name
      FROM pg_catalog.pg_inherits h
      WHERE h.inhparent = pg_catalog.to_regclass(@TABLE@)::oid
    LOOP
      EXECUTE pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', part.name,
        one.conname);
    END LOOP;
    EXECUTE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID',
      pg_catalog.to_regclass(@OTHER@), one.conname,
      pg_catalog.regexp_replace(one.def, ' NOT VALID$', ''));
  END LOOP;
END)sql";

// Constraints are proven one after the other, and writers go on.
constexpr const char* kProve = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN SELECT pg_catalog.format('ALTER TABLE %I.%I VALIDATE CONSTRAINT '
      '%I', n.nspname, c.relname, k.conname) AS sql
    FROM (@UNPROVEN@) k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    ORDER BY k.conrelid, k.oid
  LOOP
    EXECUTE one.sql;
  END LOOP;
END)sql";

// The server takes proven ones along without a look at the rows.
constexpr const char* kUnite = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN @OF_PARTITIONS@ LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s',
      pg_catalog.to_regclass(@TABLE@), one.conname, one.def);
  END LOOP;
END)sql";

PlannedAction Unite(const plan::ProveForeignKeys& action,
                    const RenderContext& context) {
  const schema::TableName& table = action.table;
  const std::string name = Literal(Name(table));
  const std::string of_partitions =
      FilledAll(kOfPartitions, {{"@TABLE@", name}});
  PlannedAction planned;
  planned.description =
      "Make the foreign keys of the partitions those of '" + table.name + "'";
  const Statement unite{
      "DO " +
          DollarQuoted(FilledAll(
              kUnite, {{"@TABLE@", name}, {"@OF_PARTITIONS@", of_partitions}})),
      {}};
  if (action.back) {
    planned.description =
        "On an undo, make the foreign keys of the partitions "
        "those of '" +
        table.name + "' again";
    planned.undo.push_back(unite);
    planned.probe = "SELECT true";
  } else {
    planned.forward.push_back(unite);
    planned.probe = "SELECT NOT EXISTS (" + of_partitions + ")";
  }
  planned.lock =
      Lock(kShareRowExclusive, table, context, "milliseconds: they are proven");
  return planned;
}

}  // namespace

std::string TakeKeysBackSql(const schema::TableName& table,
                            const schema::TableName& aside) {
  const std::string name = Literal(Name(table));
  return "DO " +
         DollarQuoted(FilledAll(
             kTakeBack, {{"@TABLE@", name},
                         {"@OTHER@", Literal(Name(aside))},
                         {"@OF_PARTITIONS@",
                          FilledAll(kOfPartitions, {{"@TABLE@", name}})}}));
}

PlannedAction RenderOne(const plan::ProveForeignKeys& action,
                        const RenderContext& context) {
  if (action.unite) return Unite(action, context);
  const std::string unproven =
      FilledAll(kUnproven, {{"@TABLE@", Literal(Name(action.table))}});
  PlannedAction planned;
  planned.description = "Check the foreign keys from and to '" +
                        action.table.name + "' that were exchanged";
  const Statement prove{
      "DO " + DollarQuoted(Filled(kProve, "@UNPROVEN@", unproven)), {}};
  if (action.back) {
    planned.description = "On an undo, check the foreign keys from and to '" +
                          action.table.name + "' again";
    planned.undo.push_back(prove);
    planned.probe = "SELECT true";
  } else {
    planned.forward.push_back(prove);
    planned.probe = "SELECT NOT EXISTS (" + unproven + ")";
  }
  planned.lock = Lock(kShareUpdateExclusive, action.table, context,
                      "a look at all rows; it blocks no reads and writes");
  return planned;
}

}  // namespace segue::postgres
