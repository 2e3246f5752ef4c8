// Handles Ctrl-C: the first one requests an orderly stop, the second one an
// immediate stop.
#pragma once

#include <csignal>
#include <thread>

#include "segue/cancel.h"

namespace segue::cli {

// Blocks SIGINT, SIGTERM and SIGHUP for the process and receives them on a
// thread of its own, so that none of our code runs in a signal handler. The
// watch must be made before any other thread starts, because threads inherit
// the blocked signals. If the second request has not ended the process after
// two seconds, because a server does not answer, the watch exits with 130 at
// once. The ledger was written before each action, so the next run continues.
class SignalWatch {
 public:
  // `token` must outlive the watch. With `on_terminal`, messages begin on a new
  // line, below a progress line.
  SignalWatch(CancelToken& token, bool on_terminal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void Run();
  // Returns false when the watch has to end.
  bool WaitForRequest();
  void Tell(const char* message) const;

  CancelToken& token_;
  const bool on_terminal_;
  sigset_t signals_;
  sigset_t former_mask_;
  std::thread thread_;
};

}  // namespace segue::cli
