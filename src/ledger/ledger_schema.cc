#include "ledger/ledger_schema.h"

#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

enum class Type { kKey, kText, kInteger, kIdentity };

struct Column {
  const char* name;
  Type type;
  const char* modifier = " NOT NULL";
};

struct Table {
  const char* name;
  std::vector<Column> columns;
  std::size_t key;  // the first columns that are the primary key
};

// Times are texts in ISO 8601 UTC, so that they read the same on every
// database.
std::vector<Table> Tables() {
  using enum Type;
  return {
      {"meta", {{"name", kKey}, {"value", kText}}, 1},
      {"migration",
       {{"schema_name", kKey},
        {"id", kKey},
        {"title", kText},
        {"checksum", kText},
        {"source", kText},
        {"phase", kText},
        {"sub_state", kText},
        {"plan", kText},
        {"started_at", kText},
        {"updated_at", kText},
        {"error", kText},
        {"folded_into", kKey, " NOT NULL DEFAULT ''"}},
       2},
      {"action",
       {{"schema_name", kKey},
        {"migration", kKey},
        {"step", kInteger},
        {"action", kInteger},
        {"state", kText},
        {"attempts", kInteger},
        {"changed_at", kText}},
       4},
      {"event",
       {{"id", kIdentity, ""},
        {"schema_name", kKey},
        {"migration", kKey},
        {"at", kText},
        {"phase", kText},
        {"message", kText},
        {"who", kText},
        {"host", kText},
        {"tool", kText}},
       0},
  };
}

// The tables about rows that are moved, about observations, and about the pace.
std::vector<Table> TablesOfRows() {
  using enum Type;
  return {
      {"motion",
       {{"schema_name", kKey},
        {"migration", kKey},
        {"motion", kKey},
        {"activity", kKey},
        {"position", kText},
        {"moved", kInteger},
        {"total", kInteger},
        {"rate", kInteger},
        {"done", kInteger},
        {"changed_at", kText}},
       4},
      // A range of a motion's walk, and the worker that has claimed it.
      {"range",
       {{"schema_name", kKey},
        {"migration", kKey},
        {"motion", kKey},
        {"activity", kKey},
        {"number", kInteger},
        {"lower_key", kText},
        {"upper_key", kText},
        {"position", kText},
        {"moved", kInteger},
        {"done", kInteger},
        {"worker", kText},
        {"expires", kInteger}},
       5},
      {"observation",
       {{"schema_name", kKey},
        {"migration", kKey},
        {"kind", kKey},
        {"name", kKey},
        {"value", kText},
        {"at", kText}},
       4},
      // The pace in thousandths of the full pace: the requested one, and the
      // one that the runner allows.
      {"pace",
       {{"schema_name", kKey},
        {"asked", kInteger},
        {"allowed", kInteger},
        {"reason", kText},
        {"message", kText},
        {"changed_at", kText}},
       1},
      // A row of a table on which 'up' or 'down' fails. The triggers and
      // functions that the dialect installs write it when they mark the row, or
      // later.
      {"transform_error",
       {{"motion", kKey},
        {"row_key", kKey},
        {"table_name", kText},
        {"direction", kText},
        {"sqlstate", kText},
        {"message", kText},
        {"at", kText}},
       2},
  };
}

// The tables about sessions: the runner, the requests to it, and the
// application's instances.
std::vector<Table> TablesOfSessions() {
  using enum Type;
  return {
      {"control",
       {{"schema_name", kKey},
        {"pause", kInteger},
        {"cancel", kInteger},
        {"asked_by", kText}},
       1},
      {"version",
       {{"schema_name", kKey},
        {"name", kKey},
        {"version_schema", kText},
        {"state", kText},
        {"published_at", kText},
        {"position", kInteger}},
       2},
      {"instance",
       {{"schema_name", kKey},
        {"id", kKey},
        {"version", kText},
        {"host", kText},
        {"registered_at", kText},
        {"seen", kInteger},
        {"expires", kInteger}},
       2},
      // What sessions have said of the instance that they belong to, where the
      // database has a function for it.
      {"instance_session",
       {{"schema_name", kKey},
        {"id", kKey},
        {"role", kKey},
        {"pid", kInteger},
        {"started", kText},
        {"version", kText},
        {"host", kText},
        {"registered_at", kText},
        {"seen", kInteger},
        {"expires", kInteger}},
       4},
      {"lease",
       {{"schema_name", kKey},
        {"token", kInteger},
        {"session", kText},
        {"host", kText},
        {"pid", kInteger},
        {"who", kText},
        {"since", kText},
        {"expires", kInteger}},
       1},
  };
}

const std::string& NativeType(const db::LedgerTypes& types, Type type) {
  switch (type) {
    case Type::kKey:
      return types.key;
    case Type::kText:
      return types.text;
    case Type::kInteger:
      return types.integer;
    case Type::kIdentity:
      return types.identity;
  }
  throw Error(ErrorKind::kInternal, "unknown type of a ledger's column");
}

std::string CreateSql(const db::Capabilities& capabilities,
                      const Table& table) {
  std::vector<std::string> parts;
  std::vector<std::string> key;
  for (const Column& column : table.columns) {
    parts.push_back(std::string(column.name) + " " +
                    NativeType(capabilities.ledger_types, column.type) +
                    column.modifier);
    if (key.size() < table.key) key.emplace_back(column.name);
  }
  if (!key.empty())
    parts.push_back("PRIMARY KEY (" + base::Join(key, ", ") + ")");
  return "CREATE TABLE IF NOT EXISTS " + capabilities.ledger_prefix +
         table.name + " (" + base::Join(parts, ", ") + ")";
}

}  // namespace

std::vector<std::string> LedgerTables(const db::Capabilities& capabilities) {
  std::vector<std::string> statements;
  for (const auto& tables : {Tables(), TablesOfRows(), TablesOfSessions()}) {
    for (const Table& table : tables) {
      statements.push_back(CreateSql(capabilities, table));
    }
  }
  return statements;
}

// Layout 2 added instances, and migrations that `migrate` ran as a part of
// another one.
// Layout 3 added errors of transformations.
// Layout 4 cuts walks into ranges.
// Layout 5 has a table for observations.
// Layout 6 has a table for sessions of instances.
std::vector<std::string> LedgerUpgrade(const db::Capabilities& capabilities,
                                       int version) {
  if (version != 1) return {};
  return {"ALTER TABLE " + capabilities.ledger_prefix +
          "migration ADD COLUMN folded_into " + capabilities.ledger_types.key +
          " NOT NULL DEFAULT ''"};
}

}  // namespace segue::engine
