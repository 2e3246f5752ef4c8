#include "base/thread.h"

#include <utility>

#include "base/log.h"

namespace segue::base {
namespace {

std::function<void()> WithContext(std::function<void()> work) {
  return [work = std::move(work), about = LogContext::Current()] {
    const LogContext context(about);
    work();
  };
}

}  // namespace

std::jthread StartThread(std::function<void()> work) {
  return std::jthread(WithContext(std::move(work)));
}

std::future<void> StartTask(std::function<void()> work) {
  return std::async(std::launch::async, WithContext(std::move(work)));
}

}  // namespace segue::base
