// What the views of a version read, by the dependencies that the server keeps.
#pragma once

#include <string>
#include <vector>

#include "db/shown_columns.h"

namespace segue::postgres {

class PostgresShownColumns : public db::ShownColumns {
 public:
  std::vector<db::ShownColumn> ShownBy(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override;
};

}  // namespace segue::postgres
