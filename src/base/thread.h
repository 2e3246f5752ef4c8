// Threads that work for the one that starts them.
#pragma once

#include <functional>
#include <thread>

namespace segue::base {

// A thread whose lines of the log are about the same as those of this one
// (LogContext). `work` must not throw.
std::thread StartThread(std::function<void()> work);

}  // namespace segue::base
