// Names rows for people, in questions that are asked at another time than that
// for which the plan knows the names of columns.
#pragma once

#include <string>

#include "db/language.h"
#include "schema/schema.h"

namespace segue::postgres {

// Returns an expression for the keys of some of the rows `t` of `rows` (" FROM
// ... AS t WHERE ..."): "id=1, id=2, ...". `name` is the table as the schema
// has it, and `then` as it is called by then. The columns of its key are found
// by their places, because a contract exchanges their names.
std::string SomeKeys(const schema::TableName& name,
                     const schema::TableName& then, const std::string& rows,
                     const db::RenderContext& context);

}  // namespace segue::postgres
