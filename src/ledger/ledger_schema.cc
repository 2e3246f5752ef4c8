#include "ledger/ledger_schema.h"

namespace segue::engine {

// Types are the ones that every supported database takes: TEXT and BIGINT.
// Times are ISO 8601 UTC texts, so that they read the same everywhere.
std::vector<std::string> LedgerTables(const db::Capabilities& capabilities) {
  const std::string create =
      "CREATE TABLE IF NOT EXISTS " + capabilities.ledger_prefix;
  return {
      create + "meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
      create +
          "migration (schema_name TEXT NOT NULL, id TEXT NOT NULL,"
          " title TEXT NOT NULL, checksum TEXT NOT NULL, source TEXT NOT NULL,"
          " phase TEXT NOT NULL, sub_state TEXT NOT NULL, plan TEXT NOT NULL,"
          " started_at TEXT NOT NULL, updated_at TEXT NOT NULL,"
          " error TEXT NOT NULL, folded_into TEXT NOT NULL DEFAULT '',"
          " PRIMARY KEY (schema_name, id))",
      create +
          "action (schema_name TEXT NOT NULL, migration TEXT NOT NULL,"
          " step BIGINT NOT NULL, action BIGINT NOT NULL,"
          " state TEXT NOT NULL, attempts BIGINT NOT NULL,"
          " changed_at TEXT NOT NULL,"
          " PRIMARY KEY (schema_name, migration, step, action))",
      create + "event (id " + capabilities.ledger_identity +
          ", schema_name TEXT NOT NULL, migration TEXT NOT NULL,"
          " at TEXT NOT NULL, phase TEXT NOT NULL, message TEXT NOT NULL,"
          " who TEXT NOT NULL, host TEXT NOT NULL, tool TEXT NOT NULL)",
      create +
          "motion (schema_name TEXT NOT NULL, migration TEXT NOT NULL,"
          " motion TEXT NOT NULL, activity TEXT NOT NULL,"
          " position TEXT NOT NULL, moved BIGINT NOT NULL,"
          " total BIGINT NOT NULL, rate BIGINT NOT NULL,"
          " done BIGINT NOT NULL, changed_at TEXT NOT NULL,"
          " PRIMARY KEY (schema_name, migration, motion, activity))",
      // A part of a motion's walk, and the worker that has it.
      create +
          "range (schema_name TEXT NOT NULL, migration TEXT NOT NULL,"
          " motion TEXT NOT NULL, activity TEXT NOT NULL,"
          " number BIGINT NOT NULL, lower_key TEXT NOT NULL,"
          " upper_key TEXT NOT NULL, position TEXT NOT NULL,"
          " moved BIGINT NOT NULL, done BIGINT NOT NULL,"
          " worker TEXT NOT NULL, expires BIGINT NOT NULL,"
          " PRIMARY KEY (schema_name, migration, motion, activity, number))",
      create +
          "control (schema_name TEXT PRIMARY KEY, pause BIGINT NOT NULL,"
          " cancel BIGINT NOT NULL, asked_by TEXT NOT NULL)",
      // How fast rows may be moved, in thousandths of the full pace: what was
      // asked for, and what whoever runs the migration allows.
      create +
          "pace (schema_name TEXT PRIMARY KEY, asked BIGINT NOT NULL,"
          " allowed BIGINT NOT NULL, reason TEXT NOT NULL,"
          " message TEXT NOT NULL, changed_at TEXT NOT NULL)",
      create +
          "version (schema_name TEXT NOT NULL, name TEXT NOT NULL,"
          " version_schema TEXT NOT NULL, state TEXT NOT NULL,"
          " published_at TEXT NOT NULL, position BIGINT NOT NULL,"
          " PRIMARY KEY (schema_name, name))",
      create +
          "instance (schema_name TEXT NOT NULL, id TEXT NOT NULL,"
          " version TEXT NOT NULL, host TEXT NOT NULL,"
          " registered_at TEXT NOT NULL, seen BIGINT NOT NULL,"
          " expires BIGINT NOT NULL, PRIMARY KEY (schema_name, id))",
      // A row of a table that 'up' or 'down' fails on; written by what the
      // dialect installs, while the row is marked or later.
      create +
          "transform_error (motion TEXT NOT NULL, row_key TEXT NOT NULL,"
          " table_name TEXT NOT NULL, direction TEXT NOT NULL,"
          " sqlstate TEXT NOT NULL, message TEXT NOT NULL, at TEXT NOT NULL,"
          " PRIMARY KEY (motion, row_key))",
      create +
          "lease (schema_name TEXT PRIMARY KEY, token BIGINT NOT NULL,"
          " session TEXT NOT NULL, host TEXT NOT NULL, pid BIGINT NOT NULL,"
          " who TEXT NOT NULL, since TEXT NOT NULL,"
          " expires BIGINT NOT NULL)",
  };
}

// 2: instances; a migration that `migrate` ran as a part of another one.
// 3: errors of transformations.
// 4: walks are cut into ranges.
std::vector<std::string> LedgerUpgrade(const db::Capabilities& capabilities,
                                       int version) {
  if (version != 1) return {};
  return {"ALTER TABLE " + capabilities.ledger_prefix +
          "migration ADD COLUMN folded_into TEXT NOT NULL DEFAULT ''"};
}

}  // namespace segue::engine
