// Asks the server about a table that will be created or renamed.
#include <algorithm>

#include "dialects/postgres/attempt.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/inspect.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/table_text.h"

namespace segue::postgres {
namespace {

schema::TableName Temporary(const std::string& table) {
  return {"pg_temp", table};
}

bool IsThere(db::Connection& connection, const schema::TableName& table) {
  const db::Result found =
      connection.Execute("SELECT pg_catalog.to_regclass(" +
                         Literal(Name(table)) + ") IS NOT NULL");
  return db::ToInt(found.rows.at(0).at(0)) != 0;
}

// Creates empty tables with the keys of the tables that the new table refers
// to. Tables that the migration has yet to create cannot be tried.
void CloneReferenced(db::Connection& connection, schema::Table& table) {
  std::vector<std::string> missing;
  for (const schema::TableName& name : ReferencedTables(table)) {
    if (!IsThere(connection, name)) {
      missing.push_back(name.name);
      continue;
    }
    connection.Execute("CREATE TABLE " + Name(Temporary(name.name)) +
                       " (LIKE " + Name(name) + " INCLUDING INDEXES)");
  }
  const auto refers = [&](const schema::Constraint& constraint) {
    return std::find(missing.begin(), missing.end(),
                     constraint.reference.table) != missing.end();
  };
  auto& all = table.constraints;
  all.erase(std::remove_if(all.begin(), all.end(), refers), all.end());
}

// Returns the table as the server prints it after creating it in the session's
// temporary schema.
std::shared_ptr<const schema::Table> ReadTemporary(db::Connection& connection,
                                                   const std::string& name,
                                                   const std::string& at_work) {
  const std::string space =
      db::ToText(connection
                     .Execute("SELECT nspname::text FROM "
                              "pg_catalog.pg_namespace WHERE oid = "
                              "pg_catalog.pg_my_temp_schema()")
                     .rows.at(0)
                     .at(0));
  const schema::Schema schema = Inspect(connection, space, at_work);
  return std::make_shared<schema::Table>(schema::RequireTable(schema, name));
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::TableQuestion& question) {
  db::Answer answer;
  const Attempt attempt(connection);
  schema::Table table = *question.definition;
  CloneReferenced(connection, table);
  table.name = Temporary(table.name.name);
  for (const std::string& sql : CreateTableSql(table)) {
    answer.error = Try(connection, sql).message;
    if (!answer.error.empty()) return answer;
  }
  answer.made = ReadTemporary(connection, table.name.name,
                              question.definition->name.schema);
  return answer;
}

// Tables, indexes, views and sequences share one namespace, and each table is a
// type as well.
constexpr const char* kTakenSql = R"sql(
SELECT CASE c.relkind WHEN 'i' THEN 'an index' WHEN 'I' THEN 'an index'
    WHEN 'S' THEN 'a sequence' WHEN 'v' THEN 'a view'
    WHEN 'm' THEN 'a materialized view' WHEN 'c' THEN 'a type'
    WHEN 'f' THEN 'a foreign table' ELSE 'a table' END
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
  ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
UNION ALL
SELECT 'a type' FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n
  ON n.oid = t.typnamespace WHERE n.nspname = $1 AND t.typname = $2
LIMIT 1)sql";

db::Answer AnswerTo(db::Connection& connection,
                    const db::NameQuestion& question) {
  db::Answer answer;
  const db::Result allowed =
      connection.Execute("SELECT pg_catalog.has_schema_privilege($1, 'CREATE')",
                         {question.table.schema});
  if (db::ToInt(allowed.rows.at(0).at(0)) == 0) {
    answer.error = "this role may not create anything in schema '" +
                   question.table.schema + "': it needs GRANT CREATE ON SCHEMA";
    return answer;
  }
  const db::Result taken = connection.Execute(
      kTakenSql, {question.table.schema, question.table.name});
  if (!taken.rows.empty()) {
    answer.error = db::ToText(taken.rows.at(0).at(0)) + " called '" +
                   question.table.name + "' exists already";
  }
  return answer;
}

// The query finds functions whose body is stored as text. A body that the
// server has parsed follows a rename by itself.
constexpr const char* kNamedBySql = R"sql(
SELECT DISTINCT 'function ' || n.nspname::text || '.' || p.proname::text
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'segue')
  AND l.lanname NOT IN ('internal', 'c')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.objid = p.oid
    AND e.classid = 'pg_catalog.pg_proc'::regclass::oid AND e.deptype = 'e')
  AND p.prosrc ~* ('(^|[^[:alnum:]_$])' ||
    pg_catalog.regexp_replace($1, '([][\.*+?^$(){}|])', '\\\1', 'g') ||
    '($|[^[:alnum:]_$])')
ORDER BY 1)sql";

db::Answer AnswerTo(db::Connection& connection,
                    const db::MentionQuestion& question) {
  db::Answer answer;
  const db::Result found =
      connection.Execute(kNamedBySql, {question.table.name});
  for (const db::Row& row : found.rows) {
    answer.names.push_back(db::ToText(row[0]));
  }
  return answer;
}

}  // namespace segue::postgres
