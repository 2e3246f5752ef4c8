// One that moves or checks rows: the runner's own thread, a thread beside it,
// or another process.
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

// How a walk goes over a table of about `rows` rows.
engine::WalkOptions WalkOptionsOf(const db::Capabilities& capabilities,
                                  const MigratorOptions& options,
                                  const WalkSql& walk, std::int64_t rows);

// "host:pid"
std::string ProcessName();

// Who tells a worker when to go on. Called on the worker's thread.
class Overseer {
 public:
  virtual ~Overseer() = default;
  // Waits while no rows may be moved; answers at which share of the full pace
  // they may be, above 0. Throws Error{kCancelled} to end the work.
  virtual double BeforeChunk() = 0;
  // Before a range is looked for.
  virtual void BeforeClaim() {}
  // All that is left is in the hands of others.
  virtual void Waiting() {}
  // After a committed chunk of `asked` rows, of which `moved` were concerned.
  virtual void Moved(std::int64_t asked, std::int64_t moved) = 0;
};

// Goes as fast as the ledger says that the runner lets rows be moved.
class FollowedPace : public Overseer {
 public:
  // `moved`, which may be empty, hears of the rows of each chunk. The
  // references must outlive it.
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

// What a worker works on, and under which name it claims ranges. Of `throttle`
// only the rate counts, by `row_bytes` a row, 0 where there is none to keep.
// `reading`: where rows are read, where that is not the worker's own session.
struct Assignment {
  Ranges& ranges;
  std::string name;
  Throttle& throttle;
  double row_bytes = 0;
  db::Connection* reading = nullptr;
};

class Worker : private engine::Host {
 public:
  // All references must outlive the worker.
  Worker(WorkSession& session, Overseer& overseer, Assignment assignment);

  // Until no range is left. Throws Error{kCancelled} when the overseer or the
  // session stops it.
  void Walk(const WalkSql& walk, const engine::WalkOptions& options,
            const std::function<void(const db::Result&)>& on_rows);

 private:
  db::Connection& connection() override { return session_.connection(); }
  db::Connection& rows() override;
  std::optional<engine::Span> Claim() override;
  void BeforeChunk() override;
  void Fence() override { session_.FenceChunk(); }
  bool Commit(db::Transaction& transaction, const engine::Span& span) override;
  void Moved(std::int64_t asked, std::int64_t moved) override;
  void Resiliently(const std::function<void()>& chunk,
                   const std::function<void()>& smaller,
                   const std::function<void()>& reload) override;
  std::optional<engine::Span> Load(const engine::Span& span) override;
  bool MakesWay() override;
  std::int64_t ChunkRows(std::int64_t rows) override;
  void RestAfter(const engine::Took& took, double rest,
                 std::int64_t rows) override;

  WorkSession& session_;
  Overseer& overseer_;
  const Assignment assignment_;
  Tempo tempo_;
};

}  // namespace segue::engine
