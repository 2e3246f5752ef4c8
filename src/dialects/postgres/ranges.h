// Ranges of one length of the values of a column.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// A server locks each partition of a table in every query that it cannot leave
// it out of.
inline constexpr std::size_t kMostRanges = 1000;

// What of a column's type matters for its ranges.
struct RangeType {
  std::string name;           // "timestamp with time zone"
  bool number = false;        // a whole number
  bool time = false;          // a date or a timestamp
  std::string spelling = {};  // of a bound, for to_char; of a time
  std::string top = {};       // the highest value; of a number

  // Returns an expression of the type as a timestamp; with a time zone, in UTC.
  std::string InUtc(const std::string& sql) const;
  // Returns why values of the type have no ranges of one length, after the name
  // of the column; empty: they have.
  std::string Unfit() const;
  // Returns why the interval is no distance of two values; empty: it is one, or
  // there is none.
  std::string Mismatch(const std::string& interval) const;
};

// `type` as the server names it.
RangeType RangeTypeOf(const std::string& type);

// Expressions for the end of the name of the partition that begins at `at`.
std::string RangeNumberSql(const std::string& at);
std::string RangeTimeSql(const std::string& at, const std::string& step);
// Returns the name of a partition.
std::string RangePartition(const schema::TableName& table,
                           const std::string& end);

}  // namespace segue::postgres
