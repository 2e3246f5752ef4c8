// The ranges that a walk is cut into, and who walks which. Those of a walk that
// writes are rows of the ledger, so that workers of other processes may claim
// them too; those of a check are kept in memory.
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
  std::int64_t left = 0;  // not done
  std::int64_t rows = 0;  // moved
};

// Bounds of the ranges of a table of about `rows` rows, by WalkSql::cuts: one
// fewer than there will be ranges, none for a table that is not worth it.
std::vector<db::Row> CutTable(db::Connection& connection,
                              const std::string& cuts, std::int64_t rows);

// Thread-safe, as far as each worker has a connection of its own.
class Ranges {
 public:
  virtual ~Ranges() = default;
  // All calls with a connection run on it and join its open transaction.
  // The next that nobody walks; nullopt: there is none now.
  virtual std::optional<engine::Span> Claim(db::Connection& connection,
                                            const std::string& worker) = 0;
  // Commits what was done of the span together with how far it has come. False,
  // and rolled back, when it is not this worker's any more.
  virtual bool Commit(db::Transaction& transaction, const std::string& worker,
                      const engine::Span& span) = 0;
  // As it was saved last; nullopt when it is not this worker's any more.
  virtual std::optional<engine::Span> Load(db::Connection& connection,
                                           const std::string& worker,
                                           const engine::Span& span) = 0;
  // What the worker has claimed and not done is for others now.
  virtual void GiveUp(db::Connection& connection,
                      const std::string& worker) = 0;
  virtual RangeTotals Totals(db::Connection& connection) = 0;
};

// Rows of the ledger. A claim that no chunk renews for Ledger::lease() is taken
// for a dead worker's; what that one still commits is refused.
class LedgerRanges : public Ranges {
 public:
  LedgerRanges(const Ledger& ledger, std::string migration, std::string motion,
               std::string activity);

  std::optional<engine::Span> Claim(db::Connection& connection,
                                    const std::string& worker) override;
  bool Commit(db::Transaction& transaction, const std::string& worker,
              const engine::Span& span) override;
  std::optional<engine::Span> Load(db::Connection& connection,
                                   const std::string& worker,
                                   const engine::Span& span) override;
  void GiveUp(db::Connection& connection, const std::string& worker) override;
  RangeTotals Totals(db::Connection& connection) override;

  // A walk of the migration that has ranges left: motion and activity.
  static std::optional<std::pair<std::string, std::string>> Open(
      db::Connection& connection, const Ledger& ledger,
      const std::string& migration);
  void Create(db::Connection& connection, const std::vector<db::Row>& cuts);
  // Whoever still walks one finds that it is not there any more.
  void Forget(db::Connection& connection);
  // Takes the claims of all workers whose name begins with `prefix` away.
  void Release(db::Connection& connection, const std::string& prefix);

 private:
  // The condition for this walk's rows.
  db::Sql& Where(db::Sql& sql) const;
  // SELECT, UPDATE or DELETE of this walk's rows, up to that condition.
  db::Sql Select(const std::string& columns) const;
  db::Sql Update(const std::string& assignments) const;
  // The right to walk a range ends so many seconds from now.
  std::string Expiry() const;

  std::optional<engine::Span> FindFree(db::Connection& connection,
                                       const std::string& worker,
                                       std::int64_t after);

  const Ledger& ledger_;
  const std::string table_;
  const std::string migration_;
  const std::string motion_;
  const std::string activity_;
  // The last that was claimed here: the search goes on from it, since it would
  // read past all that are done otherwise, and begins anew at the end.
  std::atomic<std::int64_t> claimed_{-1};
};

// Of one process; nothing is kept.
class MemoryRanges : public Ranges {
 public:
  explicit MemoryRanges(const std::vector<db::Row>& cuts);

  std::optional<engine::Span> Claim(db::Connection& connection,
                                    const std::string& worker) override;
  bool Commit(db::Transaction& transaction, const std::string& worker,
              const engine::Span& span) override;
  std::optional<engine::Span> Load(db::Connection& connection,
                                   const std::string& worker,
                                   const engine::Span& span) override;
  void GiveUp(db::Connection& connection, const std::string& worker) override;
  RangeTotals Totals(db::Connection& connection) override;

 private:
  struct Claimed {
    engine::Span span;
    std::string worker;  // empty: nobody
  };
  std::mutex mutex_;
  std::vector<Claimed> all_;
};

}  // namespace segue::engine
