// What the rows tell of who has written them: the triggers keep in each row
// which side was written last.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/write_counts.h"

namespace segue::sqlite {

class SqliteWriteCounts : public db::WriteCounts {
 public:
  bool counts_rows() const override { return true; }
  std::optional<std::int64_t> CountWrites(db::Connection& connection,
                                          const std::string& schema_name,
                                          const MotionSql& motion,
                                          db::Writes which) const override;
};

}  // namespace segue::sqlite
