#include "backfill/ranges.h"

#include <algorithm>

#include "base/text.h"

namespace segue::engine {
namespace {

// A range should take a worker a few seconds, so that the last workers end at
// about the same time, and the ledger must not grow with the table.
constexpr std::int64_t kRowsPerRange = 100'000;
constexpr std::int64_t kMostRanges = 10'000;

std::vector<Range> RangesOf(const std::vector<db::Row>& cuts,
                            const db::Row& end) {
  std::vector<Range> ranges;
  Range next;
  for (const db::Row& cut : cuts) {
    next.upper = cut;
    ranges.push_back(next);
    next.lower = cut;
  }
  next.upper = end;
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

std::optional<Span> OneSpan(const db::Result& found) {
  if (found.rows.empty()) return std::nullopt;
  return SpanFrom(found.rows[0]);
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

db::Row EndOfTable(db::Connection& connection, const std::string& last) {
  if (last.empty()) return {};
  db::Result found = connection.Execute(last);
  return found.rows.empty() ? db::Row{} : std::move(found.rows[0]);
}

LedgerRanges::LedgerRanges(const Ledger& ledger, std::string migration,
                           std::string motion, std::string activity)
    : ledger_(ledger),
      table_(ledger.TableNamed("range")),
      migration_(std::move(migration)),
      motion_(std::move(motion)),
      activity_(std::move(activity)) {}

db::Sql& LedgerRanges::Where(db::Sql& sql) const {
  sql.Text(" WHERE schema_name = ").Bind(ledger_.schema_name());
  sql.Text(" AND migration = ").Bind(migration_);
  sql.Text(" AND motion = ").Bind(motion_);
  return sql.Text(" AND activity = ").Bind(activity_);
}

db::Sql LedgerRanges::Select(const std::string& columns) const {
  db::Sql sql("SELECT " + columns + " FROM " + table_);
  return Where(sql);
}

db::Sql LedgerRanges::Update(const std::string& assignments) const {
  db::Sql sql("UPDATE " + table_ + " SET " + assignments);
  return Where(sql);
}

std::string LedgerRanges::Expiry() const {
  return ledger_.dialect().capabilities().now_sql + " + " +
         std::to_string(ledger_.lease().count());
}

void LedgerRanges::Create(db::Connection& connection,
                          const std::vector<db::Row>& cuts,
                          const db::Row& end_of_table) {
  constexpr std::size_t kRowsPerInsert = 200;
  const std::vector<Range> ranges = RangesOf(cuts, end_of_table);
  for (std::size_t first = 0; first < ranges.size(); first += kRowsPerInsert) {
    const std::size_t end = std::min(first + kRowsPerInsert, ranges.size());
    db::Sql sql("INSERT INTO " + table_ +
                " (schema_name, migration, motion, activity, number, lower_key,"
                " upper_key, position, moved, done, worker, expires) VALUES ");
    for (std::size_t at = first; at < end; ++at) {
      sql.Text(at == first ? "(" : ", (").Bind(ledger_.schema_name());
      sql.Text(", ").Bind(migration_).Text(", ").Bind(motion_);
      sql.Text(", ").Bind(activity_).Text(", " + std::to_string(at) + ", ");
      sql.Bind(db::ValuesToJson(ranges[at].lower)).Text(", ");
      sql.Bind(db::ValuesToJson(ranges[at].upper));
      sql.Text(", '[]', 0, 0, '', 0)");
    }
    sql.Execute(connection);
  }
}

std::optional<Span> LedgerRanges::FindFree(db::Connection& connection,
                                           const std::string& worker,
                                           std::int64_t after) {
  const db::Capabilities& can = ledger_.dialect().capabilities();
  db::Sql sql = Select(kSpanColumns);
  sql.Text(" AND number > ").Bind(after);
  sql.Text(" AND done = 0 AND (worker = '' OR worker = ").Bind(worker);
  sql.Text(" OR expires < " + can.now_sql + ") ORDER BY number LIMIT 1" +
           can.for_update_skip_locked);
  return OneSpan(sql.Execute(connection));
}

// The claim is read and then written, because not every database returns rows
// from an UPDATE.
std::optional<Span> LedgerRanges::Claim(db::Connection& connection,
                                        const std::string& worker) {
  const std::int64_t after = claimed_;
  std::optional<Span> span = FindFree(connection, worker, after);
  if (!span && after >= 0) span = FindFree(connection, worker, -1);
  if (!span) return std::nullopt;
  claimed_ = span->number;
  db::Sql sql("UPDATE " + table_ + " SET expires = " + Expiry() +
              ", worker = ");
  Where(sql.Bind(worker)).Text(" AND number = ").Bind(span->number);
  sql.Execute(connection);
  return span;
}

bool LedgerRanges::Commit(db::Transaction& transaction,
                          const std::string& worker, const Span& span) {
  db::Sql sql("UPDATE " + table_ + " SET expires = " + Expiry() +
              ", position = ");
  sql.Bind(db::ValuesToJson(span.cursor));
  sql.Text(", moved = ").Bind(span.rows);
  sql.Text(", done = ").Bind(std::int64_t{span.done ? 1 : 0});
  Where(sql).Text(" AND number = ").Bind(span.number);
  sql.Text(" AND worker = ").Bind(worker).Text(" AND done = 0");
  return transaction.CommitWith(sql.text(), sql.parameters());
}

std::optional<Span> LedgerRanges::Load(db::Connection& connection,
                                       const std::string& worker,
                                       const Span& span) {
  db::Sql sql = Select(kSpanColumns);
  sql.Text(" AND number = ").Bind(span.number);
  sql.Text(" AND worker = ").Bind(worker);
  return OneSpan(sql.Execute(connection));
}

RangeTotals LedgerRanges::Totals(db::Connection& connection) {
  const db::Row row =
      Select("count(*), coalesce(sum(1 - done), 0), coalesce(sum(moved), 0)")
          .Execute(connection)
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
  db::Sql sql("DELETE FROM " + table_);
  Where(sql).Execute(connection);
}

void LedgerRanges::Release(db::Connection& connection,
                           const std::string& prefix) {
  db::Sql sql = Update("worker = ''");
  sql.Text(" AND done = 0 AND substr(worker, 1, ");
  sql.Bind(static_cast<std::int64_t>(prefix.size()));
  sql.Text(") = ").Bind(prefix).Execute(connection);
}

void LedgerRanges::GiveUp(db::Connection& connection,
                          const std::string& worker) {
  Update("worker = ''")
      .Text(" AND done = 0 AND worker = ")
      .Bind(worker)
      .Execute(connection);
}

MemoryRanges::MemoryRanges(const std::vector<db::Row>& cuts,
                           const db::Row& end_of_table) {
  for (Range& range : RangesOf(cuts, end_of_table)) {
    Span span;
    span.number = static_cast<std::int64_t>(all_.size());
    span.range = std::move(range);
    all_.push_back({std::move(span), ""});
  }
}

// A worker that lost the answer to its claim claims again, and gets the range
// that it has already.
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
