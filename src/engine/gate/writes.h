// The writes that both versions accept and the final shape will refuse: how
// many there were, and when the last ones were seen. A database counts them and
// does not tell when they came, so that somebody has to look.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "backfill/runner_session.h"
#include "engine/context.h"
#include "engine/gate/quiet.h"
#include "segue/progress.h"

namespace segue::engine {

struct RefusedWrites {
  std::string table;
  Counted counted;
  Quiet quiet;
};

// Compares the number of such writes with the last look, for each motion that
// has one, and keeps what it says. Joins the open transaction, if any. Empty
// where nothing counts them.
std::vector<RefusedWrites> LookAtWrites(const Context& context,
                                        const MigrationRow& row);

// Returns the motions with such writes, as the looks have kept them and as
// their number is now. Changes nothing.
std::vector<WritesToFail> WritesToFailNow(const Context& context,
                                          const MigrationRow& row);

// The looks of a run, which takes them from time to time while it moves rows
// or waits.
class WritesWatch {
 public:
  // All references must outlive the watch.
  WritesWatch(const Context& context, const MigrationRow& row,
              RunnerSession& session)
      : context_(context), row_(row), session_(session) {}

  // Looks, unless the last look was a moment ago. Must be called outside of a
  // transaction, on the thread that runs the migration.
  void Look();

 private:
  const Context& context_;
  const MigrationRow& row_;
  RunnerSession& session_;
  std::optional<std::chrono::steady_clock::time_point> looked_;
};

}  // namespace segue::engine
