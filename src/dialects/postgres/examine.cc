#include "dialects/postgres/examine.h"

#include <algorithm>
#include <variant>

#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/catalog.h"
#include "dialects/postgres/examine_check.h"
#include "dialects/postgres/examine_code.h"
#include "dialects/postgres/kept_columns.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/rights.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/writer_rights.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kClone = "pg_temp.segue_examined";
constexpr const char* kResult = "\"~result\"";
// At debug level the server begins a message about ALTER TABLE with these
// words.
constexpr const char* kRewriting = "rewriting table";

std::string ColumnList(const std::vector<plan::Binding>& bindings) {
  std::vector<std::string> columns;
  for (const plan::Binding& binding : bindings) {
    columns.push_back(Ident(binding.name) + " " + binding.type);
  }
  return base::Join(columns, ", ");
}

void CreateClone(db::Connection& connection,
                 const db::ExpressionQuestion& question) {
  connection.Execute(std::string("CREATE TABLE ") + kClone + " (" +
                     ColumnList(question.bindings) + ")");
}

// WHERE accepts no aggregates, window functions or sets of rows, and a
// statement with a parameter cannot be several statements.
std::string ShapeError(db::Connection& connection,
                       const db::ExpressionQuestion& question) {
  const Attempt attempt(connection);
  CreateClone(connection, question);
  // A call with one argument accepts no list, and a SELECT without brackets is
  // no expression.
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

// RETURN, on a server that has it, accepts a bare literal for any type.
std::string Body(db::Connection& connection, const std::string& sql) {
  const db::Result version = connection.Execute(
      "SELECT pg_catalog.current_setting('server_version_num')::int");
  if (db::ToInt(version.rows.at(0).at(0)) >= 140000) {
    return " RETURN " + Bracketed(sql);
  }
  return " AS " + Literal("SELECT " + Bracketed(sql));
}

// The expression is tried in the same form as in its later function, so that
// nothing is accepted here and refused later.
std::string TypeError(db::Connection& connection,
                      const db::ExpressionQuestion& question) {
  const Attempt attempt(connection);
  return Try(connection, "CREATE FUNCTION pg_temp.segue_examined(" +
                             ColumnList(question.bindings) + ") RETURNS " +
                             question.type + " LANGUAGE sql" +
                             Body(connection, question.sql))
      .message;
}

// A generated column accepts immutable expressions only.
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

// The planner pulls a subquery up into its parent unless the subquery's output
// has a volatile function, in whatever language that is written.
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
  answer.names = KeptColumns(question.sql, question.bindings);
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

// The server's answer is what it does to an empty table.
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

// True for an error about the statement itself, such as an unknown type.
bool IsAboutStatement(const Refusal& refusal) {
  return refusal.sqlstate.starts_with("42") ||
         refusal.sqlstate.starts_with("3F");
}

// A value is tried instead of reading the constraints, because any of them,
// also of a domain within the domain, may refuse NULL. A domain has a copy of
// the default of the domain that it is made of.
db::Answer AnswerTo(db::Connection& connection,
                    const db::LeftOutQuestion& question) {
  db::Answer answer;
  {
    const Attempt attempt(connection);
    const Refusal refusal =
        Try(connection, "SELECT NULL::" + question.type + " IS NULL");
    if (IsAboutStatement(refusal)) return answer;
    answer.error = refusal.message;
  }
  const Attempt attempt(connection);
  const db::Result type = connection.Execute(
      "SELECT pg_catalog.to_regtype($1::text)::oid::bigint", {question.type});
  const QualifiedNames names(connection, question.table.schema);
  const db::Result found = connection.Execute(
      std::string("SELECT ") + kTypeDefault + ", " +
          IsConstantSql("t.typdefaultbin") +
          " FROM pg_catalog.pg_type t WHERE t.oid = $1::bigint::oid",
      {type.rows.at(0).at(0)});
  if (!found.rows.empty() && !db::IsNull(found.rows[0].at(0))) {
    answer.default_sql = db::ToText(found.rows[0].at(0));
    answer.is_volatile = db::ToInt(found.rows[0].at(1)) == 0;
  }
  return answer;
}

bool Says(const std::vector<std::string>& notices, const char* text) {
  return std::any_of(
      notices.begin(), notices.end(),
      [&](const std::string& notice) { return notice.starts_with(text); });
}

// The server alters an empty copy of the table with its indexes and checks, and
// its messages tell what it does. A change that rewrites the table on every
// version shows whether the messages still have the known words; otherwise the
// change counts as rewriting.
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

// The index is built on an empty table with the same columns, so that the
// server finds wrong methods, operator classes, collations, predicates and
// storage parameters.
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
  // The answer has the server's own text, with the final names.
  const QualifiedNames names(connection, question.table.schema);
  const db::Result printed = connection.Execute(
      "SELECT pg_catalog.format('CREATE %sINDEX %I ON %s%I.%I', CASE WHEN "
      "$1::int = 1 "
      "THEN 'UNIQUE ' ELSE '' END, $2::text, CASE WHEN EXISTS (SELECT FROM "
      "pg_catalog.pg_class WHERE relkind = 'p' AND oid = "
      "pg_catalog.to_regclass(pg_catalog.format("
      "'%I.%I', $3::text, $4::text))::oid) THEN 'ONLY ' ELSE '' END, $3::text, "
      "$4::text) || pg_catalog.substr(d, pg_catalog.strpos(d, ' USING ')) "
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
  // extract(... FROM ...) contains one of the two words, and SELECT CASE ...
  // END the other.
  const bool reads_tables =
      schema::ReferencedColumns(expression, {"select", "from"}).size() == 2;
  return reads_tables ||
         !schema::ReferencedColumns(expression, kMoments).empty();
}

db::Answer Examine(db::Connection& connection, const db::Question& question) {
  // Or looks after what it runs by itself.
  const bool reads_only =
      std::holds_alternative<db::NameQuestion>(question) ||
      std::holds_alternative<db::MentionQuestion>(question) ||
      std::holds_alternative<db::PublishedQuestion>(question) ||
      std::holds_alternative<db::RightsQuestion>(question) ||
      std::holds_alternative<db::UnprovenQuestion>(question) ||
      std::holds_alternative<db::FilledQuestion>(question) ||
      std::holds_alternative<db::LossQuestion>(question) ||
      std::holds_alternative<db::UnknownFactsQuestion>(question) ||
      std::holds_alternative<db::TriggersQuestion>(question) ||
      std::holds_alternative<db::RoomQuestion>(question) ||
      std::holds_alternative<db::CopyQuestion>(question) ||
      std::holds_alternative<db::RangesQuestion>(question);
  if (!reads_only) {
    RequireTemporary(connection);
    RefuseForeignCode(connection, question);
  }
  db::Answer answer = std::visit(
      [&](const auto& one) { return AnswerTo(connection, one); }, question);
  if (!reads_only && answer.error.empty()) {
    AddWriterRights(connection, question, answer);
  }
  return answer;
}

}  // namespace segue::postgres
