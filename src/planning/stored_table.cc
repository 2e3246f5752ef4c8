#include "planning/stored_table.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "segue/error.h"

namespace segue::ops {

const StoredColumn* FindStored(const StoredColumns& columns, int number) {
  const auto found = std::find_if(
      columns.begin(), columns.end(),
      [&](const StoredColumn& one) { return one.number == number; });
  return found == columns.end() ? nullptr : &*found;
}

StoredTable::StoredTable(const schema::Table& table) : name_(table.name) {
  for (const schema::Column& column : table.columns) Add(column);
}

int StoredTable::NumberOf(const std::string& column) const {
  for (const StoredColumn& one : columns_) {
    if (one.column.name == column) return one.number;
  }
  return 0;
}

void StoredTable::Apply(const plan::Action& action) {
  if (const auto* add = std::get_if<plan::AddColumn>(&action)) {
    Add(add->column);
    if (add->then_default) {
      columns_.back().column.default_sql = add->then_default;
    }
  } else if (const auto* drop = std::get_if<plan::DropColumn>(&action)) {
    std::erase_if(columns_, [&](const StoredColumn& one) {
      return one.column.name == drop->column.physical();
    });
  } else if (const auto* rename = std::get_if<plan::RenameColumn>(&action)) {
    At(rename->from).column.name = rename->to;
  } else if (const auto* alter = std::get_if<plan::AlterColumn>(&action)) {
    StoredColumn& stored = At(alter->after.physical());
    const std::string name = stored.column.name;
    stored.column = alter->after;
    stored.column.name = name;
    stored.column.stored_as.clear();
  }
}

void StoredTable::Add(schema::Column column) {
  column.name = column.physical();
  column.stored_as.clear();
  columns_.push_back({next_++, std::move(column)});
}

StoredColumn& StoredTable::At(const std::string& column) {
  for (StoredColumn& one : columns_) {
    if (one.column.name == column) return one;
  }
  throw Error(ErrorKind::kInternal, "the plan changes column '" + column +
                                        "' of '" + name_.name +
                                        "', which is not there");
}

}  // namespace segue::ops
