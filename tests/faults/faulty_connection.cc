#include "tests/faults/faulty_connection.h"

#include "segue/error.h"
#include "tests/faults/fault.h"

namespace segue::test {

FaultyConnection::FaultyConnection(std::unique_ptr<db::Connection> inner)
    : inner_(std::move(inner)), session_id_(inner_->SessionId()) {}

db::Connection& FaultyConnection::Inner() {
  if (inner_) return *inner_;
  throw Error(ErrorKind::kConnectionLost, "the connection was dropped (fault)");
}

void FaultyConnection::Drop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  inner_.reset();
}

// What died after a statement did not see its error either.
template <typename Work>
auto FaultyConnection::Answered(const Work& work) {
  try {
    auto result = work();
    FaultPoint::Instance().After();
    return result;
  } catch (...) {
    FaultPoint::Instance().After();
    throw;
  }
}

void FaultyConnection::Enter(std::string_view sql) {
  if (FaultPoint::Instance().Before(sql)) Drop();
}

db::Result FaultyConnection::Execute(std::string_view sql,
                                     const std::vector<db::Value>& parameters) {
  Enter(sql);
  return Answered([&] { return Inner().Execute(sql, parameters); });
}

void FaultyConnection::ExecuteScript(std::string_view sql) {
  Enter(sql);
  Answered([&] {
    Inner().ExecuteScript(sql);
    return true;
  });
}

void FaultyConnection::Begin(const db::TransactionOptions& options) {
  if (options.purpose == db::Purpose::kBackfill) {
    FaultPoint::Instance().BeginBackfill();
  }
  Enter("-- begin");
  Inner().Begin(options);
  FaultPoint::Instance().After();
}

template <typename Work>
bool FaultyConnection::Committing(const Work& commit) {
  Enter("-- commit");
  const bool lost = FaultPoint::Instance().LosesCommit();
  const bool committed = commit(Inner());
  FaultPoint::Instance().After();
  if (!lost) return committed;
  Drop();
  throw Error(ErrorKind::kInDoubt, "the answer to a commit was lost (fault)");
}

void FaultyConnection::Commit() {
  Committing([](db::Connection& inner) {
    inner.Commit();
    return true;
  });
}

// The commit counts as a statement of its own, so that a fault meets it however
// the two are sent.
bool FaultyConnection::CommitWith(std::string_view sql,
                                  const std::vector<db::Value>& parameters) {
  Enter(sql);
  FaultPoint::Instance().After();
  return Committing(
      [&](db::Connection& inner) { return inner.CommitWith(sql, parameters); });
}

void FaultyConnection::Rollback() noexcept {
  if (inner_) inner_->Rollback();
}

void FaultyConnection::Interrupt() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (inner_) inner_->Interrupt();
}

std::string FaultyConnection::SessionId() { return session_id_; }

bool FaultyConnection::alive() const { return inner_ && inner_->alive(); }

bool FaultyConnection::pooled() const { return inner_ && inner_->pooled(); }

void FaultyConnection::LimitWaits() {
  if (inner_) inner_->LimitWaits();
}

std::string FaultyConnection::Set(const std::string& setting,
                                  const std::string& value) {
  Enter("-- set " + setting);
  return Answered([&] { return Inner().Set(setting, value); });
}

}  // namespace segue::test
