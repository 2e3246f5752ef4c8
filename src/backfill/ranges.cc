#include "backfill/ranges.h"

#include <algorithm>

#include "base/text.h"

namespace segue::engine {
namespace {

using backfill::Range;
using backfill::Span;
using db::Value;

// A range should take a worker seconds, so that the last ones end together; and
// the ledger must not grow with the table.
constexpr std::int64_t kRowsPerRange = 100'000;
constexpr std::int64_t kMostRanges = 10'000;

constexpr const char* kWhere =
    " WHERE schema_name = $1 AND migration = $2 AND motion = $3"
    " AND activity = $4";

std::vector<Range> RangesOf(const std::vector<db::Row>& cuts) {
  std::vector<Range> ranges;
  Range next;
  for (const db::Row& cut : cuts) {
    next.upper = cut;
    ranges.push_back(next);
    next.lower = cut;
  }
  next.upper.clear();
  ranges.push_back(std::move(next));
  return ranges;
}

Span SpanFrom(const db::Row& row) {
  Span span;
  span.number = db::ToInt(row[0]);
  span.range.lower = db::ValuesFromJson(db::ToText(row[1]));
  span.range.upper = db::ValuesFromJson(db::ToText(row[2]));
  span.cursor = db::ValuesFromJson(db::ToText(row[3]));
  span.rows = db::ToInt(row[4]);
  span.done = db::ToInt(row[5]) != 0;
  return span;
}

constexpr const char* kSpanColumns =
    "number, lower_key, upper_key, position, moved, done";

}  // namespace

std::vector<db::Row> CutTable(db::Connection& connection,
                              const std::string& cuts, std::int64_t rows) {
  const std::int64_t ranges = std::min(rows / kRowsPerRange, kMostRanges);
  if (cuts.empty() || ranges < 2) return {};
  return connection.Execute(cuts, {ranges}).rows;
}

LedgerRanges::LedgerRanges(const Ledger& ledger, std::string migration,
                           std::string motion, std::string activity)
    : ledger_(ledger),
      walk_{ledger.schema_name(), std::move(migration), std::move(motion),
            std::move(activity)} {}

db::Result LedgerRanges::Run(db::Connection& connection,
                             const std::string& head, const std::string& tail,
                             const std::vector<Value>& more) const {
  return connection.Execute(head + kWhere + tail, Parameters(more));
}

std::vector<Value> LedgerRanges::Parameters(
    const std::vector<Value>& more) const {
  std::vector<Value> parameters = walk_;
  parameters.insert(parameters.end(), more.begin(), more.end());
  return parameters;
}

void LedgerRanges::Create(db::Connection& connection,
                          const std::vector<db::Row>& cuts) {
  constexpr std::size_t kRowsPerInsert = 200;
  const std::vector<Range> ranges = RangesOf(cuts);
  for (std::size_t first = 0; first < ranges.size(); first += kRowsPerInsert) {
    const std::size_t end = std::min(first + kRowsPerInsert, ranges.size());
    std::vector<Value> parameters = walk_;
    std::vector<std::string> rows;
    for (std::size_t at = first; at < end; ++at) {
      const std::size_t next = parameters.size();
      parameters.emplace_back(db::ValuesToJson(ranges[at].lower));
      parameters.emplace_back(db::ValuesToJson(ranges[at].upper));
      rows.push_back("($1, $2, $3, $4, " + std::to_string(at) + ", $" +
                     std::to_string(next + 1) + ", $" +
                     std::to_string(next + 2) + ", '[]', 0, 0, '', 0)");
    }
    connection.Execute(
        "INSERT INTO " + ledger_.TableNamed("range") +
            " (schema_name, migration, motion, activity, number, lower_key,"
            " upper_key, position, moved, done, worker, expires) VALUES " +
            base::Join(rows, ", "),
        parameters);
  }
}

std::optional<Span> LedgerRanges::FindFree(db::Connection& connection,
                                           const std::string& worker,
                                           std::int64_t after) {
  const db::Capabilities& can = ledger_.dialect().capabilities();
  const db::Result found =
      Run(connection,
          std::string("SELECT ") + kSpanColumns + " FROM " +
              ledger_.TableNamed("range"),
          " AND number > $6 AND done = 0 AND (worker = '' OR worker = $5 OR "
          "expires < " +
              can.now_sql + ") ORDER BY number LIMIT 1" +
              can.for_update_skip_locked,
          {worker, after});
  if (found.rows.empty()) return std::nullopt;
  return SpanFrom(found.rows[0]);
}

// First read, then written: not every database answers an UPDATE with rows.
std::optional<Span> LedgerRanges::Claim(db::Connection& connection,
                                        const std::string& worker) {
  const std::int64_t after = claimed_;
  std::optional<Span> span = FindFree(connection, worker, after);
  if (!span && after >= 0) span = FindFree(connection, worker, -1);
  if (!span) return std::nullopt;
  claimed_ = span->number;
  Run(connection,
      "UPDATE " + ledger_.TableNamed("range") + " SET worker = $6, expires = " +
          ledger_.dialect().capabilities().now_sql + " + " +
          std::to_string(ledger_.lease().count()),
      " AND number = $5", {span->number, worker});
  return span;
}

bool LedgerRanges::Commit(db::Transaction& transaction,
                          const std::string& worker, const Span& span) {
  return transaction.CommitWith(
      "UPDATE " + ledger_.TableNamed("range") +
          " SET position = $7, moved = $8, done = $9, expires = " +
          ledger_.dialect().capabilities().now_sql + " + " +
          std::to_string(ledger_.lease().count()) + kWhere +
          " AND number = $5 AND worker = $6 AND done = 0",
      Parameters({span.number, worker, db::ValuesToJson(span.cursor), span.rows,
                  std::int64_t{span.done ? 1 : 0}}));
}

std::optional<Span> LedgerRanges::Load(db::Connection& connection,
                                       const std::string& worker,
                                       const Span& span) {
  const db::Result found =
      Run(connection,
          std::string("SELECT ") + kSpanColumns + " FROM " +
              ledger_.TableNamed("range"),
          " AND number = $5 AND worker = $6", {span.number, worker});
  if (found.rows.empty()) return std::nullopt;
  return SpanFrom(found.rows[0]);
}

RangeTotals LedgerRanges::Totals(db::Connection& connection) {
  const db::Row row =
      Run(connection,
          "SELECT count(*), coalesce(sum(1 - done), 0), coalesce(sum(moved), "
          "0) FROM " +
              ledger_.TableNamed("range"),
          "", {})
          .rows.at(0);
  return {db::ToInt(row[0]), db::ToInt(row[1]), db::ToInt(row[2])};
}

std::optional<std::pair<std::string, std::string>> LedgerRanges::Open(
    db::Connection& connection, const Ledger& ledger,
    const std::string& migration) {
  const db::Result found = connection.Execute(
      "SELECT motion, activity FROM " + ledger.TableNamed("range") +
          " WHERE schema_name = $1 AND migration = $2 AND done = 0 LIMIT 1",
      {ledger.schema_name(), migration});
  if (found.rows.empty()) return std::nullopt;
  return std::make_pair(db::ToText(found.rows[0][0]),
                        db::ToText(found.rows[0][1]));
}

void LedgerRanges::Forget(db::Connection& connection) {
  Run(connection, "DELETE FROM " + ledger_.TableNamed("range"), "", {});
}

void LedgerRanges::Release(db::Connection& connection,
                           const std::string& prefix) {
  Run(connection, "UPDATE " + ledger_.TableNamed("range") + " SET worker = ''",
      " AND done = 0 AND substr(worker, 1, $5) = $6",
      {static_cast<std::int64_t>(prefix.size()), prefix});
}

void LedgerRanges::GiveUp(db::Connection& connection,
                          const std::string& worker) {
  Run(connection, "UPDATE " + ledger_.TableNamed("range") + " SET worker = ''",
      " AND done = 0 AND worker = $5", {worker});
}

MemoryRanges::MemoryRanges(const std::vector<db::Row>& cuts) {
  for (Range& range : RangesOf(cuts)) {
    Span span;
    span.number = static_cast<std::int64_t>(all_.size());
    span.range = std::move(range);
    all_.push_back({std::move(span), ""});
  }
}

// A worker that lost the answer to its claim asks again: what it has is its
// own.
std::optional<Span> MemoryRanges::Claim(db::Connection& /*connection*/,
                                        const std::string& worker) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Claimed& claimed : all_) {
    const bool others = !claimed.worker.empty() && claimed.worker != worker;
    if (claimed.span.done || others) continue;
    claimed.worker = worker;
    return claimed.span;
  }
  return std::nullopt;
}

bool MemoryRanges::Commit(db::Transaction& transaction,
                          const std::string& /*worker*/, const Span& span) {
  transaction.Commit();
  const std::lock_guard<std::mutex> lock(mutex_);
  all_[static_cast<std::size_t>(span.number)].span = span;
  return true;
}

std::optional<Span> MemoryRanges::Load(db::Connection& /*connection*/,
                                       const std::string& /*worker*/,
                                       const Span& span) {
  return span;
}

void MemoryRanges::GiveUp(db::Connection& /*connection*/,
                          const std::string& worker) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Claimed& claimed : all_) {
    if (claimed.worker == worker) claimed.worker.clear();
  }
}

RangeTotals MemoryRanges::Totals(db::Connection& /*connection*/) {
  const std::lock_guard<std::mutex> lock(mutex_);
  RangeTotals totals;
  totals.ranges = static_cast<std::int64_t>(all_.size());
  for (const Claimed& claimed : all_) {
    if (!claimed.span.done) ++totals.left;
    totals.rows += claimed.span.rows;
  }
  return totals;
}

}  // namespace segue::engine
