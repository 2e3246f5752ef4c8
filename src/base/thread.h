// Threads that work for the thread that starts them. Their lines of the log
// have the fields of that thread (LogContext).
#pragma once

#include <functional>
#include <future>
#include <thread>

namespace segue::base {

// Runs `work`, which must not throw, on a new thread. The destructor of the
// result requests a stop and joins.
std::jthread StartThread(std::function<void()> work);

// Runs `work` on a new thread. get() throws the exception of `work`, and the
// destructor waits for its end.
std::future<void> StartTask(std::function<void()> work);

}  // namespace segue::base
