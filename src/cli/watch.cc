// segue watch: shows the status of the active migration, whoever runs it, until
// it reaches the state that the user waits for. It keeps when applications were
// last seen to make writes that will fail, and otherwise only reads, so that
// Ctrl-C may end it at any time.
#include <unistd.h>

#include <chrono>

#include "base/clock.h"
#include "base/visible.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/watch_view.h"
#include "db/retry.h"
#include "report/json.h"
#include "segue/error.h"
#include "segue/gate.h"

namespace segue::cli {

namespace {

// This is fast enough to look live, and each look is one short query.
constexpr std::chrono::milliseconds kLookInterval{500};
// With this interval the log of a long backfill stays readable.
constexpr std::chrono::seconds kRowsInterval{5};
// Nobody else looks while both versions are live.
constexpr std::chrono::seconds kWritesInterval{10};
constexpr int kExitRolledBack = 1;

// Prints what has changed, as JSON, as a picture that is redrawn in place, or
// as lines.
class Watcher {
 public:
  explicit Watcher(const Context& context) : context_(context) {}

  void Show(const MigrationStatus& status) {
    if (context_.json()) {
      if (Changed(status)) Print(report::StatusJson(status));
    } else if (context_.around.out_is_terminal) {
      Redraw(WatchPicture(status, TerminalWidth(STDOUT_FILENO)));
    } else if (Changed(status)) {
      Print(WatchLine(status));
    }
  }

 private:
  // A change of only the rows is shown from time to time.
  bool Changed(const MigrationStatus& status) {
    const auto now = base::SystemClock().Now();
    const std::string mark = WatchMark(status);
    const bool rows = status.rows_done != rows_ && now - shown_ > kRowsInterval;
    if (mark == mark_ && !rows) return false;
    mark_ = mark;
    rows_ = status.rows_done;
    shown_ = now;
    return true;
  }

  void Print(const std::string& line) {
    context_.around.out << base::VisibleInLine(line) << "\n" << std::flush;
  }

  void Redraw(const std::vector<std::string>& lines) {
    std::ostream& out = context_.around.out;
    if (height_ > 0) {
      WriteControl(out, "\x1b[" + std::to_string(height_) + "A\x1b[J");
    }
    for (const std::string& line : lines) out << line << "\n";
    height_ = lines.size();
    out << std::flush;
  }

  const Context& context_;
  std::size_t height_ = 0;
  std::string mark_;
  std::int64_t rows_ = -1;
  std::chrono::steady_clock::time_point shown_;
};

// Looks at the writes that will fail, from time to time.
class Lookout {
 public:
  explicit Lookout(Session& session) : session_(session) {}

  void Look(const MigrationStatus& status) {
    const auto now = base::SystemClock().Now();
    if (status.sub_state != SubState::kReady || now < next_) return;
    next_ = now + kWritesInterval;
    db::Retry(base::SystemClock(), db::RetryPolicy{}, [&] {
      KeepWritesToFail(session_.database(), session_.options());
    });
  }

 private:
  Session& session_;
  std::chrono::steady_clock::time_point next_;
};

bool IsOver(const MigrationStatus& status, bool until_complete) {
  if (!status.is_active() && status.phase != Phase::kPending) return true;
  const bool live = status.sub_state == SubState::kReady;
  return live && !until_complete;
}

MigrationStatus Look(Migrator& migrator) {
  // The runner may hold the lock of a small database for a moment.
  const std::optional<MigrationStatus> status =
      db::Retry(base::SystemClock(), db::RetryPolicy{},
                [&] { return migrator.Status(); });
  if (status) return *status;
  throw Error(ErrorKind::kNotFound, "no migration has been started here")
      .WithHint("'segue start FILE' begins one");
}

}  // namespace

int RunWatch(const Context& context) {
  const bool until_complete = context.arguments.Value("--until") == "complete";
  Session session(context);
  Watcher watcher(context);
  Lookout lookout(session);
  for (;;) {
    const MigrationStatus status = Look(session.migrator());
    watcher.Show(status);
    lookout.Look(status);
    if (IsOver(status, until_complete)) {
      return status.phase == Phase::kRolledBack ? kExitRolledBack : 0;
    }
    base::SystemClock().Sleep(kLookInterval);
  }
}

}  // namespace segue::cli
