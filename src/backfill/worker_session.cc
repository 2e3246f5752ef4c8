#include "backfill/worker_session.h"

#include "segue/cancel.h"

namespace segue::engine {
namespace {

constexpr const char* kPurpose = "worker";

}  // namespace

WorkerSession::WorkerSession(Database& database, const MigratorOptions& options,
                             std::function<bool()> stop,
                             std::function<void(const Error&)> retried)
    : WorkSession(options, database.dialect().capabilities()),
      database_(database),
      stop_(std::move(stop)),
      retried_(std::move(retried)),
      connection_(database.NewConnection(kPurpose)) {}

bool WorkerSession::stopping() const {
  if (stop_ && stop_()) return true;
  const CancelToken* cancel = options().cancel;
  return cancel != nullptr && cancel->stop_requested();
}

void WorkerSession::ThrowIfStopping() const {
  if (stopping()) throw Error(ErrorKind::kCancelled, "told to stop");
}

void WorkerSession::Reconnect() {
  connection_ = database_.NewConnection(kPurpose);
}

void WorkerSession::Retried(const Error& error, bool /*lost*/) {
  if (retried_) retried_(error);
}

}  // namespace segue::engine
