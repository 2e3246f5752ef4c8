#include "dialects/sqlite/memory_copy.h"

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kMark[] = "SAVEPOINT segue_trial";
constexpr char kBack[] = "ROLLBACK TO segue_trial";
constexpr char kRelease[] = "RELEASE segue_trial";

db::Url Memory() {
  db::Url url;
  url.scheme = "sqlite";
  url.database = ":memory:";
  return url;
}

std::string Called(const char* kind, const std::string& name) {
  return std::string(kind) + " '" + name + "'";
}

}  // namespace

MemoryCopy::MemoryCopy(const schema::Schema& schema) : connection_(Memory()) {
  for (const schema::Table& table : schema.tables) {
    if (table.kind != "table" || table.definition.empty()) continue;
    CreateTable({table.name.name, "", table.definition});
    tables_.push_back(table.name.name);
  }
  for (const schema::Table& table : schema.tables) {
    if (table.kind != "virtual table") continue;
    CreateVirtual({table.name.name, "", table.definition});
  }
  for (const schema::Table& table : schema.tables) {
    for (const schema::Index& index : table.indexes) {
      if (index.definition.empty()) continue;
      CreateIndex({index.name, table.name.name, index.definition});
    }
  }
  for (const schema::Table& table : schema.tables) {
    if (table.kind != "view") continue;
    ErrorOf(table.definition);
    views_.push_back(table.name.name);
  }
  for (const schema::Table& table : schema.tables) {
    for (const schema::Trigger& trigger : table.triggers) {
      ErrorOf(trigger.definition);
      triggers_.push_back({trigger.name, table.name.name, trigger.definition});
    }
  }
}

void MemoryCopy::CreateTable(const Made& table) {
  if (ErrorOf(table.sql).empty()) return;
  ErrorOf("CREATE TABLE " + Quote(table.name) + " (segue_none)");
  Rewrite(table);
}

void MemoryCopy::CreateIndex(const Made& index) {
  if (ErrorOf(index.sql).empty()) return;
  const std::vector<std::string> columns = ColumnsOf(index.table);
  if (columns.empty()) return;
  ErrorOf("CREATE INDEX " + Quote(index.name) + " ON " + Quote(index.table) +
          " (" + Quote(columns.front()) + ")");
  Rewrite(index);
}

void MemoryCopy::Rewrite(const Made& made) {
  ErrorOf("PRAGMA writable_schema = ON");
  ErrorOf("UPDATE sqlite_schema SET sql = " + Literal(made.sql) +
          " WHERE name = " + Literal(made.name));
  ErrorOf("PRAGMA writable_schema = RESET");
}

// A module that this session does not know still leaves the name, which is all
// that ALTER TABLE needs.
void MemoryCopy::CreateVirtual(const Made& table) {
  if (ErrorOf(table.sql).empty()) return;
  ErrorOf("PRAGMA writable_schema = ON");
  ErrorOf("INSERT INTO sqlite_schema VALUES ('table', " + Literal(table.name) +
          ", " + Literal(table.name) + ", 0, " + Literal(table.sql) + ")");
  ErrorOf("PRAGMA writable_schema = RESET");
}

std::string MemoryCopy::ErrorOf(const std::string& sql) {
  try {
    connection_.Execute(sql);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string MemoryCopy::TrialError(const std::string& sql) {
  connection_.Execute(kMark);
  std::string error = ErrorOf(sql);
  connection_.Execute(kBack);
  connection_.Execute(kRelease);
  return error;
}

std::vector<std::string> MemoryCopy::ColumnsOf(const std::string& name) {
  std::vector<std::string> columns;
  try {
    const db::Result result = connection_.Execute(
        "SELECT name FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid",
        {name});
    for (const db::Row& row : result.rows) {
      columns.push_back(db::ToText(row[0]));
    }
  } catch (const Error&) {
    // A view that does not resolve has no columns; Faults names it.
  }
  return columns;
}

std::vector<std::vector<std::string>> MemoryCopy::ViewColumns() {
  std::vector<std::vector<std::string>> all;
  for (const std::string& view : views_) all.push_back(ColumnsOf(view));
  return all;
}

std::vector<std::vector<std::string>> MemoryCopy::ViewColumnsAfter(
    const std::string& sql) {
  connection_.Execute(kMark);
  const bool failed = !ErrorOf(sql).empty();
  std::vector<std::vector<std::string>> all = ViewColumns();
  connection_.Execute(kBack);
  connection_.Execute(kRelease);
  return failed ? ViewColumns() : all;
}

std::vector<std::string> MemoryCopy::Writes(const std::string& table) {
  std::vector<std::string> sets;
  for (const std::string& column : ColumnsOf(table)) {
    sets.push_back(Quote(column) + " = " + Quote(column));
  }
  if (sets.empty()) return {};
  return {"EXPLAIN INSERT INTO " + Quote(table) + " DEFAULT VALUES",
          "EXPLAIN UPDATE " + Quote(table) + " SET " + base::Join(sets, ", "),
          "EXPLAIN DELETE FROM " + Quote(table)};
}

void MemoryCopy::CompileTable(const std::string& table,
                              std::vector<Fault>* faults) {
  for (const std::string& write : Writes(table)) {
    const std::string reason = ErrorOf(write);
    if (reason.empty()) continue;
    faults->push_back({Called("table", table), table, reason});
    return;
  }
}

void MemoryCopy::CompileView(const std::string& view,
                             std::vector<Fault>* faults) {
  const std::string reason = ErrorOf("EXPLAIN SELECT * FROM " + Quote(view));
  if (!reason.empty()) faults->push_back({Called("view", view), "", reason});
}

// Only this trigger is there, so that a message is about it. A view takes only
// the writes for which it has a trigger.
void MemoryCopy::CompileTrigger(const Made& trigger,
                                std::vector<Fault>* faults) {
  ErrorOf(trigger.sql);
  for (const std::string& write : Writes(trigger.table)) {
    const std::string reason = ErrorOf(write);
    if (reason.empty() || reason.starts_with("cannot modify ")) continue;
    faults->push_back({Called("trigger", trigger.name), trigger.table, reason});
    break;
  }
  ErrorOf("DROP TRIGGER IF EXISTS " + Quote(trigger.name));
}

std::vector<Fault> MemoryCopy::Faults() {
  std::vector<Fault> faults;
  connection_.Execute(kMark);
  for (const Made& trigger : triggers_) {
    ErrorOf("DROP TRIGGER IF EXISTS " + Quote(trigger.name));
  }
  for (const std::string& table : tables_) CompileTable(table, &faults);
  for (const std::string& view : views_) CompileView(view, &faults);
  for (const Made& trigger : triggers_) CompileTrigger(trigger, &faults);
  connection_.Execute(kBack);
  connection_.Execute(kRelease);
  return faults;
}

std::string MemoryCopy::AlterError() {
  connection_.Execute(kMark);
  ErrorOf("CREATE TABLE segue_probe (a)");
  std::string error = ErrorOf("ALTER TABLE segue_probe RENAME COLUMN a TO b");
  connection_.Execute(kBack);
  connection_.Execute(kRelease);
  return error;
}

}  // namespace segue::sqlite
