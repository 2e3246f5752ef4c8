// Requests to stop running migrations.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>

namespace segue {

// The first request asks for an orderly stop, which finishes the chunk and
// leaves a resumable state (see Migrator::Start). Each further request asks for
// an immediate stop and interrupts every statement in flight through the open
// scopes. Several migrators may share a token, which then stops all of them.
// Thread-safe.
class CancelToken {
 public:
  // While it lives, the token interrupts something when an immediate stop is
  // requested. Scopes of one token are independent and may end in any order.
  // After the destructor has returned, `interrupt` is not called any more.
  class Scope {
   public:
    // `token` may be null, and then nothing interrupts; it must outlive the
    // scope. `interrupt` must be callable from another thread while the owner
    // is blocked in a statement; it must not throw, and must not open or end a
    // scope of this token.
    Scope(CancelToken* token, std::function<void()> interrupt);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    CancelToken* token_;
    std::list<std::function<void()>>::iterator place_;
  };

  bool stop_requested() const { return level_.load() >= 1; }
  bool stop_now() const { return level_.load() >= 2; }

  // May be called from any thread, but not from a signal handler.
  void Request();

  // Throws Error{kCancelled} when a stop was requested.
  void ThrowIfRequested() const;

 private:
  std::atomic<int> level_{0};
  std::mutex mutex_;
  std::list<std::function<void()>> interrupts_;  // of the open scopes
};

}  // namespace segue
