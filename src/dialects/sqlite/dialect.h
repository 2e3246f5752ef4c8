// SQLite as a dialect: 3.37 or newer (STRICT, pragma_table_list).
#pragma once

#include <memory>

#include "db/dialect.h"

namespace segue::sqlite {

std::shared_ptr<const db::Dialect> MakeSqliteDialect();

}  // namespace segue::sqlite
