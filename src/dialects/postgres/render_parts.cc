#include "dialects/postgres/render_parts.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "db/clause.h"
#include "db/question.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// The modes are in the order of the manual, in which later modes conflict with
// more modes.
int StrengthOf(std::string_view mode) {
  constexpr std::array<std::string_view, 8> kModes = {
      "ACCESS SHARE",  "ROW SHARE",
      "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
      "SHARE",         "SHARE ROW EXCLUSIVE",
      "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
  const auto* found = std::find(kModes.begin(), kModes.end(), mode);
  return static_cast<int>(found - kModes.begin()) + 1;
}

}  // namespace

std::string Relation(const schema::TableName& table) {
  return "pg_catalog.to_regclass(" + Literal(Name(table)) + ")::oid";
}

std::string Block(const std::string& text, const Marks& marks) {
  return "DO " + DollarQuoted(FilledAll(text, marks));
}

LockNeed Lock(const char* mode, const schema::TableName& table,
              const db::RenderContext& context, const char* hold) {
  return {mode, table.ToString(), context.lock_budget, hold, StrengthOf(mode)};
}

std::string RowsOfOwn(const schema::TableName& table,
                      const schema::Schema& schema) {
  const schema::Table* found = schema.FindTable(table.name);
  const bool parts = found != nullptr && found->kind == "partitioned table";
  return (parts ? "" : "ONLY ") + Name(table);
}

std::string AlterTable(const schema::TableName& table) {
  return "ALTER TABLE " + Name(table) + " ";
}

std::string InSchema(std::string sql, const std::string& schema) {
  const std::string mark = db::kSchemaMark;
  const std::string name = Ident(schema);
  for (std::size_t at = sql.find(mark); at != std::string::npos;
       at = sql.find(mark, at + name.size())) {
    sql.replace(at, mark.size(), name);
  }
  return sql;
}

std::vector<Statement> Statements(std::vector<std::string> sql) {
  std::vector<Statement> statements;
  for (std::string& one : sql) statements.push_back({std::move(one), {}});
  return statements;
}

std::string ColumnExists(const schema::TableName& table,
                         const std::string& column) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid "
         "= " +
         Relation(table) + " AND attname = " + Literal(column) +
         " AND NOT attisdropped)";
}

std::string ConstraintExists(const schema::TableName& table,
                             const std::string& constraint,
                             const std::string& condition) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE "
         "conrelid = " +
         Relation(table) + " AND conname = " + Literal(constraint) + " AND " +
         condition + ")";
}

std::string TriggerExists(const schema::TableName& table,
                          const std::string& trigger,
                          const std::string& condition) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = " +
         Relation(table) + " AND tgname = " + Literal(trigger) + " AND " +
         condition + ")";
}

std::string IndexExists(const schema::TableName& table,
                        const std::string& index,
                        const std::string& condition) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid "
         "= " +
         Relation(table) +
         " AND i.indexrelid = " + Relation({table.schema, index}) + " AND " +
         condition + ")";
}

// A name without quotes or a schema is taken as it is, since those of
// collations often have hyphens and capitals.
std::string CollationSql(const std::string& collation) {
  if (collation.find_first_of("\".") == std::string::npos) {
    return Ident(collation);
  }
  const auto parts = db::NameParts(collation);
  if (!parts) {
    throw Error(ErrorKind::kUsage,
                "'" + collation + "' is no name of a collation");
  }
  std::vector<std::string> quoted;
  for (const std::string& part : *parts) quoted.push_back(Ident(part));
  return base::Join(quoted, ".");
}

}  // namespace segue::postgres
