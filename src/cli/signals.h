// Ctrl-C: the first asks for an orderly stop, the second for an immediate one.
#pragma once

#include <csignal>
#include <thread>

#include "base/cancel.h"

namespace segue::cli {

// Takes SIGINT, SIGTERM and SIGHUP away from the process and gives them to a
// thread of its own, so that no code of ours runs in a signal handler. Must be
// made before any other thread starts: threads inherit the blocked signals.
// When the second request has not ended the process after two seconds (a
// server that does not answer), it exits with 130 at once; the ledger was
// written before each act, so the next run continues.
class SignalWatch {
 public:
  // `token` must outlive the watch. `on_terminal`: messages go on a line of
  // their own over a progress line.
  SignalWatch(base::CancelToken& token, bool on_terminal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void Run();
  // False when the watch is to end.
  bool WaitForRequest();
  void Tell(const char* message) const;

  base::CancelToken& token_;
  const bool on_terminal_;
  sigset_t signals_;
  sigset_t former_mask_;
  std::thread thread_;
};

}  // namespace segue::cli
