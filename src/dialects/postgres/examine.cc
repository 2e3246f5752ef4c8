#include "dialects/postgres/examine.h"

#include <algorithm>

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

std::string ColumnList(const db::Question& question) {
  std::vector<std::string> columns;
  for (const plan::Binding& binding : question.bindings) {
    columns.push_back(Ident(binding.name) + " " + binding.type);
  }
  return base::Join(columns, ", ");
}

std::string Expression(const db::Question& question) {
  return "(" + question.expression + "\n)";
}

void CreateClone(db::Connection& connection, const db::Question& question) {
  connection.Execute(std::string("CREATE TABLE ") + kClone + " (" +
                     ColumnList(question) + ")");
}

// WHERE takes no aggregates, window functions and sets of rows; a statement
// with a parameter cannot be several statements.
std::string ShapeError(db::Connection& connection,
                       const db::Question& question) {
  const Attempt attempt(connection);
  CreateClone(connection, question);
  // A call of one argument takes no list; a bare SELECT needs brackets.
  const bool is_select = base::StartsWith(
      base::ToLower(base::Trim(question.expression)), "select");
  const std::string argument =
      is_select ? Expression(question) : question.expression + "\n";
  return Try(connection,
             std::string("EXPLAIN SELECT FROM ") + kClone +
                 " WHERE $1::int = 0 AND pg_catalog.pg_typeof(" + argument +
                 ") IS NULL",
             {std::int64_t{1}})
      .message;
}

// RETURN, where the server has it, takes a bare literal for any type.
std::string Body(db::Connection& connection, const db::Question& question) {
  const db::Result version =
      connection.Execute("SELECT current_setting('server_version_num')::int");
  if (db::ToInt(version.rows.at(0).at(0)) >= 140000) {
    return " RETURN " + Expression(question);
  }
  return " AS " + Literal("SELECT " + Expression(question));
}

// The same form as the function that will hold it, so that nothing is taken
// here and refused later.
std::string TypeError(db::Connection& connection,
                      const db::Question& question) {
  const Attempt attempt(connection);
  return Try(connection, "CREATE FUNCTION pg_temp.segue_examined(" +
                             ColumnList(question) + ") RETURNS " +
                             question.type + " LANGUAGE sql" +
                             Body(connection, question))
      .message;
}

// A generated column takes immutable expressions only.
Refusal TryGenerated(db::Connection& connection, const db::Question& question) {
  const Attempt attempt(connection);
  const std::string columns = ColumnList(question);
  return Try(connection, std::string("CREATE TABLE ") + kClone + " (" +
                             columns + (columns.empty() ? "" : ", ") + kResult +
                             " " + question.type + " GENERATED ALWAYS AS " +
                             Expression(question) + " STORED)");
}

// The planner pulls a subquery up into its parent unless its output contains
// a volatile function, whatever language that is written in.
bool IsVolatile(db::Connection& connection, const db::Question& question) {
  const Attempt attempt(connection);
  CreateClone(connection, question);
  const std::string plan_sql =
      std::string("EXPLAIN (COSTS OFF) SELECT r.c IS NULL FROM (SELECT ") +
      Expression(question) + "::" + question.type + " AS c FROM " + kClone +
      ") r";
  for (const db::Row& line : connection.Execute(plan_sql).rows) {
    if (db::ToText(line[0]).find("Subquery Scan") != std::string::npos) {
      return true;
    }
  }
  return false;
}

db::ExpressionFacts ExamineExpression(db::Connection& connection,
                                      const db::Question& question) {
  db::ExpressionFacts facts;
  facts.error = ShapeError(connection, question);
  if (facts.error.empty()) facts.error = TypeError(connection, question);
  if (!facts.error.empty()) return facts;
  const Refusal generated = TryGenerated(connection, question);
  facts.is_immutable = generated.sqlstate.empty();
  if (facts.is_immutable) return facts;
  facts.is_volatile =
      DependsOnMoment(question.expression) || IsVolatile(connection, question);
  return facts;
}

std::int64_t Filenode(db::Connection& connection) {
  const db::Result found =
      connection.Execute("SELECT pg_catalog.pg_relation_filenode(" +
                         Literal(kClone) + "::regclass)::bigint");
  return db::ToInt(found.rows.at(0).at(0));
}

// The server tells by what it does to an empty table.
db::ExpressionFacts ExamineDefault(db::Connection& connection,
                                   const db::Question& question) {
  db::ExpressionFacts facts;
  {
    const Attempt attempt(connection);
    connection.Execute(std::string("CREATE TABLE ") + kClone +
                       " (\"~one\" int)");
    const std::int64_t before = Filenode(connection);
    facts.error =
        Try(connection, std::string("ALTER TABLE ") + kClone + " ADD COLUMN " +
                            kResult + " " + question.type + " DEFAULT " +
                            Expression(question))
            .message;
    if (!facts.error.empty()) return facts;
    facts.rewrites_table = Filenode(connection) != before;
  }
  facts.is_volatile = facts.rewrites_table;
  facts.is_immutable =
      !facts.is_volatile && TryGenerated(connection, question).sqlstate.empty();
  return facts;
}

bool Says(const std::vector<std::string>& notices, const char* text) {
  return std::any_of(notices.begin(), notices.end(),
                     [&](const std::string& notice) {
                       return base::StartsWith(notice, text);
                     });
}

// An empty copy with its indexes and checks is changed, and the server says
// what it does to it. That it still speaks of it in the same words is seen at
// a change that rewrites on every version; else it counts as rewriting.
db::ExpressionFacts ExamineAlterType(db::Connection& connection,
                                     const db::Question& question) {
  const Attempt attempt(connection);
  db::ExpressionFacts facts;
  const std::string alter = std::string("ALTER TABLE ") + kClone + " ";
  const std::string to_type = alter + "ALTER COLUMN ";
  try {
    connection.Execute(std::string("CREATE TABLE ") + kClone + " (LIKE " +
                       Name(question.table) + " INCLUDING ALL)");
    connection.Execute("SET LOCAL client_min_messages = debug1");
    const std::vector<std::string> said =
        connection
            .Execute(to_type + Ident(question.expression) + " TYPE " +
                     question.type)
            .notices;
    facts.rewrites_table = Says(said, kRewriting);
    facts.scans_table = Says(said, "verifying table");
    facts.builds_index = Says(said, "building index");
  } catch (const Error& error) {
    if (error.poisons_connection() || error.retryable()) throw;
    facts.error = error.what();
    return facts;
  }
  connection.Execute(alter + "ADD COLUMN \"~one\" int");
  const std::vector<std::string> known =
      connection.Execute(to_type + "\"~one\" TYPE text").notices;
  if (!Says(known, kRewriting)) facts.rewrites_table = true;
  return facts;
}

// On an empty table of the same columns: bad methods, operator classes,
// collations, predicates and storage parameters are the server's to find.
db::ExpressionFacts ExamineIndex(db::Connection& connection,
                                 const db::Question& question) {
  std::vector<std::string> columns;
  for (const schema::Column& column : question.columns) {
    columns.push_back(Ident(column.name) + " " + column.type +
                      (column.collation.empty()
                           ? ""
                           : " COLLATE " + CollationSql(column.collation)));
  }
  const schema::TableName clone{"pg_temp", "segue_examined"};
  schema::Index index = *question.index;
  index.name = "segue_examined_index";
  db::ExpressionFacts facts;
  const Attempt attempt(connection);
  connection.Execute("CREATE TABLE " + Name(clone) + " (" +
                     base::Join(columns, ", ") + ")");
  facts.error = Try(connection, CreateIndexSql(clone, index, false)).message;
  if (!facts.error.empty()) return facts;
  // The server's text, with the names that it will have.
  const db::Result printed = connection.Execute(
      "SELECT format('CREATE %sINDEX %I ON %s%I.%I', CASE WHEN $1::int = 1 "
      "THEN 'UNIQUE ' ELSE '' END, $2::text, CASE WHEN EXISTS (SELECT FROM "
      "pg_catalog.pg_class WHERE relkind = 'p' AND oid = to_regclass(format("
      "'%I.%I', $3::text, $4::text))) THEN 'ONLY ' ELSE '' END, $3::text, "
      "$4::text) || substr(d, strpos(d, ' USING ')) "
      "FROM pg_catalog.pg_get_indexdef("
      "'pg_temp.segue_examined_index'::regclass) d",
      {std::int64_t{index.unique ? 1 : 0}, question.index->name,
       question.table.schema, question.table.name});
  facts.definition = db::ToText(printed.rows.at(0).at(0));
  return facts;
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

db::ExpressionFacts Examine(db::Connection& connection,
                            const db::Question& question) {
  switch (question.kind) {
    case db::Question::Kind::kAddColumnDefault:
      return ExamineDefault(connection, question);
    case db::Question::Kind::kAlterType:
      return ExamineAlterType(connection, question);
    case db::Question::Kind::kExpression:
      return ExamineExpression(connection, question);
    case db::Question::Kind::kIndex:
      return ExamineIndex(connection, question);
    case db::Question::Kind::kNewTable:
      return ExamineNewTable(connection, question);
    case db::Question::Kind::kFreeName:
      return ExamineName(connection, question);
    case db::Question::Kind::kNamedBy:
      return ExamineNamedBy(connection, question);
    case db::Question::Kind::kCheck:
      return ExamineCheck(connection, question);
  }
  throw Error(ErrorKind::kInternal, "a question of an unknown kind");
}

}  // namespace segue::postgres
