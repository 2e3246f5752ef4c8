#include "dialects/postgres/examine_check.h"

#include <vector>

#include "base/text.h"
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kConstraint = "segue_examined";

// The copy has the table's own name, because a check may say table.column.
std::string Clone(const db::CheckQuestion& question) {
  return "pg_temp." + Ident(question.table.name);
}

std::string CreateSql(const db::CheckQuestion& question) {
  std::vector<std::string> parts;
  for (const plan::Binding& binding : question.bindings) {
    parts.push_back(Ident(binding.name) + " " + binding.type);
  }
  schema::Constraint check;
  check.check = question.sql;
  parts.push_back(std::string("CONSTRAINT ") + kConstraint + " " +
                  ConstraintBody(question.table, check));
  return "CREATE TEMPORARY TABLE " + Clone(question) + " (" +
         base::Join(parts, ", ") + ")";
}

std::string Read(db::Connection& connection, const db::CheckQuestion& question,
                 const std::string& what) {
  const db::Result found = connection.Execute(
      "SELECT " + what + " FROM pg_catalog.pg_constraint x WHERE x.conname = " +
      Literal(kConstraint) + " AND x.conrelid = " + Literal(Clone(question)) +
      "::regclass::oid");
  return db::ToText(found.rows.at(0).at(0));
}

// The columns are renamed by way of unused names, because two columns may
// exchange their names.
void Rename(db::Connection& connection, const db::CheckQuestion& question) {
  const std::string rename =
      "ALTER TABLE " + Clone(question) + " RENAME COLUMN ";
  int number = 0;
  for (const plan::Binding& binding : question.bindings) {
    connection.Execute(rename + Ident(binding.name) + " TO " +
                       Ident("~" + std::to_string(++number)));
  }
  number = 0;
  for (const plan::Binding& binding : question.bindings) {
    connection.Execute(rename + Ident("~" + std::to_string(++number)) + " TO " +
                       Ident(binding.column));
  }
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::CheckQuestion& question) {
  db::Answer answer;
  const db::Transaction transaction(connection, {db::Purpose::kSchema, {}});
  try {
    connection.Execute(CreateSql(question));
  } catch (const Error& error) {
    const bool about_it = error.kind() == ErrorKind::kRefused ||
                          error.kind() == ErrorKind::kConstraint ||
                          error.kind() == ErrorKind::kInternal;
    if (!about_it) throw;
    answer.error = error.what();
    return answer;
  }
  const QualifiedNames names(connection, question.table.schema);
  answer.definition =
      Read(connection, question, "pg_catalog.pg_get_constraintdef(x.oid)");
  Rename(connection, question);
  answer.bound = Read(connection, question,
                      "pg_catalog.pg_get_expr(x.conbin, x.conrelid)");
  return answer;
}

}  // namespace segue::postgres
