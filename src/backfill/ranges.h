// The ranges into which a walk is cut, and which worker walks which. The ranges
// of a walk that writes are rows of the ledger, so that workers of other
// processes may claim them; the ranges of a check are kept in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backfill/walk.h"
#include "db/sql.h"
#include "ledger/ledger.h"

namespace segue::engine {

struct RangeTotals {
  std::int64_t ranges = 0;
  std::int64_t left = 0;  // ranges that are not done
  std::int64_t rows = 0;  // rows that were moved
};

// Returns the bounds between the ranges of a table of about `rows` rows, by
// WalkSql::cuts: one fewer than there will be ranges, and none for a table that
// is too small to be cut.
std::vector<db::Row> CutTable(db::Connection& connection,
                              const std::string& cuts, std::int64_t rows);
// Returns the upper bound of the last range, by WalkSql::last; empty: there is
// none.
db::Row EndOfTable(db::Connection& connection, const std::string& last);

// Thread-safe, if each worker has a connection of its own.
class Ranges {
 public:
  virtual ~Ranges() = default;
  // Every method with a connection runs on it and joins its open transaction.
  // Claim returns the next range that nobody walks; nullopt when there is none
  // now. A worker that already has a claim gets the same range again.
  virtual std::optional<Span> Claim(db::Connection& connection,
                                    const std::string& worker) = 0;
  // Commits the work on the span together with its new position. Rolls back and
  // returns false when the span does not belong to this worker any more.
  virtual bool Commit(db::Transaction& transaction, const std::string& worker,
                      const Span& span) = 0;
  // Returns the span as it was saved last; nullopt when it does not belong to
  // this worker any more.
  virtual std::optional<Span> Load(db::Connection& connection,
                                   const std::string& worker,
                                   const Span& span) = 0;
  // Makes the ranges that the worker has claimed and not finished free for
  // others.
  virtual void GiveUp(db::Connection& connection,
                      const std::string& worker) = 0;
  virtual RangeTotals Totals(db::Connection& connection) = 0;
};

// Ranges in the ledger. A claim that no chunk renews for Ledger::lease() is
// taken for a dead worker's claim and may be taken over; a commit of that
// worker is then refused.
class LedgerRanges : public Ranges {
 public:
  LedgerRanges(const Ledger& ledger, std::string migration, std::string motion,
               std::string activity);

  std::optional<Span> Claim(db::Connection& connection,
                            const std::string& worker) override;
  bool Commit(db::Transaction& transaction, const std::string& worker,
              const Span& span) override;
  std::optional<Span> Load(db::Connection& connection,
                           const std::string& worker,
                           const Span& span) override;
  void GiveUp(db::Connection& connection, const std::string& worker) override;
  RangeTotals Totals(db::Connection& connection) override;

  // Returns motion and activity of a walk of the migration that has ranges
  // left.
  static std::optional<std::pair<std::string, std::string>> Open(
      db::Connection& connection, const Ledger& ledger,
      const std::string& migration);
  // `end_of_table` is the upper bound of the last range; empty: there is none.
  void Create(db::Connection& connection, const std::vector<db::Row>& cuts,
              const db::Row& end_of_table = {});
  // Deletes the walk's ranges. A worker that still walks one finds it gone.
  void Forget(db::Connection& connection);
  // Takes away the claims of all workers whose names begin with `prefix`.
  void Release(db::Connection& connection, const std::string& prefix);

 private:
  // Appends the condition that selects the rows of this walk.
  db::Sql& Where(db::Sql& sql) const;
  // Begins a SELECT, UPDATE or DELETE of this walk's rows, including that
  // condition.
  db::Sql Select(const std::string& columns) const;
  db::Sql Update(const std::string& assignments) const;
  // Returns the SQL for the time at which a claim made now expires.
  std::string Expiry() const;

  std::optional<Span> FindFree(db::Connection& connection,
                               const std::string& worker, std::int64_t after);

  const Ledger& ledger_;
  const std::string table_;
  const std::string migration_;
  const std::string motion_;
  const std::string activity_;
  // The last range that was claimed here. The search continues after it,
  // because it would otherwise read past all ranges that are done; at the end
  // it starts over.
  std::atomic<std::int64_t> claimed_{-1};
};

// The ranges of one process, which are lost with it.
class MemoryRanges : public Ranges {
 public:
  // `end_of_table` is as in LedgerRanges::Create.
  explicit MemoryRanges(const std::vector<db::Row>& cuts,
                        const db::Row& end_of_table = {});

  std::optional<Span> Claim(db::Connection& connection,
                            const std::string& worker) override;
  bool Commit(db::Transaction& transaction, const std::string& worker,
              const Span& span) override;
  std::optional<Span> Load(db::Connection& connection,
                           const std::string& worker,
                           const Span& span) override;
  void GiveUp(db::Connection& connection, const std::string& worker) override;
  RangeTotals Totals(db::Connection& connection) override;

 private:
  struct Claimed {
    Span span;
    std::string worker;  // empty: free
  };
  std::mutex mutex_;
  std::vector<Claimed> all_;
};

}  // namespace segue::engine
