// What the rows tell of who has written them: the triggers keep in each row
// which side was written last.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/connection.h"
#include "db/write_counts.h"

namespace segue::sqlite {

class WritesInRows : public db::WriteCounts {
 public:
  bool counts_rows() const override { return true; }
  // Returns the number of rows of which the old side was written last, by any
  // motion of the table; nullopt where no motion keeps it.
  std::optional<std::int64_t> CountWrites(db::Connection& connection,
                                          const std::string& schema_name,
                                          const MotionSql& motion,
                                          db::Writes which) const override;
};

}  // namespace segue::sqlite
