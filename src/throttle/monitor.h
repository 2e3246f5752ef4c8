// Watches the database while rows are moved: reads all signals about once a
// second on a thread of its own, and says how fast to go.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "segue/database.h"
#include "segue/pace.h"
#include "throttle/pace.h"
#include "throttle/signal_reader.h"

namespace segue::engine {

class Monitor {
 public:
  // `database` must outlive the monitor. Reads nothing yet. Throws as
  // SignalReader does.
  Monitor(Database& database, const PaceOptions& options);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Reads all signals once, before anything is moved, and goes on reading on a
  // thread. Throws Error{kRefused} when one that was asked for cannot be read,
  // if it is `required`.
  void Start(bool required);
  bool started() const { return thread_.joinable(); }

  // What the signals allow; full pace before Start. A reading that never comes
  // back counts as a signal that was lost. Thread-safe.
  engine::Pace Now();
  // What people should know and have not been told. Thread-safe.
  std::vector<std::string> TakeNotices();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void Run();
  void Take(const std::vector<engine::Reading>& readings);
  void RecordBaseline(const std::vector<engine::Reading>& first);
  void NoteUnreadable(const std::vector<engine::Reading>& readings);

  const std::chrono::milliseconds interval_;
  SignalReader reader_;
  const bool relative_;  // some limit is a multiple of the baseline

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  engine::PaceController controller_;
  Time read_at_{};
  std::vector<std::string> notices_;

  std::jthread thread_;  // last: it uses the others
};

}  // namespace segue::engine
