// How often applications have written what a contract takes away, or what the
// final shape refuses, while both shapes of a motion are live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/dialect.h"
#include "plan/planned.h"

namespace segue::db {

enum class Writes {
  kOld,  // of the old side of a motion
  // Both shapes accept them now and the final one will refuse them, because
  // they give a column no value.
  kToFail,
};

// A dialect has this too when its triggers, or the rows, tell it.
class WriteCounts {
 public:
  virtual ~WriteCounts() = default;

  // True when writes are counted in the rows as they are: the count falls with
  // the rows, and a row that was written so before is not counted again.
  // Otherwise a count is not taken back with the transaction of the writer.
  virtual bool counts_rows() const = 0;
  // Returns a count that rises with these writes of a motion; nullopt when
  // there are none, or nothing tells them from others.
  virtual std::optional<std::int64_t> CountWrites(
      Connection& connection, const std::string& schema_name,
      const MotionSql& motion, Writes which) const = 0;
};

// Returns null for a dialect that cannot tell it.
inline const WriteCounts* WriteCountsOf(const Dialect& dialect) {
  return dynamic_cast<const WriteCounts*>(&dialect);
}

}  // namespace segue::db
