// An optional interface of a dialect that knows how much has been written.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::db {

class Meter {
 public:
  virtual ~Meter() = default;
  // Returns a SELECT of three numbers: seconds since the epoch; bytes of log
  // that the server has written so far, or NULL when that is unknown; bytes of
  // the table and its indexes.
  virtual std::string MeterSql(const schema::TableName& table) const = 0;
};

}  // namespace segue::db
