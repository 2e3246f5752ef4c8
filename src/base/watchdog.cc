#include "base/watchdog.h"

#include <utility>

namespace segue::base {

Watchdog::Watchdog(std::chrono::milliseconds patience,
                   std::function<void()> end)
    : thread_(
          [this, patience, end = std::move(end)](const std::stop_token& stop) {
            std::unique_lock lock(mutex_);
            // Nothing but the stop ends the wait early.
            stopped_.wait_for(lock, stop, patience, [] { return false; });
            if (!stop.stop_requested()) end();
          }) {}

}  // namespace segue::base
