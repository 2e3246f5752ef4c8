// What a dialect can tell of how much has been written; not every one can.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::db {

class Meter {
 public:
  virtual ~Meter() = default;
  // SELECT of three numbers: seconds since the epoch; bytes of log written so
  // far, NULL where that is unknown; bytes of the table and its indexes.
  virtual std::string MeterSql(const schema::TableName& table) const = 0;
};

}  // namespace segue::db
