#include "dialects/sqlite/lock.h"

namespace segue::sqlite {
namespace {

class NoLock : public db::RunnerLock {};

}  // namespace

std::unique_ptr<db::RunnerLock> TakeRunnerLock() {
  return std::make_unique<NoLock>();
}

std::vector<db::Session> Blockers() { return {}; }

}  // namespace segue::sqlite
