// How often applications have written what a contract takes away, or what the
// final shape refuses, while both shapes of a motion are live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/dialect.h"
#include "plan/planned.h"

namespace segue::db {

// A dialect has this too when its triggers, or the rows, tell it. A count
// that is not one of rows is not taken back with the transaction of the writer.
class WriteCounts {
 public:
  virtual ~WriteCounts() = default;

  // True when the old writes are counted in the rows as they are: the count
  // falls with the rows, and a row that was written so before is not counted
  // again.
  virtual bool counts_rows() const = 0;
  // Returns a count that rises with the writes of the old side of a motion;
  // nullopt when its direction cannot be told.
  virtual std::optional<std::int64_t> OldWrites(
      Connection& connection, const std::string& schema_name,
      const MotionSql& motion) const = 0;
  // Returns how many writes there were that both shapes accept now and the
  // final one will refuse, because they give a column no value; nullopt when
  // there are no such writes, or nothing counts them.
  virtual std::optional<std::int64_t> WritesToFail(
      Connection& connection, const std::string& schema_name,
      const MotionSql& motion) const = 0;
  // Returns the time of the database, in seconds since 1970.
  virtual std::int64_t Now(Connection& connection) const = 0;
};

// Returns null for a dialect that cannot tell it.
inline const WriteCounts* WriteCountsOf(const Dialect& dialect) {
  return dynamic_cast<const WriteCounts*>(&dialect);
}

}  // namespace segue::db
