#include "dialects/sqlite/motion_estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <variant>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// The figures were measured on SQLite 3.40 with tables of 300,000 rows of 45,
// 179 and 1,027 bytes, in chunks of 2,000 rows with a flush at each commit. The
// measured processor time differed by at most a tenth; the elapsed time depends
// on the disk.
constexpr double kPerRow = 0.5e-6;
constexpr double kPerByte = 0.003e-6;
constexpr double kCopyPerRow = 0.4e-6;
constexpr double kCopyPerByte = 0.0015e-6;
constexpr double kCopyPerEntry = 1.5e-6;  // sorted, per row and index
constexpr double kElapsed = 3;            // times the processor time

// A page is split when its rows grow beyond it. A page of wide rows has room
// for one more value.
constexpr double kGrowth = 0.15;
constexpr double kMostGrowth = 32;

constexpr double kRowHeader = 8;  // and one byte for each column
constexpr double kEntryBytes = 24;

// SQLite takes an expression of at most 1000 terms one inside the other, and a
// sum is that. The sum of a wide table is therefore a sum of sums.
constexpr std::size_t kTermsOfOneSum = 100;

std::string RowBytesSql(const schema::Table& table) {
  std::vector<std::string> sums;
  std::vector<std::string> lengths;
  for (const schema::Column& column : table.columns) {
    lengths.push_back("coalesce(length(CAST(" + Quote(column.physical()) +
                      " AS BLOB)), 0) + 1");
    if (lengths.size() < kTermsOfOneSum) continue;
    sums.push_back("(" + base::Join(lengths, " + ") + ")");
    lengths.clear();
  }
  lengths.insert(lengths.end(), sums.begin(), sums.end());
  return "SELECT CAST(avg(" + base::Join(lengths, " + ") +
         ") AS INTEGER) FROM (SELECT * FROM main." + Quote(table.name.name) +
         " LIMIT 100)";
}

// Returns nullopt for a table whose rows cannot be read, as when the function
// of a generated column is known to the application only. The trial of the
// plan says what is wrong.
std::optional<double> ReadRowBytes(db::Connection& connection,
                                   const schema::Table& table) {
  try {
    const db::Value found =
        connection.Execute(RowBytesSql(table)).rows.at(0).at(0);
    if (db::IsNull(found)) return std::nullopt;
    return std::stod(db::ToText(found));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConstraint) throw;
    return std::nullopt;
  }
}

MotionEstimate Of(const char* motion, double rows, double seconds,
                  double log_bytes, double disk_bytes) {
  MotionEstimate estimate;
  estimate.motion = motion;
  estimate.rows = std::llround(rows);
  estimate.seconds = rows * seconds * kElapsed;
  estimate.log_bytes = std::llround(rows * log_bytes);
  estimate.disk_bytes = std::llround(rows * disk_bytes);
  return estimate;
}

}  // namespace

// Each page is written to the journal once.
MotionEstimate EstimateFill(double rows, double row_bytes, double rest) {
  MotionEstimate estimate =
      Of("fill", rows, (kPerRow + kPerByte * row_bytes) * (1 + rest), row_bytes,
         std::min(row_bytes * kGrowth, kMostGrowth));
  estimate.chosen = true;
  estimate.why = fmt::format(
      "a row of {:.0f} bytes stays where it is, and no index is touched",
      row_bytes);
  if (rest > 0) {
    estimate.why += fmt::format(
        "; a rest of {:.0f} % after each chunk leaves others the database",
        100 * rest);
  }
  return estimate;
}

MotionEstimate EstimateCopy(double rows, double row_bytes, double indexes) {
  const double bytes = row_bytes + indexes * kEntryBytes;
  MotionEstimate estimate =
      Of("copy", rows,
         kCopyPerRow + kCopyPerByte * row_bytes + kCopyPerEntry * indexes,
         bytes, bytes);
  estimate.why =
      "a second table and its indexes beside the first, until the "
      "swap";
  return estimate;
}

// A copy is written chunk by chunk, as a fill is.
std::vector<MotionEstimate> Estimate(db::Connection& connection,
                                     const plan::Motion& motion,
                                     const schema::Table& table,
                                     const db::Capabilities& can) {
  const auto* column = std::get_if<plan::ColumnMotion>(&motion);
  const bool moves = column == nullptr || column->new_column;
  if (!moves || table.estimated_rows < 1) return {};
  const std::optional<double> row_bytes_read = ReadRowBytes(connection, table);
  if (!row_bytes_read) return {};
  const double row_bytes = kRowHeader + *row_bytes_read;
  const auto rows = static_cast<double>(table.estimated_rows);
  std::vector<MotionEstimate> estimates = {
      EstimateCopy(rows, row_bytes, static_cast<double>(table.indexes.size()))};
  if (column == nullptr) {
    estimates[0].chosen = true;
    estimates[0].seconds *= 1 + can.chunk_rest;
  } else {
    estimates.insert(estimates.begin(),
                     EstimateFill(rows, row_bytes, can.chunk_rest));
  }
  for (MotionEstimate& estimate : estimates) estimate.table = table.name.name;
  return estimates;
}

}  // namespace segue::sqlite
