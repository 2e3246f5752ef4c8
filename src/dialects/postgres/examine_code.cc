#include "dialects/postgres/examine_code.h"

#include <variant>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/exposure.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kScope = "pg_temp.segue_scope";

// What a question has the server evaluate, and the names in scope.
struct Code {
  schema::TableName table;
  std::vector<plan::Binding> bindings = {};
  std::vector<std::string> expressions = {};
  std::vector<std::string> said = {};  // the same for people

  void AddType(const std::string& type) {
    if (type.empty()) return;
    expressions.push_back("NULL::" + type);
    said.push_back("type " + type);
  }
  void Add(const std::string& expression) {
    if (expression.empty()) return;
    expressions.push_back("(" + expression + "\n)");
    said.push_back("'" + expression + "'");
  }
};

std::vector<plan::Binding> BindingsOf(
    const std::vector<schema::Column>& columns) {
  std::vector<plan::Binding> bindings;
  for (const schema::Column& column : columns) {
    bindings.push_back({column.name, column.name, column.type});
  }
  return bindings;
}

Code CodeOf(const db::DefaultQuestion& question) {
  Code code{question.table};
  code.Add(question.sql);
  code.AddType(question.type);
  return code;
}
Code CodeOf(const db::TypeQuestion& question) {
  Code code{question.table};
  code.AddType(question.type);
  return code;
}
Code CodeOf(const db::LeftOutQuestion& question) {
  Code code{question.table};
  code.AddType(question.type);
  return code;
}
Code CodeOf(const db::ExpressionQuestion& question) {
  Code code{question.table, question.bindings};
  code.Add(question.sql);
  code.AddType(question.type);
  return code;
}
Code CodeOf(const db::CheckQuestion& question) {
  Code code{question.table, question.bindings};
  code.Add(question.sql);
  return code;
}
Code CodeOf(const db::IndexQuestion& question) {
  Code code{question.table, BindingsOf(question.columns)};
  for (const schema::IndexColumn& column : question.index.columns) {
    code.Add(column.expression);
  }
  code.Add(question.index.predicate);
  return code;
}
Code CodeOf(const db::TableQuestion& question) {
  const schema::Table& table = *question.definition;
  Code code{table.name, BindingsOf(table.columns)};
  for (const schema::Column& column : table.columns) {
    code.AddType(column.type);
    code.Add(column.default_sql.value_or(""));
    code.Add(column.generated_sql);
  }
  for (const schema::Constraint& constraint : table.constraints) {
    code.Add(constraint.check);
    code.Add(constraint.predicate);
  }
  return code;
}
template <typename Other>
Code CodeOf(const Other& /*question*/) {
  return {};
}

bool IsSuperuser(db::Connection& connection) {
  const db::Result found = connection.Execute(
      "SELECT count(*) FROM pg_catalog.pg_roles r WHERE r.rolsuper AND "
      "r.rolname IN (current_user::name, session_user::name)");
  return db::ToInt(found.rows.at(0).at(0)) > 0;
}

// A view is stored without being planned, so nothing of it is evaluated. A
// check may say table.column.
std::vector<std::string> BindSql(const Code& code) {
  std::vector<std::string> columns, values;
  for (const plan::Binding& binding : code.bindings) {
    columns.push_back(Ident(binding.name) + " " + binding.type);
  }
  for (const std::string& expression : code.expressions) {
    values.push_back("pg_catalog.pg_typeof(" + expression + ") AS c" +
                     std::to_string(values.size()));
  }
  return {std::string("CREATE TABLE ") + kScope + " (" +
              base::Join(columns, ", ") + ")",
          std::string("CREATE VIEW ") + kBoundCode + " AS SELECT " +
              base::Join(values, ", ") + " FROM " + kScope + " AS " +
              Ident(code.table.name)};
}

// What cannot be bound cannot be evaluated either, and the answer to the
// question says why.
bool Bind(db::Connection& connection, const Code& code) {
  for (const std::string& sql : BindSql(code)) {
    if (!Try(connection, sql).message.empty()) return false;
  }
  return true;
}

Code AnyCodeOf(const db::Question& question) {
  return std::visit([](const auto& one) { return CodeOf(one); }, question);
}

// The links of what a bound expression uses, and of what belongs to a table.
constexpr const char* kBoundLinks =
    "SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend d JOIN "
    "pg_catalog.pg_rewrite w ON w.oid = d.objid AND w.ev_class = "
    "$1::regclass::oid WHERE d.classid = "
    "'pg_catalog.pg_rewrite'::regclass::oid";
constexpr const char* kTableLinks =
    "SELECT d.refclassid, d.refobjid FROM (SELECT "
    "'pg_catalog.pg_constraint'::regclass::oid, x.oid FROM "
    "pg_catalog.pg_constraint x WHERE x.conrelid = r.id UNION ALL SELECT "
    "'pg_catalog.pg_attrdef'::regclass::oid, f.oid FROM pg_catalog.pg_attrdef "
    "f "
    "WHERE f.adrelid = r.id UNION ALL SELECT 'pg_catalog.pg_class'::regclass::"
    "oid, i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = r.id "
    "UNION "
    "ALL SELECT 'pg_catalog.pg_class'::regclass::oid, r.id) part(class, id) "
    "JOIN pg_catalog.pg_depend d ON d.classid = part.class AND d.objid = "
    "part.id WHERE d.refclassid <> 'pg_catalog.pg_class'::regclass::oid";

// $1 is an object that the links start from, and $2 the table whose owner may
// own what is used.
std::string ForeignSql(const char* links) {
  return TrustedRolesSql() +
         " SELECT pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0), "
         "pg_catalog.pg_get_userbyid(o.owner)::text FROM (SELECT "
         "pg_catalog.to_regclass($2::text)::oid AS id) r CROSS JOIN LATERAL (" +
         links +
         ") d CROSS JOIN LATERAL (SELECT p.proowner FROM pg_catalog.pg_proc p "
         "WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass::oid AND p.oid = "
         "d.refobjid UNION ALL SELECT p.proowner FROM pg_catalog.pg_operator x "
         "JOIN pg_catalog.pg_proc p ON p.oid = x.oprcode::oid WHERE "
         "d.refclassid = 'pg_catalog.pg_operator'::regclass::oid AND x.oid = "
         "d.refobjid UNION ALL SELECT t.typowner FROM pg_catalog.pg_type t "
         "WHERE d.refclassid = 'pg_catalog.pg_type'::regclass::oid AND t.oid = "
         "d.refobjid UNION ALL SELECT c.relowner FROM pg_catalog.pg_class c "
         "WHERE d.refclassid = 'pg_catalog.pg_class'::regclass::oid AND c.oid "
         "= d.refobjid) o(owner) WHERE $1::text IS NOT NULL AND o.owner NOT IN "
         "(SELECT id FROM trusted) AND o.owner <> coalesce((SELECT c.relowner "
         "FROM pg_catalog.pg_class c WHERE c.oid = r.id), 0::oid) ORDER BY 1 "
         "LIMIT 1";
}

void RefuseIfFound(const db::Result& found, const std::string& user) {
  if (found.rows.empty()) return;
  throw Error(ErrorKind::kRefused,
              user + " uses " + db::ToText(found.rows[0].at(0)) +
                  ", which belongs to " + db::ToText(found.rows[0].at(1)) +
                  " and would run with the rights of a superuser")
      .WithHint(
          "connect as the owner of the table, or let a superuser or that owner "
          "own it");
}

void RefuseTable(db::Connection& connection, const schema::TableName& table) {
  const std::string name = Name(table);
  RefuseIfFound(connection.Execute(ForeignSql(kTableLinks), {name, name}),
                "table '" + table.name + "'");
}

}  // namespace

void RefuseForeignCode(db::Connection& connection,
                       const db::Question& question) {
  const Code code = AnyCodeOf(question);
  if (code.expressions.empty() || !IsSuperuser(connection)) return;
  RefuseTable(connection, code.table);
  const Attempt attempt(connection);
  if (!Bind(connection, code)) return;
  RefuseIfFound(connection.Execute(ForeignSql(kBoundLinks),
                                   {kBoundCode, Name(code.table)}),
                base::Join(code.said, ", "));
}

void RefuseForeignCode(db::Connection& connection, const std::string& schema,
                       const std::vector<std::string>& tables) {
  if (!IsSuperuser(connection)) return;
  for (const std::string& table : tables) {
    RefuseTable(connection, {schema, table});
  }
}

bool BindCode(db::Connection& connection, const db::Question& question) {
  const Code code = AnyCodeOf(question);
  return !code.expressions.empty() && Bind(connection, code);
}

schema::TableName CodeTable(const db::Question& question) {
  return AnyCodeOf(question).table;
}

}  // namespace segue::postgres
