// Watches the database while rows are moved: it reads all signals about once a
// second on a thread of its own, and says how fast rows may be moved.
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
  // `database` must outlive the monitor. The constructor reads nothing yet, and
  // throws as SignalReader does.
  Monitor(Database& database, const PaceOptions& options);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Reads all signals once, before any row is moved, and then continues on a
  // thread. If `required`, it throws Error{kRefused} when a signal that was
  // asked for cannot be read.
  void Start(bool required);
  bool started() const { return thread_.joinable(); }

  // Returns the pace that the signals allow; the full pace before Start. A
  // reading that never returns counts as a signal that was lost. Thread-safe.
  Pace Now();
  // Returns the notices for people that no earlier call has returned.
  // Thread-safe.
  std::vector<std::string> TakeNotices();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void Run();
  void Take(const std::vector<Reading>& readings);
  void RecordBaseline(const std::vector<Reading>& first);
  void NoteUnreadable(const std::vector<Reading>& readings);

  const std::chrono::milliseconds interval_;
  SignalReader reader_;
  const bool relative_;  // a limit is a multiple of the baseline

  std::mutex mutex_;  // guards the members below
  std::condition_variable wake_;
  bool stopping_ = false;
  PaceController controller_;
  Time read_at_{};
  std::vector<std::string> notices_;

  std::jthread thread_;  // declared last, because it uses the others
};

}  // namespace segue::engine
