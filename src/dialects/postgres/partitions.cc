#include "dialects/postgres/partitions.h"

#include "base/text.h"
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

using Method = plan::Partitioning::Method;
using Part = plan::Partitioning::Part;

// The server reads a text as the type of the column wants it.
std::string EndSql(const std::vector<std::string>& values) {
  std::vector<std::string> sql;
  for (const std::string& value : values) {
    const std::string word = base::ToLower(value);
    const bool open = word == "minvalue" || word == "maxvalue";
    sql.push_back(open ? value : Literal(value));
  }
  return "(" + base::Join(sql, ", ") + ")";
}

std::string BoundsSql(const plan::Partitioning& how, std::size_t at) {
  const Part& part = how.parts[at];
  if (part.is_default) return "DEFAULT";
  switch (how.method) {
    case Method::kRange:
      return "FOR VALUES FROM " + EndSql(part.from) + " TO " + EndSql(part.to);
    case Method::kList:
      return "FOR VALUES IN (" + Literals(part.values) + ")";
    case Method::kHash:
      return "FOR VALUES WITH (MODULUS " + std::to_string(how.parts.size()) +
             ", REMAINDER " + std::to_string(at) + ")";
  }
  return "";
}

}  // namespace

std::string PartitionBySql(const plan::CopyTable& action) {
  if (!action.partitions) return "";
  const plan::Partitioning& how = *action.partitions;
  const char* method = how.method == Method::kRange  ? "RANGE"
                       : how.method == Method::kList ? "LIST"
                                                     : "HASH";
  return std::string(method) + " (" + Idents(how.columns) + ")";
}

std::string PartitionRowsSql(const plan::CopyTable& action) {
  if (!action.partitions) return "(NULL::text, NULL::text)";
  std::vector<std::string> rows;
  for (std::size_t at = 0; at < action.partitions->parts.size(); ++at) {
    rows.push_back("(" + Literal(action.partitions->parts[at].name) + ", " +
                   Literal(BoundsSql(*action.partitions, at)) + ")");
  }
  return base::Join(rows, ", ");
}

std::vector<std::string> PartitionIndexesSql(const plan::CopyTable& action) {
  if (!action.partitions) return {};
  const schema::TableName copy{action.table.name.schema, action.copy};
  std::vector<std::string> sql;
  for (const schema::Index& index : action.partitions->indexes) {
    sql.push_back(index.constraint.empty()
                      ? CreateIndexSql(copy, index, false)
                      : AlterTable(copy) + "ADD CONSTRAINT " +
                            Ident(index.constraint) + " " +
                            ConstraintBody(copy, ConstraintOf(index)));
  }
  return sql;
}

}  // namespace segue::postgres
