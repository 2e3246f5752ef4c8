// What can be done while a contract is sealed and can be undone; see
// Plan::undo_window. Migrator::Complete seals such a contract, and ends it once
// the window is over.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "segue/database.h"
#include "segue/migrator.h"

namespace segue {

struct WatchOptions {
  // Undoes the contract when queries of the new shape fail or have become slow.
  bool undo_on_errors = false;
  std::chrono::milliseconds look_every{1'000};
  // Called before each look with the seconds that are left; may be empty.
  std::function<void(double)> tell = {};
};

// How the time of a sealed contract has ended.
enum class WindowEnd {
  kOver,       // the old shape may be dropped
  kUndone,     // by the watch itself; both versions are live
  kElsewhere,  // somebody else has undone or dropped it
};

struct WatchReport {
  WindowEnd end = WindowEnd::kOver;
  std::string why;  // of kUndone: "probe of users failed: ..."
  // Of kUndone, as UndoWindow::Undo returns it.
  std::optional<Outcome> undone = {};
};

// Every method throws segue::Error as the methods of Migrator do. A name is as
// for Migrator::Complete. An object is not thread-safe.
class UndoWindow {
 public:
  // `database` must outlive this object and stays with the caller.
  UndoWindow(Database& database, MigratorOptions options);
  ~UndoWindow();
  UndoWindow(const UndoWindow&) = delete;
  UndoWindow& operator=(const UndoWindow&) = delete;

  // Undoes the contract of the active migration, so that both versions are live
  // again. What the new version has written since the seal stays. Throws
  // kMismatch that names the rows which the old shape cannot hold; a
  // `lossy_reason` goes on all the same: these rows have no value on the old
  // side, and the history keeps the reason. Throws kRefused once something is
  // dropped. When both versions are live already, Outcome::acted is false.
  Outcome Undo(const std::string& named = "",
               const std::string& lossy_reason = "", bool dry_run = false);
  // Drops the old shape, before its time if it has to be, and completes the
  // migration. What is not sealed yet is sealed first. Gathers the evidence
  // anew: throws as Migrator::Complete does, and the contract stays sealed.
  Outcome Drop(const std::string& named = "",
               const std::string& force_reason = "", bool dry_run = false);
  // Waits until the window of the sealed migration is over, and looks meanwhile
  // whether the probe of each table fails, or takes much longer than before the
  // migration, three times one after the other. Holds no lease. Throws
  // kNotFound when nothing is sealed, and kCancelled for a stop.
  WatchReport Watch(const std::string& named, const WatchOptions& options);

 private:
  std::unique_ptr<engine::Context> context_;
};

}  // namespace segue
