// Keeps the triggers of the user's from the rows that are filled.
#include <algorithm>

#include "base/text.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// --- Triggers that are held back

std::string TriggersOf(const schema::TableName& table) {
  return "FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = "
         "t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
         "WHERE NOT t.tgisinternal AND t.tgrelid = pg_catalog.to_regclass(" +
         Literal(Name(table)) + ")::oid";
}

// A trigger that is held back names in its condition what tells the runner's
// writes.
constexpr const char* kIsHeld =
    "pg_catalog.pg_get_triggerdef(t.oid) LIKE '%segue.backfill%' AND "
    "pg_catalog.pg_get_triggerdef(t.oid) LIKE '%segue.migration%'";

std::string IsHeld(const schema::TableName& table, const std::string& trigger) {
  return "SELECT EXISTS (SELECT " + TriggersOf(table) +
         " AND t.tgname = " + Literal(trigger) + " AND " + kIsHeld + ")";
}

// The text is compared without the table, which another schema may have.
std::string IsPlanned(const schema::TableName& table,
                      const plan::HeldTrigger& trigger) {
  const std::string same =
      "EXISTS (SELECT " + TriggersOf(table) +
      " AND t.tgname = " + Literal(trigger.name) +
      " AND t.tgenabled IN ('O', 'A') AND pg_catalog.replace("
      "pg_catalog.pg_get_triggerdef(t.oid), pg_catalog.format(' ON %I.%I ', "
      "n.nspname, c.relname), ' ') = " +
      Literal(trigger.definition) + ")";
  return WithQualifiedNames("pg_catalog", same);
}

// The server switches a trigger that is replaced on, in the way of a new one.
std::string Replace(const schema::TableName& table, const std::string& trigger,
                    const std::string& create) {
  const std::string alter = "ALTER TABLE " + Name(table) + " ";
  const std::string name = " TRIGGER " + Ident(trigger) + "; ";
  return "DO " + DollarQuoted(
                     "DECLARE state pg_catalog.\"char\" := (SELECT "
                     "t.tgenabled " +
                     TriggersOf(table) + " AND t.tgname = " + Literal(trigger) +
                     "); BEGIN " + InSchema(create, table.schema) +
                     "; IF state = 'A' THEN " + alter + "ENABLE ALWAYS" + name +
                     "ELSIF state = 'R' THEN " + alter + "ENABLE REPLICA" +
                     name + "ELSIF state = 'D' THEN " + alter + "DISABLE" +
                     name + "END IF; END");
}

std::vector<Statement> Hold(const plan::GuardFill& guard) {
  std::vector<Statement> sql;
  for (const plan::HeldTrigger& trigger : guard.held) {
    sql.push_back({"SELECT FROM (" + IsPlanned(guard.table, trigger) +
                       ") q WHERE q.holds",
                   1});
    sql.push_back({Replace(guard.table, trigger.name, trigger.hold), {}});
  }
  return sql;
}

// A trigger that others have replaced since the fill is theirs, and fires.
std::vector<Statement> HoldAgain(const plan::GuardFill& guard) {
  std::vector<Statement> sql;
  for (const plan::HeldTrigger& trigger : guard.held) {
    sql.push_back({Replace(guard.table, trigger.name, trigger.hold),
                   {},
                   IsPlanned(guard.table, trigger)});
  }
  return sql;
}

// What others have dropped or replaced meanwhile stays so. A trigger that they
// have renamed is still held, and then the last statement says that the
// database is not as it was.
std::vector<Statement> Release(const plan::GuardFill& guard) {
  std::vector<Statement> sql;
  for (const plan::HeldTrigger& trigger : guard.held) {
    sql.push_back({Replace(guard.table, trigger.name, trigger.release),
                   {},
                   IsHeld(guard.table, trigger.name)});
  }
  sql.push_back({"SELECT " + TriggersOf(guard.table) + " AND " + kIsHeld, 0});
  return sql;
}

// --- Triggers that fire

std::string KeepFunction(const plan::GuardFill& guard) {
  return FunctionName("keep_", guard.table.schema, guard.name);
}

// The name sorts after every trigger of the user's, and before the dual-write
// triggers, which therefore see the row as it was.
std::string KeepTrigger(const plan::GuardFill& guard) {
  return base::ShortName("~segue_!" + guard.name, kMaxIdentifier);
}

std::string Unfilled(const plan::GuardFill& guard) {
  std::string unfilled;
  for (const std::string& name : guard.provenances) {
    if (!unfilled.empty()) unfilled += " OR ";
    unfilled += "OLD." + Ident(name) + " = 0";
  }
  return unfilled;
}

// `rows` is the condition on the row as it was.
std::string KeepBody(const plan::GuardFill& guard, const std::string& rows) {
  std::string take;
  for (const std::string& name : guard.columns) {
    take += "OLD." + Ident(name) + " := NEW." + Ident(name) + "; ";
  }
  return "BEGIN IF (" + rows + ") AND " + ByRunner(1) + " THEN " + take +
         "RETURN OLD; END IF; RETURN NEW; END";
}

std::vector<Statement> Keep(const plan::GuardFill& guard,
                            const std::string& rows) {
  return Statements(
      {"CREATE OR REPLACE FUNCTION " + KeepFunction(guard) +
           "() RETURNS trigger LANGUAGE plpgsql AS " +
           DollarQuoted(KeepBody(guard, rows)),
       "CREATE TRIGGER " + Ident(KeepTrigger(guard)) + " BEFORE UPDATE ON " +
           Name(guard.table) +
           " FOR EACH ROW WHEN (pg_catalog.current_setting('segue.backfill', "
           "true) = 'on') EXECUTE FUNCTION " +
           KeepFunction(guard) + "()"});
}

std::vector<Statement> StopKeeping(const plan::GuardFill& guard) {
  return Statements({"DROP TRIGGER IF EXISTS " + Ident(KeepTrigger(guard)) +
                         " ON " + Name(guard.table),
                     "DROP FUNCTION IF EXISTS " + KeepFunction(guard) + "()"});
}

// A row has to be written for its triggers to run, and its columns are not
// there yet, so one that no trigger depends on is set to what it is.
std::string ColumnToSet(const schema::Table& table) {
  for (const schema::Column& column : table.columns) {
    const bool watched = std::any_of(
        table.dependents.begin(), table.dependents.end(),
        [&](const schema::Dependent& dependent) {
          return dependent.kind == "trigger" && dependent.column == column.name;
        });
    if (!watched && column.generated_sql.empty() &&
        column.identity == schema::Identity::kNone) {
      return column.name;
    }
  }
  return "";
}

// Enough for a trigger that refuses every row, and few enough that nobody waits
// for them.
constexpr int kTriedRows = 20;

// Writes some rows as the fill would, and leaves it to the caller to roll that
// back. An error of a trigger is the objection.
std::string TryTriggers(const plan::GuardFill& guard,
                        const RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(guard.table.name);
  if (table == nullptr) return "";
  const std::string column = Ident(ColumnToSet(*table));
  if (column == Ident("")) return "";
  return "WITH picked AS (SELECT r.tableoid AS part, r.ctid AS place, "
         "pg_catalog.set_config('segue.backfill', 'on', true) FROM " +
         Name(guard.table) + " AS r LIMIT " + std::to_string(kTriedRows) +
         " FOR UPDATE SKIP LOCKED), written AS (UPDATE " + Name(guard.table) +
         " AS t SET " + column + " = t." + column +
         " FROM picked AS p WHERE t.tableoid = p.part AND t.ctid = p.place "
         "RETURNING 1) SELECT NULL::text FROM written WHERE false";
}

bool Holds(const plan::GuardFill& guard) { return !guard.held.empty(); }

std::string Names(const plan::GuardFill& guard) {
  std::vector<std::string> names;
  for (const plan::HeldTrigger& one : guard.held) {
    names.push_back("'" + one.name + "'");
  }
  return base::Join(names, ", ") + " of '" + guard.table.name + "'";
}

std::string IsGuarded(const plan::GuardFill& guard) {
  return Holds(guard) ? IsHeld(guard.table, guard.held[0].name)
                      : TriggerExists(guard.table, KeepTrigger(guard));
}

}  // namespace

PlannedAction RenderOne(const plan::GuardFill& action,
                        const RenderContext& context) {
  const bool holds = Holds(action);
  PlannedAction planned;
  planned.description =
      holds ? "Hold back trigger " + Names(action) + " while rows are filled"
            : "Keep what triggers change in rows of '" + action.table.name +
                  "' as it was while they are filled";
  planned.forward = holds ? Hold(action) : Keep(action, Unfilled(action));
  planned.undo = holds ? Release(action) : StopKeeping(action);
  planned.probe = IsGuarded(action);
  if (!holds) planned.objections = TryTriggers(action, context);
  planned.lock = Lock(kShareRowExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::UnguardFill& action,
                        const RenderContext& context) {
  const bool holds = Holds(action);
  PlannedAction planned;
  planned.description =
      holds ? "Give trigger " + Names(action) + " its own text again"
            : "Let triggers change rows of '" + action.table.name + "' again";
  planned.forward = holds ? Release(action) : StopKeeping(action);
  if (action.retreats) {
    planned.undo = holds ? HoldAgain(action) : Keep(action, "true");
  }
  planned.probe = "SELECT NOT (" + IsGuarded(action) + ")";
  planned.lock = Lock(holds ? kShareRowExclusive : kAccessExclusive,
                      action.table, context);
  return planned;
}

}  // namespace segue::postgres
