#include "dialects/postgres/trigger_functions.h"

#include "base/text.h"
#include "dialects/postgres/row_use.h"

namespace segue::postgres {
namespace {

// Each trigger with its function: the whole text of a function that can be
// parsed, and what a search finds in the text of any other, which names the
// columns of its row as NEW.x or OLD.x.
constexpr const char* kFunctionsSql = R"sql(
SELECT c.oid::bigint, g.tgname::text,
  CASE WHEN o.oid <> c.oid THEN o.oid::regclass::text END, o.relname::text,
  n.nspname::text, p.proname::text,
  CASE WHEN l.lanname = 'plpgsql' THEN pg_catalog.pg_get_functiondef(p.oid) END,
  coalesce(g.tgoldtable::text, ''), coalesce(g.tgnewtable::text, ''),
  (SELECT pg_catalog.string_agg(a.attname::text, pg_catalog.chr(1))
   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
     AND NOT a.attisdropped AND p.prosrc ~* ('\m(new|old)\s*\.\s*"?' ||
      pg_catalog.regexp_replace(pg_catalog.replace(a.attname::text, '"', '""'),
        '([][\\.*+?^$(){}|])', '\\\1', 'g') || '("|\M)')),
  p.prosrc ~* '(\m(new|old)\s*|\(\s*(new|old)\s*\)\s*)\.\s*\*'
FROM pg_trigger g JOIN pg_class o ON o.oid = g.tgrelid
CROSS JOIN LATERAL (SELECT o.oid UNION SELECT relid::oid
  FROM pg_catalog.pg_partition_ancestors(o.oid)
  WHERE o.relispartition AND g.tgparentid = 0::oid) h (id)
JOIN pg_class c ON c.oid = h.id
JOIN pg_proc p ON p.oid = g.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE c.relnamespace = $1::oid AND c.relkind IN ('r', 'p', 'v')
  AND NOT g.tgisinternal AND g.tgname::text NOT LIKE '~segue\_%'
ORDER BY g.tgname, g.tgrelid)sql";

struct Function {
  std::string trigger;
  std::string partition;  // that alone has the trigger; empty: the table has it
  std::string schema;
  std::string name;
  RowUse use;
};

Function ReadFunction(RowReader& row) {
  Function function;
  function.trigger = row.Text();
  function.partition = row.Text();
  const std::string relation = row.Text();
  function.schema = row.Text();
  function.name = row.Text();
  const std::string definition = row.Text();
  std::vector<std::string> transitions;
  for (int i = 0; i < 2; ++i) {
    std::string transition = row.Text();
    if (!transition.empty()) transitions.push_back(std::move(transition));
  }
  if (!definition.empty()) {
    if (auto use = UseOfRow(definition, relation, transitions)) {
      function.use = std::move(*use);
      return function;
    }
  }
  const std::string columns = row.Text();
  if (!columns.empty()) {
    for (std::string& column : base::Split(columns, '\x01')) {
      function.use.columns.insert(std::move(column));
    }
  }
  function.use.fixed_shape = row.Boolean();
  return function;
}

// Several triggers of a table may have one function.
void AddDependent(const Function& function, const std::string& kind,
                  const std::string& column, schema::Table& table) {
  for (const schema::Dependent& known : table.dependents) {
    if (known.kind == kind && known.schema == function.schema &&
        known.name == function.name && known.column == column) {
      return;
    }
  }
  table.dependents.push_back(
      {kind, function.schema, "", function.name, column});
}

void Add(const Function& function, schema::Table& table) {
  for (const schema::Column& column : table.columns) {
    if (function.use.columns.count(column.name) == 0) continue;
    AddDependent(function, "trigger function", column.name, table);
  }
  if (function.use.fixed_shape) {
    AddDependent(function, "trigger function of whole rows", "", table);
  }
  for (schema::Trigger& trigger : table.triggers) {
    if (trigger.name != function.trigger ||
        trigger.partition != function.partition) {
      continue;
    }
    trigger.passes_rows = function.use.passes_row;
    trigger.builds_sql = function.use.builds_sql;
  }
}

}  // namespace

void ReadTriggerFunctions(db::Connection& connection, std::int64_t schema_oid,
                          TablesByOid& tables) {
  for (const db::Row& values :
       connection.Execute(kFunctionsSql, {schema_oid}).rows) {
    RowReader row(values);
    const auto table = tables.find(row.Integer());
    if (table == tables.end()) continue;
    Add(ReadFunction(row), table->second);
  }
}

}  // namespace segue::postgres
