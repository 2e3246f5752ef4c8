#include "db/upsert.h"

#include <utility>

#include "base/text.h"

namespace segue::db {
namespace {

constexpr const char* kThere = "there";

std::vector<std::string> Names(const std::vector<Upsert::Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Upsert::Column& column : columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> Assignments(const Upsert& upsert) {
  std::vector<std::string> assignments;
  for (const auto& [name, value, if_there, expression] : upsert.columns) {
    switch (if_there) {
      case Upsert::IfThere::kReplace:
        assignments.push_back(name + " = excluded." + name);
        break;
      case Upsert::IfThere::kAdd:
        assignments.push_back(name + " = " + kThere + "." + name +
                              " + excluded." + name);
        break;
      case Upsert::IfThere::kKeep:
        break;
    }
  }
  return assignments;
}

}  // namespace

Upsert::Column Upsert::Computed(std::string name, std::string expression) {
  return {std::move(name), {}, IfThere::kReplace, std::move(expression)};
}

Sql InsertSql(const Upsert& upsert, const std::string& alias) {
  std::vector<Upsert::Column> all = upsert.key;
  all.insert(all.end(), upsert.columns.begin(), upsert.columns.end());
  Sql sql("INSERT INTO " + upsert.table);
  if (!alias.empty()) sql.Text(" AS " + alias);
  sql.Text(" (" + base::Join(Names(all), ", ") + ") VALUES (");
  const char* separator = "";
  for (const Upsert::Column& column : all) {
    sql.Text(separator);
    separator = ", ";
    if (column.expression.empty()) {
      sql.Bind(column.value);
    } else {
      sql.Text(column.expression);
    }
  }
  return sql.Text(")");
}

Sql OnConflictSql(const Upsert& upsert) {
  Sql sql = InsertSql(upsert, kThere);
  sql.Text(" ON CONFLICT (" + base::Join(Names(upsert.key), ", ") + ") DO ");
  const std::vector<std::string> assignments = Assignments(upsert);
  return sql.Text(assignments.empty()
                      ? "NOTHING"
                      : "UPDATE SET " + base::Join(assignments, ", "));
}

}  // namespace segue::db
