#include <atomic>
#include <exception>
#include <utility>

#include "base/log.h"
#include "segue/progress.h"

namespace segue {

struct ProgressListeners::Listener {
  explicit Listener(ProgressCallback callback) : call(std::move(callback)) {}

  // A failure that repeats at each chunk must not fill the log.
  void Failed(const std::string& why) {
    if (failed.exchange(true)) return;
    base::Log(
        base::LogLevel::kWarning,
        "a listener to the progress failed, and the migration goes on: " + why);
  }

  const ProgressCallback call;
  std::atomic<bool> failed{false};
};

void ProgressListeners::Add(ProgressCallback listener) {
  if (!listener) return;
  listeners_.push_back(std::make_shared<Listener>(std::move(listener)));
}

void ProgressListeners::Send(const Progress& progress) const {
  for (const std::shared_ptr<Listener>& listener : listeners_) {
    try {
      listener->call(progress);
    } catch (const std::exception& error) {
      listener->Failed(error.what());
    } catch (...) {
      listener->Failed("what it threw is no std::exception");
    }
  }
}

}  // namespace segue
