#include "base/thread.h"

#include <utility>

#include "base/log.h"

namespace segue::base {

std::thread StartThread(std::function<void()> work) {
  return std::thread([work = std::move(work), about = LogContext::Current()] {
    const LogContext context(about);
    work();
  });
}

}  // namespace segue::base
