// Tables and their parts as text that a test can compare and a person can read.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::test {

std::string ColumnText(const schema::Column& column);
std::string IndexText(const schema::TableName& table,
                      const schema::Index& index);
std::string ConstraintText(const schema::TableName& table,
                           const schema::Constraint& constraint);
std::string TableText(const schema::Table& table);

}  // namespace segue::test
