#include "backfill/reclaim.h"

#include <utility>

namespace segue::engine {
namespace {

constexpr std::chrono::milliseconds kAtOnce{0};

// A statement is interrupted again after this time, because it may not have
// begun when it was interrupted before.
constexpr std::chrono::milliseconds kAgain{100};

}  // namespace

Reclaim::~Reclaim() { Stop(); }

void Reclaim::Start(const std::string& settings, const std::string& sql) {
  try {
    connection_ = database_.NewConnection("reclaim");
  } catch (const Error& error) {
    failure_ = error;
    return;
  }
  settings_ = settings;
  stopping_ = false;
  task_ = base::StartTask([this, sql] {
    connection_->ExecuteScript(settings_);
    if (!stopping_) connection_->Execute(sql);
  });
}

void Reclaim::Stop() {
  if (!running()) return;
  stopping_ = true;
  for (auto wait = kAtOnce; task_.wait_for(wait) != std::future_status::ready;
       wait = kAgain) {
    connection_->Interrupt();
  }
  task_ = {};
  connection_.reset();
}

std::optional<Error> Reclaim::TakeFailure() {
  if (running() && task_.wait_for(kAtOnce) == std::future_status::ready) {
    try {
      task_.get();  // the statement does not run any more
    } catch (const Error& error) {
      failure_ = error;
    }
    connection_.reset();
  }
  return std::exchange(failure_, std::nullopt);
}

}  // namespace segue::engine
