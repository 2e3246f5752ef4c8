// A worker moves or checks rows: it is the runner's own thread, a thread beside
// it, or another process.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backfill/ranges.h"
#include "backfill/walk.h"
#include "backfill/work_session.h"
#include "ledger/control.h"
#include "throttle/throttle.h"

namespace segue::engine {

// Returns the options with which a walk goes over a table of about `rows` rows.
WalkOptions WalkOptionsOf(const db::Capabilities& capabilities,
                          const MigratorOptions& options, const WalkSql& walk,
                          std::int64_t rows);

// Returns "host:pid".
std::string ProcessName();

// Tells a worker when it may continue. All methods are called on the worker's
// thread.
class Overseer {
 public:
  virtual ~Overseer() = default;
  // Waits while no rows may be moved. Returns the share of the full pace at
  // which they may be moved, which is above 0. Throws Error{kCancelled} to end
  // the work.
  virtual double BeforeChunk() = 0;
  // Called before the worker looks for a range.
  virtual void BeforeClaim() {}
  // Called while all remaining ranges belong to others.
  virtual void Waiting() {}
  // Called after the commit of a chunk of `asked` rows, of which `moved` were
  // written or found.
  virtual void Moved(std::int64_t asked, std::int64_t moved) = 0;
};

// Follows the pace that the runner has written into the ledger.
class FollowedPace : public Overseer {
 public:
  // `moved`, which may be empty, is called with the rows of each chunk. The
  // references must outlive this object.
  FollowedPace(WorkSession& session, const Ledger& ledger,
               std::function<void(std::int64_t rows)> moved = {});
  double BeforeChunk() override;
  void Moved(std::int64_t asked, std::int64_t moved) override;

 private:
  WorkSession& session_;
  const Ledger& ledger_;
  const std::function<void(std::int64_t)> moved_;
  RecentControl control_;
};

// What a worker works on, and the name under which it claims ranges. Only the
// rates of `throttle` apply, with `row_bytes` per row, or 0 where no rate
// applies. `reading` is the session on which rows are read when that is not the
// worker's own.
struct Assignment {
  Ranges& ranges;
  std::string name;
  Throttle& throttle;
  double row_bytes = 0;
  db::Connection* reading = nullptr;
};

class Worker : private Host {
 public:
  // All references must outlive the worker.
  Worker(WorkSession& session, Overseer& overseer, Assignment assignment);

  // Works until no range is left. Throws Error{kCancelled} when the overseer or
  // the session stops it.
  void Walk(const WalkSql& walk, const WalkOptions& options,
            const std::function<void(const db::Result&)>& on_rows);

 private:
  db::Connection& connection() override { return session_.connection(); }
  db::Connection& rows() override;
  std::optional<Span> Claim() override;
  void BeforeChunk() override;
  void Fence() override { session_.FenceChunk(); }
  bool Commit(db::Transaction& transaction, const Span& span) override;
  void Moved(std::int64_t asked, std::int64_t moved) override;
  void Resiliently(const std::function<void()>& chunk,
                   const std::function<void()>& smaller,
                   const std::function<void()>& reload) override;
  std::optional<Span> Load(const Span& span) override;
  bool MakesWay() override;
  std::int64_t ChunkRows(std::int64_t rows) override;
  void RestAfter(const Took& took, double rest, std::int64_t rows) override;

  WorkSession& session_;
  Overseer& overseer_;
  const Assignment assignment_;
  Tempo tempo_;
};

}  // namespace segue::engine
