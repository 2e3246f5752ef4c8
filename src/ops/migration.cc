#include "segue/migration.h"

#include <utility>

#include "ops/add_column.h"
#include "ops/alter_column.h"
#include "ops/drop_column.h"
#include "ops/rename_column.h"
#include "ops/sql.h"

namespace segue {

Migration::Migration(std::string id_text, std::string title_text)
    : id(std::move(id_text)), title(std::move(title_text)) {}

Migration& Migration::AddColumn(const std::string& table,
                                const ColumnSpec& column,
                                const std::string& up) {
  ops::AddColumnSpec spec;
  spec.table = table;
  spec.column.name = column.name;
  spec.column.type = column.type;
  spec.column.nullable = column.nullable;
  spec.column.default_sql = column.default_sql;
  spec.up = up;
  operations.push_back(ops::MakeAddColumn(std::move(spec)));
  return *this;
}

Migration& Migration::RenameColumn(const std::string& table,
                                   const std::string& from,
                                   const std::string& to) {
  ops::RenameColumnSpec spec;
  spec.table = table;
  spec.from = from;
  spec.to = to;
  operations.push_back(ops::MakeRenameColumn(std::move(spec)));
  return *this;
}

Migration& Migration::AlterColumn(const std::string& table,
                                  const std::string& column,
                                  const ColumnChange& change) {
  ops::AlterColumnSpec spec;
  spec.table = table;
  spec.column = column;
  spec.change = change;
  operations.push_back(ops::MakeAlterColumn(std::move(spec)));
  return *this;
}

Migration& Migration::DropColumn(const std::string& table,
                                 const std::string& column,
                                 const std::string& down) {
  operations.push_back(ops::MakeDropColumn({table, column, down}));
  return *this;
}

Migration& Migration::Sql(const std::string& up, const std::string& down) {
  operations.push_back(ops::MakeSql({up, down, false}));
  return *this;
}

}  // namespace segue
