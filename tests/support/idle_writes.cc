#include "tests/support/idle_writes.h"

#include <algorithm>

#include "base/text.h"

namespace segue::test {
namespace {

// The name of each table, its updates, its columns, its key, and whether rows
// of other tables hang on its own.
constexpr const char* kTables = R"sql(
SELECT format('%I', c.relname),
  (SELECT string_agg(format('%1$I = %1$I', a.attname), ', ' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'),
  (SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped AND a.attgenerated = ''),
  (SELECT string_agg(format('t.%1$I = s.%1$I', a.attname), ' AND ')
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
      AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = c.oid AND i.indisprimary),
  EXISTS (SELECT FROM pg_constraint x WHERE x.confrelid = c.oid)
    OR c.relkind = 'r' AND c.relhassubclass
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid
    AND NOT g.tgisinternal)
  AND NOT EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid)
  AND n.nspname = )sql";

std::string MoveOf(const std::string& table, const std::string& columns,
                   const std::string& key) {
  return "CREATE TEMPORARY TABLE segue_moved AS SELECT " + columns + " FROM " +
         table + " LIMIT 1; DELETE FROM " + table +
         " t USING segue_moved s WHERE " + key + "; INSERT INTO " + table +
         " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns +
         " FROM segue_moved; DROP TABLE segue_moved";
}

bool Fails(Client& client, const std::string& write) {
  client.Query("SAVEPOINT before_write");
  const bool fails = client.Fails(write + "; SET CONSTRAINTS ALL IMMEDIATE");
  client.Query("ROLLBACK TO SAVEPOINT before_write");
  return fails;
}

}  // namespace

IdleWrites IdleWritesOf(Client& client, const std::string& schema) {
  IdleWrites writes;
  client.Query("SET LOCAL search_path = " + base::Quoted(schema, '"'));
  for (const std::vector<Cell>& row :
       client.Query(kTables + base::Quoted(schema, '\''))) {
    const std::string& table = *row[0];
    if (row[1]) {
      writes.updates.push_back("UPDATE " + table + " SET " + *row[1]);
    }
    if (row[2] && row[3] && *row[4] == "f") {
      writes.moves[table] = MoveOf(table, *row[2], *row[3]);
    }
  }
  std::erase_if(writes.updates,
                [&](const std::string& write) { return Fails(client, write); });
  std::erase_if(writes.moves,
                [&](const auto& move) { return Fails(client, move.second); });
  return writes;
}

std::vector<std::string> FailuresOf(Client& client,
                                    const std::vector<std::string>& writes,
                                    const std::string& path) {
  std::vector<std::string> failures;
  for (const std::string& write : writes) {
    try {
      client.Query("BEGIN; SET LOCAL search_path = " + base::Quoted(path, '"') +
                   "; " + write + "; COMMIT");
    } catch (const ClientError& error) {
      client.Query("ROLLBACK");
      failures.push_back(write + ": " + error.what());
    }
  }
  return failures;
}

}  // namespace segue::test
