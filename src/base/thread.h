// Threads that work for the one that starts them. Their lines of the log are
// about the same as those of that one (LogContext).
#pragma once

#include <functional>
#include <future>
#include <thread>

namespace segue::base {

// Runs `work`, which must not throw, on a thread of its own. The destructor of
// the result asks the thread's stop token to stop, and joins.
std::jthread StartThread(std::function<void()> work);

// Runs `work` likewise; get() throws what it threw, and the destructor waits
// for its end.
std::future<void> StartTask(std::function<void()> work);

}  // namespace segue::base
