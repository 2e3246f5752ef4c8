#include "dialects/sqlite/sync.h"

#include <algorithm>
#include <utility>

#include "base/append.h"
#include "dialects/sqlite/lookup_triggers.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/sign_of_zero.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/trigger_text.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

bool IsIn(const std::vector<schema::Column>& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const schema::Column& column) {
                       return SameName(column.name, name);
                     });
}

// Refuses a key column that the trigger would have to fill after the row
// exists.
void RefuseKeyColumn(const plan::ColumnMotion& motion,
                     const schema::Table* table) {
  if (!motion.old_column || !motion.new_column) return;
  if (!IsIn(motion.key, motion.old_column->name)) return;
  const bool integer_key =
      motion.key.size() == 1 && SameName(motion.old_column->type, "INTEGER");
  const bool only_key = table != nullptr && IsWithoutRowid(table->definition);
  if (!only_key && !integer_key) return;
  throw Error(ErrorKind::kRefused,
              "column '" + motion.old_column->name + "' of table '" +
                  motion.table.name +
                  "' identifies the row: an application that writes only the "
                  "new column could not insert one");
}

// A trigger body reads the name of its table as the row before or after the
// write, and would then change every row.
void RefuseTableName(const plan::ColumnMotion& motion) {
  const std::string& name = motion.table.name;
  if (!SameName(name, "new") && !SameName(name, "old")) return;
  throw Error(ErrorKind::kRefused,
              "table '" + name +
                  "' has the name of a row in SQLite's triggers, so that no "
                  "trigger can write it")
      .WithHint("rename the table first, with a 'sql' operation");
}

}  // namespace

std::vector<Statement> CreateTriggers(const plan::ColumnMotion& motion,
                                      plan::SyncForm form,
                                      const schema::Table* table) {
  if (form == plan::SyncForm::kNarrow || form == plan::SyncForm::kRetreating) {
    throw Error(
        ErrorKind::kInternal,
        "SQLite's triggers have no such form for motion '" + motion.name + "'");
  }
  RefuseTableName(motion);
  RefuseKeyColumn(motion, table);
  const bool sealed = form == plan::SyncForm::kSealed;
  const plan::ColumnMotion now = sealed ? plan::Sealed(motion) : motion;
  std::vector<Statement> statements = DropTriggers(motion);
  if (motion.lookup) {
    base::Append(LookupTriggersHere(now, form, table), statements);
    return statements;
  }
  statements.push_back({InsertTrigger(now, form, table), {}});
  const std::string update = UpdateTrigger(now, form, table);
  if (!update.empty()) statements.push_back({update, {}});
  base::Append(SignTriggers(now, form, table), statements);
  return statements;
}

std::vector<Statement> DropTriggers(const plan::ColumnMotion& motion) {
  std::vector<Statement> statements;
  for (const char* event : {"insert", "update"}) {
    statements.push_back(
        {"DROP TRIGGER IF EXISTS " + Quote(TriggerName(motion, event)), {}});
  }
  base::Append(DropSignTriggers(motion), statements);
  base::Append(DropLookupTriggers(motion), statements);
  return statements;
}

std::string TriggersExist(const plan::ColumnMotion& motion) {
  return "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' "
         "AND name = " +
         Literal(TriggerName(motion, "insert")) + ")";
}

}  // namespace segue::sqlite
