#include "planning/row_pieces.h"

#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "planning/new_tables.h"

namespace segue::ops {

using schema::ConstraintKind;

namespace {

std::string NameFor(const std::string& name, const std::string& table,
                    const std::string& piece, std::size_t limit) {
  const bool begins = name.starts_with(table + "_");
  return base::ShortName(
      piece + "_" + (begins ? name.substr(table.size() + 1) : name), limit);
}

}  // namespace

RowPiece PieceOf(const TableWork& work, const std::string& name,
                 plan::Expression where) {
  const schema::Table& live = work.live();
  const std::size_t limit = work.capabilities().max_identifier;
  RowPiece piece;
  piece.hidden = {live.name.schema, plan::HiddenTable(name, limit)};
  piece.where = std::move(where);
  piece.target = live;
  piece.target.name.name = name;
  piece.target.part_of = live.name;
  piece.target.part_where = piece.where.sql;
  piece.target.definition.clear();
  for (schema::Index& index : piece.target.indexes) {
    const std::string was = index.name;
    index.name = NameFor(was, live.name.name, name, limit);
    index.definition.clear();
    if (!index.primary && index.constraint.empty()) {
      piece.later.push_back(index);
      continue;
    }
    if (!work.capabilities().adopts_index) continue;  // comes with the table
    index.constraint = index.name;
    piece.first.push_back({was, index.name});
  }
  for (schema::Constraint& constraint : piece.target.constraints) {
    if (constraint.kind == ConstraintKind::kPrimaryKey ||
        constraint.kind == ConstraintKind::kUnique) {
      constraint.name = NameFor(constraint.name, live.name.name, name, limit);
      constraint.definition.clear();
    }
  }
  return piece;
}

schema::Table RestOf(const TableWork& work) {
  const schema::Table& live = work.live();
  const std::size_t limit = work.capabilities().max_identifier;
  schema::Table rest;
  rest.name = {live.name.schema,
               base::ShortName("_segue_rest_" + live.name.name, limit)};
  for (const schema::Column& column : live.WalkKeyColumns()) {
    rest.columns.push_back(KeyColumn(column));
  }
  rest.constraints.push_back(PrimaryKeyOf(rest.name, live.WalkKey(), limit));
  return rest;
}

}  // namespace segue::ops
