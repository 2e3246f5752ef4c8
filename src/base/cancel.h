// How running migrations are asked to stop.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>

namespace segue::base {

// Thread-safe. The first request asks for an orderly stop (finish the chunk,
// leave a resumable state); each further one for an immediate stop, which
// interrupts every statement in flight through the scopes that are open. One
// token may be shared by several migrators, all of which it then stops.
class CancelToken {
 public:
  // Makes a token interrupt something for as long as the scope lives. Scopes of
  // one token do not know of each other and may end in any order. Once the
  // destructor has returned, `interrupt` is not called any more.
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

  // Called from the signal thread or a test.
  void Request();

  // Throws Error{kCancelled} when a stop was requested.
  void ThrowIfRequested() const;

 private:
  std::atomic<int> level_{0};
  std::mutex mutex_;
  std::list<std::function<void()>> interrupts_;  // of the scopes there are
};

}  // namespace segue::base
