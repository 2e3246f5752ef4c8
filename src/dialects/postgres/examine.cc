#include "dialects/postgres/examine.h"

#include <algorithm>
#include <variant>

#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/examine_check.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kClone = "pg_temp.segue_examined";
constexpr const char* kResult = "\"~result\"";
// How the server begins what it says at debug level of ALTER TABLE.
constexpr const char* kRewriting = "rewriting table";

std::string ColumnList(const std::vector<plan::Binding>& bindings) {
  std::vector<std::string> columns;
  for (const plan::Binding& binding : bindings) {
    columns.push_back(Ident(binding.name) + " " + binding.type);
  }
  return base::Join(columns, ", ");
}

std::string Bracketed(const std::string& sql) { return "(" + sql + "\n)"; }

void CreateClone(db::Connection& connection,
                 const db::ExpressionQuestion& question) {
  connection.Execute(std::string("CREATE TABLE ") + kClone + " (" +
                     ColumnList(question.bindings) + ")");
}

// WHERE takes no aggregates, window functions and sets of rows; a statement
// with a parameter cannot be several statements.
std::string ShapeError(db::Connection& connection,
                       const db::ExpressionQuestion& question) {
  const Attempt attempt(connection);
  CreateClone(connection, question);
  // A call of one argument takes no list; a bare SELECT needs brackets.
  const bool is_select =
      base::ToLower(base::Trim(question.sql)).starts_with("select");
  const std::string argument =
      is_select ? Bracketed(question.sql) : question.sql + "\n";
  return Try(connection,
             std::string("EXPLAIN SELECT FROM ") + kClone +
                 " WHERE $1::int = 0 AND pg_catalog.pg_typeof(" + argument +
                 ") IS NULL",
             {std::int64_t{1}})
      .message;
}

// RETURN, where the server has it, takes a bare literal for any type.
std::string Body(db::Connection& connection, const std::string& sql) {
  const db::Result version =
      connection.Execute("SELECT current_setting('server_version_num')::int");
  if (db::ToInt(version.rows.at(0).at(0)) >= 140000) {
    return " RETURN " + Bracketed(sql);
  }
  return " AS " + Literal("SELECT " + Bracketed(sql));
}

// The same form as the function that will hold it, so that nothing is taken
// here and refused later.
std::string TypeError(db::Connection& connection,
                      const db::ExpressionQuestion& question) {
  const Attempt attempt(connection);
  return Try(connection, "CREATE FUNCTION pg_temp.segue_examined(" +
                             ColumnList(question.bindings) + ") RETURNS " +
                             question.type + " LANGUAGE sql" +
                             Body(connection, question.sql))
      .message;
}

// A generated column takes immutable expressions only.
Refusal TryGenerated(db::Connection& connection,
                     const std::vector<plan::Binding>& bindings,
                     const std::string& sql, const std::string& type) {
  const Attempt attempt(connection);
  const std::string columns = ColumnList(bindings);
  return Try(connection, std::string("CREATE TABLE ") + kClone + " (" +
                             columns + (columns.empty() ? "" : ", ") + kResult +
                             " " + type + " GENERATED ALWAYS AS " +
                             Bracketed(sql) + " STORED)");
}

// The planner pulls a subquery up into its parent unless its output contains
// a volatile function, whatever language that is written in.
bool IsVolatile(db::Connection& connection,
                const db::ExpressionQuestion& question) {
  const Attempt attempt(connection);
  CreateClone(connection, question);
  const std::string plan_sql =
      std::string("EXPLAIN (COSTS OFF) SELECT r.c IS NULL FROM (SELECT ") +
      Bracketed(question.sql) + "::" + question.type + " AS c FROM " + kClone +
      ") r";
  for (const db::Row& line : connection.Execute(plan_sql).rows) {
    if (db::ToText(line[0]).find("Subquery Scan") != std::string::npos) {
      return true;
    }
  }
  return false;
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::ExpressionQuestion& question) {
  db::Answer answer;
  answer.error = ShapeError(connection, question);
  if (answer.error.empty()) answer.error = TypeError(connection, question);
  if (!answer.error.empty()) return answer;
  const Refusal generated =
      TryGenerated(connection, question.bindings, question.sql, question.type);
  answer.is_immutable = generated.sqlstate.empty();
  if (answer.is_immutable) return answer;
  answer.is_volatile =
      DependsOnMoment(question.sql) || IsVolatile(connection, question);
  return answer;
}

std::int64_t Filenode(db::Connection& connection) {
  const db::Result found =
      connection.Execute("SELECT pg_catalog.pg_relation_filenode(" +
                         Literal(kClone) + "::regclass)::bigint");
  return db::ToInt(found.rows.at(0).at(0));
}

// The server tells by what it does to an empty table.
db::Answer AnswerTo(db::Connection& connection,
                    const db::DefaultQuestion& question) {
  db::Answer answer;
  {
    const Attempt attempt(connection);
    connection.Execute(std::string("CREATE TABLE ") + kClone +
                       " (\"~one\" int)");
    const std::int64_t before = Filenode(connection);
    answer.error =
        Try(connection, std::string("ALTER TABLE ") + kClone + " ADD COLUMN " +
                            kResult + " " + question.type + " DEFAULT " +
                            Bracketed(question.sql))
            .message;
    if (!answer.error.empty()) return answer;
    answer.rewrites_table = Filenode(connection) != before;
  }
  answer.is_volatile = answer.rewrites_table;
  answer.is_immutable =
      !answer.is_volatile &&
      TryGenerated(connection, {}, question.sql, question.type)
          .sqlstate.empty();
  return answer;
}

bool Says(const std::vector<std::string>& notices, const char* text) {
  return std::any_of(
      notices.begin(), notices.end(),
      [&](const std::string& notice) { return notice.starts_with(text); });
}

// An empty copy with its indexes and checks is changed, and the server says
// what it does to it. That it still speaks of it in the same words is seen at
// a change that rewrites on every version; else it counts as rewriting.
db::Answer AnswerTo(db::Connection& connection,
                    const db::TypeQuestion& question) {
  const Attempt attempt(connection);
  db::Answer answer;
  const std::string alter = std::string("ALTER TABLE ") + kClone + " ";
  const std::string to_type = alter + "ALTER COLUMN ";
  try {
    connection.Execute(std::string("CREATE TABLE ") + kClone + " (LIKE " +
                       Name(question.table) + " INCLUDING ALL)");
    connection.Execute("SET LOCAL client_min_messages = debug1");
    const std::vector<std::string> said =
        connection
            .Execute(to_type + Ident(question.column) + " TYPE " +
                     question.type)
            .notices;
    answer.rewrites_table = Says(said, kRewriting);
    answer.scans_table = Says(said, "verifying table");
    answer.builds_index = Says(said, "building index");
  } catch (const Error& error) {
    if (error.poisons_connection() || error.retryable()) throw;
    answer.error = error.what();
    return answer;
  }
  connection.Execute(alter + "ADD COLUMN \"~one\" int");
  const std::vector<std::string> known =
      connection.Execute(to_type + "\"~one\" TYPE text").notices;
  if (!Says(known, kRewriting)) answer.rewrites_table = true;
  return answer;
}

// On an empty table of the same columns: bad methods, operator classes,
// collations, predicates and storage parameters are the server's to find.
db::Answer AnswerTo(db::Connection& connection,
                    const db::IndexQuestion& question) {
  std::vector<std::string> columns;
  for (const schema::Column& column : question.columns) {
    columns.push_back(Ident(column.name) + " " + column.type +
                      (column.collation.empty()
                           ? ""
                           : " COLLATE " + CollationSql(column.collation)));
  }
  const schema::TableName clone{"pg_temp", "segue_examined"};
  schema::Index index = question.index;
  index.name = "segue_examined_index";
  db::Answer answer;
  const Attempt attempt(connection);
  connection.Execute("CREATE TABLE " + Name(clone) + " (" +
                     base::Join(columns, ", ") + ")");
  answer.error = Try(connection, CreateIndexSql(clone, index, false)).message;
  if (!answer.error.empty()) return answer;
  // The server's text, with the names that it will have.
  const db::Result printed = connection.Execute(
      "SELECT format('CREATE %sINDEX %I ON %s%I.%I', CASE WHEN $1::int = 1 "
      "THEN 'UNIQUE ' ELSE '' END, $2::text, CASE WHEN EXISTS (SELECT FROM "
      "pg_catalog.pg_class WHERE relkind = 'p' AND oid = to_regclass(format("
      "'%I.%I', $3::text, $4::text))) THEN 'ONLY ' ELSE '' END, $3::text, "
      "$4::text) || substr(d, strpos(d, ' USING ')) "
      "FROM pg_catalog.pg_get_indexdef("
      "'pg_temp.segue_examined_index'::regclass) d",
      {std::int64_t{index.unique ? 1 : 0}, question.index.name,
       question.table.schema, question.table.name});
  answer.definition = db::ToText(printed.rows.at(0).at(0));
  return answer;
}

}  // namespace

bool DependsOnMoment(const std::string& expression) {
  static const std::vector<std::string> kMoments = base::Split(
      "now,age,current_date,current_time,current_timestamp,localtime,"
      "localtimestamp,current_user,session_user,user,current_role,"
      "current_setting,current_schema,current_schemas,current_database,"
      "statement_timestamp,transaction_timestamp,clock_timestamp,"
      "txid_current,pg_current_xact_id,inet_client_addr,pg_backend_pid",
      ',');
  // extract(... FROM ...) has the one word, SELECT CASE ... END the other.
  const bool reads_tables =
      schema::ReferencedColumns(expression, {"select", "from"}).size() == 2;
  return reads_tables ||
         !schema::ReferencedColumns(expression, kMoments).empty();
}

db::Answer Examine(db::Connection& connection, const db::Question& question) {
  return std::visit([&](const auto& one) { return AnswerTo(connection, one); },
                    question);
}

}  // namespace segue::postgres
