// One that moves or checks rows beside the runner, with a session of its own: a
// thread of the runner's, or another process.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "backfill/ranges.h"
#include "backfill/standby.h"
#include "backfill/walk.h"
#include "ledger/control.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "throttle/throttle.h"

namespace segue::engine {

// How a walk goes over a table of about `rows` rows.
backfill::WalkOptions WalkOptionsOf(const db::Capabilities& capabilities,
                                    const MigratorOptions& options,
                                    const WalkSql& walk, std::int64_t rows);

// "host:pid"
std::string ProcessName();

class Worker : private backfill::Host {
 public:
  // `stop`, asked before each chunk, ends the work without an error; `moved`
  // hears of each chunk, `retried` of what one is tried again after. How fast
  // it goes the ledger says; of `throttle` only the rate counts, by `row_bytes`
  // a row, 0 where there is none to keep. All references must outlive the
  // worker.
  Worker(Database& database, const Ledger& ledger,
         const MigratorOptions& options, Ranges& ranges, std::string name,
         Throttle& throttle, double row_bytes);

  std::function<bool()> stop;
  std::function<void(std::int64_t rows)> moved;
  std::function<void(const Error& error)> retried;
  const Standby* standby = nullptr;  // where rows are read; null: no standby

  // Until no range is left, or `stop` says so.
  void Walk(const WalkSql& walk, const backfill::WalkOptions& options,
            const std::function<void(const db::Result&)>& on_rows);

 private:
  db::Connection& connection() override { return *connection_; }
  db::Connection& rows() override;
  std::optional<backfill::Span> Claim() override;
  void BeforeChunk() override;
  // The claim that each chunk renews is all the right to write that it needs.
  void Fence() override {}
  bool Commit(db::Transaction& transaction,
              const backfill::Span& span) override;
  void Moved(std::int64_t asked, std::int64_t rows) override;
  void Resiliently(const std::function<void()>& chunk,
                   const std::function<void()>& smaller,
                   const std::function<void()>& reload) override;
  std::optional<backfill::Span> Load(const backfill::Span& span) override;
  bool MakesWay() override;
  std::int64_t ChunkRows(std::int64_t rows) override;
  void RestAfter(const backfill::Took& took, double rest,
                 std::int64_t rows) override;

  bool Stopping() const;
  void ThrowIfStopping() const;
  // Ends early when the worker is to stop.
  void Rest(std::chrono::microseconds duration) const;
  void Resiliently(const std::function<void()>& work);
  void InLedger(const std::function<void()>& work);

  Database& database_;
  const Ledger& ledger_;
  const MigratorOptions& options_;
  Ranges& ranges_;
  const std::string name_;
  Throttle& throttle_;
  Tempo tempo_;
  RecentControl control_;
  bool writes_ = true;
  bool lost_ = false;  // the connection is to be replaced
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<StandbyConnection> reading_;  // null: no standby
};

}  // namespace segue::engine
