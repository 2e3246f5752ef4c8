#include "dialects/postgres/sync.h"

#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "dialects/postgres/grants.h"
#include "dialects/postgres/lookup_triggers.h"
#include "dialects/postgres/marking.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/null_trigger.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/table_motion.h"
#include "dialects/postgres/upsert.h"
#include "dialects/postgres/write_counters.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// CREATE OR REPLACE TRIGGER exists since version 14.
constexpr int kReplacesTriggers = 14;

// An empty `when` means always.
std::string CreateTrigger(const MotionTerms& terms, const std::string& name,
                          const std::string& event, const std::string& when,
                          int major) {
  const std::string create = major >= kReplacesTriggers
                                 ? "CREATE OR REPLACE TRIGGER "
                                 : "CREATE TRIGGER ";
  return create + Ident(name) + " BEFORE " + event + " ON " +
         Name(terms.motion().table) + " FOR EACH ROW" +
         (when.empty() ? "" : " WHEN (" + when + ")") + " EXECUTE FUNCTION " +
         terms.TriggerFunction() + "()";
}

std::string DropTrigger(const MotionTerms& terms, const std::string& name) {
  return "DROP TRIGGER IF EXISTS " + Ident(name) + " ON " +
         Name(terms.motion().table);
}

// A row that moves to another partition is inserted there with its provenance;
// applications never set a provenance.
std::string InsertWhen(const MotionTerms& terms) {
  if (IsInsertOnly(terms)) {
    // The old version may mean a NULL where the column takes it.
    const bool told = terms.form() != plan::SyncForm::kSealed &&
                      terms.old_column().nullable &&
                      !terms.motion().new_versions.empty();
    return terms.Old("NEW") + " IS NULL" +
           (told ? " AND " + NewWriter(terms.motion()) : "");
  }
  return terms.Provenance("NEW") + " = 0";
}

bool ChangesRowsFirst(const schema::Trigger& trigger) {
  const std::string& text = trigger.definition;
  return text.find(" BEFORE ") != std::string::npos &&
         text.find("UPDATE") != std::string::npos;
}

// The server reads and compiles this condition anew for each statement on the
// table, and a long condition takes as long as the rest of a small UPDATE. The
// condition therefore only keeps out the backfill, which writes millions of
// rows; the function decides about the rest (UnlessConcerned). Only a fill
// raises the provenance from 0. Measured on single-row UPDATEs, this comparison
// takes 4 microseconds and the whole condition would take 12. Without a
// condition it is 2, but then the function also runs for each filled row, and a
// fill is a tenth slower.
std::string UpdateWhen(const MotionTerms& terms, bool own_triggers) {
  // A client that raises the provenance of a filled row is not the fill.
  std::string when = terms.Provenance("NEW") +
                     " <= " + terms.Provenance("OLD") + " OR " +
                     terms.Provenance("OLD") + " <> 0";
  if (terms.MarksUp()) when += " OR " + terms.Provenance("NEW") + " = 4";
  // A trigger of the user's may change the source of a row while the row is
  // filled.
  if (own_triggers) {
    if (terms.has_old_side()) when += " OR " + terms.OldSideChanged();
    if (terms.has_shared()) when += " OR " + terms.SharedChanged();
  }
  return when;
}

void RefuseGenerated(const MotionTerms& terms, const schema::Table& table) {
  for (const std::string& name : terms.motion().Columns()) {
    const schema::Column* column = table.FindColumn(name);
    if (column == nullptr || column->generated_sql.empty()) continue;
    throw Error(ErrorKind::kRefused,
                "column '" + name + "' of '" + table.name.name +
                    "' is generated: its value is not known yet when the "
                    "dual-write trigger runs")
        .WithHint("use its expression instead: " + column->generated_sql);
  }
}

void RefusePartitionKey(const MotionTerms& terms, const schema::Table& table) {
  if (!terms.has_old() || terms.motion().down.empty()) return;
  const std::string& name = terms.old_column().physical();
  const auto& key = table.partition_key;
  if (std::find(key.begin(), key.end(), name) == key.end()) return;
  throw Error(ErrorKind::kRefused,
              "column '" + name + "' is part of the partition key of '" +
                  table.name.name +
                  "': PostgreSQL forbids triggers to change it");
}

// Triggers fire in the byte order of their names, so one with a later name may
// change the source after ours has read it.
void RefuseLateTriggers(const MotionTerms& terms, const schema::Table& table) {
  for (const schema::Trigger& trigger : table.triggers) {
    if (trigger.name < terms.InsertTrigger() &&
        trigger.name < terms.UpdateTrigger()) {
      continue;
    }
    if (trigger.definition.find(" BEFORE ") == std::string::npos) continue;
    throw Error(ErrorKind::kRefused,
                "trigger " + trigger.ToString() + " of '" + table.name.name +
                    "' would fire after the dual-write triggers and could "
                    "change what they have read")
        .WithHint("rename it to a name that sorts before '~'");
  }
}

// UPDATE OF is the only way to keep the server from calling the function, or
// compiling a condition, for a write of other columns. Measured on single-row
// UPDATEs of other columns: 2.5 microseconds for the row lock that remains, and
// 8 with a trigger on every UPDATE. No condition is left to compile: the fill
// that a condition would keep out is over, and the function checks all the
// same.
std::string UpdateOf(const MotionTerms& terms) {
  std::vector<std::string> columns;
  for (const std::string& name : terms.motion().Columns()) {
    columns.push_back(Ident(name));
  }
  columns.push_back(Ident(terms.motion().provenance));
  return "UPDATE OF " + base::Join(columns, ", ");
}

// The facts besides the motion on which the statements depend.
struct Surroundings {
  int major = 0;
  bool own_triggers = false;             // of the user's; may change a row
  bool subscribed = false;               // a subscription writes to the table
  const schema::Table* table = nullptr;  // null: the migration creates it
};

Surroundings SurroundingsOf(const plan::ColumnMotion& motion,
                            const RenderContext& context) {
  Surroundings around;
  around.major = MajorVersion(context.schema.server_version);
  const schema::Table* table = context.schema.FindTable(motion.table.name);
  around.table = table;
  around.subscribed = table != nullptr && !table->subscriptions.empty();
  around.own_triggers =
      table != nullptr && std::any_of(table->triggers.begin(),
                                      table->triggers.end(), ChangesRowsFirst);
  return around;
}

// DROP TRIGGER locks the partitions of a table before the table, the other way
// round than every statement of an application.
std::vector<std::string> LockBeforeParts(const schema::TableName& table,
                                         const Surroundings& around) {
  if (around.table == nullptr || around.table->kind != "partitioned table") {
    return {};
  }
  return {"LOCK TABLE " + Name(table) + " IN ACCESS EXCLUSIVE MODE"};
}

// Replaces the existing trigger. The worker of a subscription runs only
// triggers that are enabled always; each new definition is not, at first.
void ReplaceTrigger(const MotionTerms& terms, const std::string& name,
                    const std::string& event, const std::string& when,
                    const Surroundings& around, std::vector<std::string>* sql) {
  if (around.major < kReplacesTriggers) {
    base::Append(LockBeforeParts(terms.motion().table, around), *sql);
    sql->push_back(DropTrigger(terms, name));
  }
  sql->push_back(CreateTrigger(terms, name, event, when, around.major));
  if (!around.subscribed) return;
  sql->push_back(AlterTable(terms.motion().table) + "ENABLE ALWAYS TRIGGER " +
                 Ident(name));
}

void ReplaceUpdateTrigger(const MotionTerms& terms, const Surroundings& around,
                          std::vector<std::string>* sql) {
  const bool narrow = terms.form() == plan::SyncForm::kNarrow;
  ReplaceTrigger(
      terms, terms.UpdateTrigger(), narrow ? UpdateOf(terms) : "UPDATE",
      narrow ? "" : UpdateWhen(terms, around.own_triggers), around, sql);
}

// Returns the motion with the names that its columns have in this form.
plan::ColumnMotion Now(const plan::ColumnMotion& motion, plan::SyncForm form) {
  return form == plan::SyncForm::kSealed ? plan::Sealed(motion) : motion;
}

std::vector<std::string> CreateStatements(const plan::ColumnMotion& as_planned,
                                          plan::SyncForm form,
                                          const Surroundings& around) {
  const plan::ColumnMotion motion = Now(as_planned, form);
  const MotionTerms terms(motion, form);
  // The lock waits for every writer that has begun without the triggers.
  std::vector<std::string> sql = {motion.lookup
                                      ? LockBothTables(terms)
                                      : "LOCK TABLE " + Name(motion.table) +
                                            " IN SHARE ROW EXCLUSIVE MODE"};
  base::Append(ExpressionFunctions(terms, around.major), sql);
  base::Append(MarkFunctions(terms), sql);
  base::Append(CreateCounters(terms), sql);
  sql.push_back(TriggerFunctionSql(
      terms, around.table == nullptr
                 ? ""
                 : LeavesProposalAlone(terms, *around.table)));
  sql.push_back("GRANT EXECUTE ON FUNCTION " +
                base::Join(FunctionNames(terms), ", ") + " TO PUBLIC");
  if (motion.only_null) {
    for (const TriggerTerms& one : NullTriggers(terms)) {
      ReplaceTrigger(terms, one.name, one.event, one.when, around, &sql);
    }
    return sql;
  }
  ReplaceTrigger(terms, terms.InsertTrigger(), "INSERT", InsertWhen(terms),
                 around, &sql);
  if (!IsInsertOnly(terms)) ReplaceUpdateTrigger(terms, around, &sql);
  if (motion.lookup) base::Append(CreateCarryTriggers(terms), sql);
  return sql;
}

// Returns the names of the triggers that the motion has on its table.
std::vector<std::string> TriggerNames(const MotionTerms& terms) {
  std::vector<std::string> names = {terms.InsertTrigger()};
  if (!IsInsertOnly(terms)) names.push_back(terms.UpdateTrigger());
  if (terms.motion().only_null) names.push_back(terms.SetTrigger());
  if (terms.motion().lookup) base::Append(CarryTriggersHere(terms), names);
  return names;
}

std::vector<std::string> DropStatements(const plan::ColumnMotion& motion,
                                        const Surroundings& around) {
  const MotionTerms terms(motion);
  std::vector<std::string> sql = LockBeforeParts(motion.table, around);
  for (const std::string& name : TriggerNames(terms)) {
    sql.push_back(DropTrigger(terms, name));
  }
  if (motion.lookup) base::Append(DropCarryTriggers(terms), sql);
  sql.push_back("DROP FUNCTION IF EXISTS " +
                base::Join(FunctionNames(terms), ", "));
  base::Append(DropCounters(terms), sql);
  base::Append(ForgetErrors(terms), sql);
  return sql;
}

// Once the table is filled, only the UPDATE trigger changes.
std::vector<std::string> NarrowStatements(const plan::ColumnMotion& motion,
                                          plan::SyncForm form,
                                          const Surroundings& around) {
  std::vector<std::string> sql;
  ReplaceUpdateTrigger(MotionTerms(motion, form), around, &sql);
  return sql;
}

// Returns the statements that restore the earlier form.
std::vector<std::string> UndoCreate(const plan::ColumnMotion& motion,
                                    plan::SyncForm form,
                                    const Surroundings& around) {
  const std::optional<plan::SyncForm> before = plan::FormBefore(motion, form);
  if (!before) return DropStatements(motion, around);
  if (form == plan::SyncForm::kNarrow) {
    return NarrowStatements(motion, *before, around);
  }
  return CreateStatements(motion, *before, around);
}

void RefuseUnsound(const MotionTerms& terms, const RenderContext& context) {
  const schema::Table* table =
      context.schema.FindTable(terms.motion().table.name);
  if (table == nullptr) return;
  RefuseGenerated(terms, *table);
  RefusePartitionKey(terms, *table);
  RefuseLateTriggers(terms, *table);
}

std::string Describe(const plan::ColumnMotion& as_planned,
                     plan::SyncForm form) {
  const plan::ColumnMotion motion = Now(as_planned, form);
  const std::string table = "'" + motion.table.name + "'";
  if (!motion.new_column) {
    return "fill '" + motion.old_column->name + "' of " + table +
           " for rows inserted without it";
  }
  const std::string fresh = "'" + motion.new_column->physical() + "'";
  if (motion.only_null)
    return "turn a NULL in " + fresh + " of " + table + " into 'up'";
  if (motion.lookup && form == plan::SyncForm::kSealed) {
    return "carry each write of " + fresh + " of " + table + " over to '" +
           motion.lookup->value.physical() + "' of '" +
           motion.lookup->table.name + "'";
  }
  if (motion.lookup) {
    return "keep " + fresh + " of " + table + " and '" +
           motion.lookup->value.physical() + "' of '" +
           motion.lookup->table.name + "' in step";
  }
  if (!motion.old_column) return "keep " + fresh + " of " + table + " filled";
  const bool marks = motion.marks && form == plan::SyncForm::kLive;
  return "keep '" + motion.old_column->physical() + "' and " + fresh + " of " +
         table + " in step" +
         (form == plan::SyncForm::kSettling ? ", the new one deciding" : "") +
         (form == plan::SyncForm::kSealed ? ", only the new one written" : "") +
         (marks ? ", marking rows that an expression fails on" : "");
}

// The columns that the triggers read count, too.
std::string Missing(const MotionTerms& terms, const RenderContext& context) {
  Installed installed{terms.motion().table, TriggerNames(terms),
                      terms.motion().Columns(), FunctionNames(terms)};
  if (!IsInsertOnly(terms)) {
    installed.columns.push_back(terms.motion().provenance);
    const schema::Table* table =
        context.schema.FindTable(terms.motion().table.name);
    if (table != nullptr) installed.partitions = table->partitions;
  }
  if (!terms.motion().lookup) return MissingOf(installed);
  const plan::Lookup& lookup = *terms.motion().lookup;
  const Installed there{lookup.table,
                        CarryTriggersThere(terms),
                        {lookup.value.physical(), lookup.key.physical()},
                        LookupFunctionNames(terms)};
  return MissingOf(installed) + " UNION ALL " + MissingOf(there);
}

plan::TableMotion InForm(const plan::TableMotion& motion, plan::SyncForm form) {
  return form == plan::SyncForm::kSealed ? plan::Sealed(motion) : motion;
}

PlannedAction RenderNarrow(const plan::ColumnMotion& motion,
                           const RenderContext& context) {
  constexpr plan::SyncForm kNarrow = plan::SyncForm::kNarrow;
  const Surroundings around = SurroundingsOf(motion, context);
  PlannedAction planned;
  planned.description = "Spare writes of other columns the triggers that " +
                        Describe(motion, kNarrow);
  planned.forward = Statements(NarrowStatements(motion, kNarrow, around));
  planned.undo = Statements(UndoCreate(motion, kNarrow, around));
  planned.probe = TriggerExists(
      motion.table, MotionTerms(motion).UpdateTrigger(), "tgattr <> ''");
  planned.lock = Lock(kShareRowExclusive, motion.table, context);
  return planned;
}

}  // namespace

PlannedAction RenderOne(const plan::CreateSync& action,
                        const RenderContext& context) {
  if (const plan::TableMotion* copy = context.motions.Copy(action.motion)) {
    plan::RequireForm(*copy, action.form);
    return CreateCopySync(InForm(*copy, action.form), context);
  }
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  if (action.form == plan::SyncForm::kNarrow) {
    return RenderNarrow(motion, context);
  }
  const MotionTerms terms(motion);
  RefuseUnsound(terms, context);
  const Surroundings around = SurroundingsOf(motion, context);
  PlannedAction planned;
  planned.description =
      "Install triggers that " + Describe(motion, action.form);
  planned.forward = Statements(CreateStatements(motion, action.form, around));
  planned.undo = Statements(UndoCreate(motion, action.form, around));
  planned.probe = TriggerExists(motion.table, terms.InsertTrigger());
  if (action.form == plan::SyncForm::kSealed && IsInsertOnly(terms) &&
      EverMarks(terms)) {
    const plan::ColumnMotion sealed = plan::Sealed(motion);
    planned.undo_objections = RowsWithoutOld(MotionTerms(sealed), context);
  }
  if (action.form == plan::SyncForm::kLive) {
    planned.missing = Missing(terms, context);
    planned.grants = MotionGrantsSql(motion);
  }
  planned.lock = Lock(kShareRowExclusive, motion.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::DropSync& action,
                        const RenderContext& context) {
  if (const plan::TableMotion* copy = context.motions.Copy(action.motion)) {
    plan::RequireForm(*copy, action.form);
    return DropCopySync(InForm(*copy, action.form), context);
  }
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  const MotionTerms terms(motion);
  const Surroundings around = SurroundingsOf(motion, context);
  PlannedAction planned;
  planned.description =
      "Remove the triggers that " + Describe(motion, action.form);
  planned.forward = Statements(DropStatements(motion, around));
  planned.undo = Statements(CreateStatements(motion, action.form, around));
  planned.probe =
      "SELECT NOT (" + TriggerExists(motion.table, terms.InsertTrigger()) + ")";
  planned.lock = Lock(kAccessExclusive, motion.table, context);
  return planned;
}

// The lock waits, as in CreateSync, for every writer that has begun with the
// former triggers, so that the following walk finds what these copy.
PlannedAction RenderOne(const plan::Retreat& action,
                        const RenderContext& context) {
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  PlannedAction planned;
  planned.kind = ActionKind::kRetreat;
  const std::string place = "'" + motion.new_column->physical() + "' of '" +
                            motion.table.name + "' again";
  planned.description =
      motion.only_null ? "On a rollback, give the filled rows NULL in " + place
                       : "On a rollback, take the copies out of " + place;
  planned.undo = Statements(CreateStatements(
      motion, plan::SyncForm::kRetreating, SurroundingsOf(motion, context)));
  planned.lock = Lock(kShareRowExclusive, motion.table, context);
  planned.motion = action.motion;
  return planned;
}

}  // namespace segue::postgres
