#include "cli/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <ctime>
#include <string>

namespace segue::cli {

namespace {

// This signal ends the watching thread; nobody else sends it.
constexpr int kEndSignal = SIGUSR2;
constexpr int kExitInterrupted = 130;
constexpr timespec kPatience{2, 0};
constexpr timespec kAtOnce{0, 200'000'000};

// A tool that ends a command after a time may send it SIGTERM twice at once:
// to the process and to its group.
void PassOverTwins() {
  sigset_t twins;
  sigemptyset(&twins);
  sigaddset(&twins, SIGTERM);
  while (sigtimedwait(&twins, nullptr, &kAtOnce) == SIGTERM) {
  }
}

}  // namespace

SignalWatch::SignalWatch(CancelToken& token, bool on_terminal)
    : token_(token), on_terminal_(on_terminal) {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kEndSignal}) {
    sigaddset(&signals_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals_, &former_mask_);
  thread_ = std::thread([this] { Run(); });
}

SignalWatch::~SignalWatch() {
  pthread_kill(thread_.native_handle(), kEndSignal);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
}

bool SignalWatch::WaitForRequest() {
  int signal = 0;
  return sigwait(&signals_, &signal) == 0 && signal != kEndSignal;
}

void SignalWatch::Run() {
  if (!WaitForRequest()) return;
  Tell("finishing the chunk; press Ctrl-C again to stop at once");
  token_.Request();
  PassOverTwins();
  if (!WaitForRequest()) return;
  Tell("stopping at once; segue resume goes on later");
  token_.Request();
  if (sigtimedwait(&signals_, nullptr, &kPatience) == kEndSignal) return;
  _exit(kExitInterrupted);
}

// The message is one write, so that it does not mix with a progress line of
// another thread.
void SignalWatch::Tell(const char* message) const {
  std::string line = on_terminal_ ? "\r\x1b[K" : "";
  line += "segue: " + std::string(message) + "\n";
  // Nothing can be done when standard error is closed.
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace segue::cli
