#include "dialects/postgres/ranges.h"

#include "base/text.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {

RangeType RangeTypeOf(const std::string& type) {
  RangeType range{.name = type};
  range.number = type == "smallint" || type == "integer" || type == "bigint";
  range.time = type == "date" || type.starts_with("timestamp");
  range.spelling = type == "date" ? "YYYY-MM-DD" : "YYYY-MM-DD HH24:MI:SS";
  if (type == "timestamp with time zone") range.spelling += "+00";
  range.top = type == "smallint"  ? "32767"
              : type == "integer" ? "2147483647"
                                  : "9223372036854775807";
  return range;
}

std::string RangeType::InUtc(const std::string& sql) const {
  return name == "timestamp with time zone" ? "(" + sql + " AT TIME ZONE 'UTC')"
                                            : "(" + sql + ")::timestamp";
}

std::string RangeType::Unfit() const {
  if (number || time) return "";
  return "is a " + name +
         ", and an interval is one of dates, timestamps or whole numbers";
}

std::string RangeType::Mismatch(const std::string& interval) const {
  if (interval.empty()) return "";
  const bool of_numbers = interval.find(' ') == std::string::npos;
  if (number != of_numbers) {
    return "'" + interval + "' is no distance of two values of a " + name;
  }
  const bool hours = interval.find(" hour") != std::string::npos;
  return name == "date" && hours ? "a date has no hours" : "";
}

std::string RangeNumberSql(const std::string& at) {
  return "pg_catalog.replace((" + at + ")::text, '-', 'm')";
}

std::string RangeTimeSql(const std::string& at, const std::string& step) {
  const auto part = [&](const char* what) {
    return std::string("extract(") + what + " FROM " + step + ")";
  };
  return "pg_catalog.to_char(" + at + ", CASE WHEN " + part("hour") +
         " <> 0 THEN 'YYYY_MM_DD_HH24' WHEN " + part("day") +
         " <> 0 THEN 'YYYY_MM_DD' WHEN " + part("month") +
         " <> 0 THEN 'YYYY_MM' ELSE 'YYYY' END)";
}

std::string RangePartition(const schema::TableName& table,
                           const std::string& end) {
  return base::ShortName(table.name + "_p" + end, kMaxIdentifier);
}

}  // namespace segue::postgres
