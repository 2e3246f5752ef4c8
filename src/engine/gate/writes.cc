#include "engine/gate/writes.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "db/write_counts.h"
#include "engine/gate/items.h"

namespace segue::engine {
namespace {

// A write is dated as exactly as this many readings of the throttle's signals
// last, which is 10 s unless the options say otherwise.
constexpr int kReadings = 10;

// The triggers count from 0 on.
std::optional<Counted> CountedNow(const Context& context,
                                  const MotionSql& motion) {
  const auto* counts = db::WriteCountsOf(context.database.dialect());
  if (counts == nullptr) return std::nullopt;
  const auto count =
      counts->CountWrites(context.connection(), context.database.schema(),
                          motion, db::Writes::kToFail);
  if (!count) return std::nullopt;
  Counted counted{*count, NowOf(context)};
  counted.fresh = *count > 0;
  return counted;
}

}  // namespace

std::vector<RefusedWrites> LookAtWrites(const Context& context,
                                        const MigrationRow& row) {
  std::vector<RefusedWrites> found;
  for (const MotionSql& motion : row.plan.motions) {
    const auto counted = CountedNow(context, motion);
    if (!counted) continue;
    found.push_back({motion.table, *counted,
                     LookAt(context, row, ObservationKind::kRefusal,
                            motion.name, *counted)});
  }
  return found;
}

std::vector<WritesToFail> WritesToFailNow(const Context& context,
                                          const MigrationRow& row) {
  std::vector<WritesToFail> found;
  for (const MotionSql& motion : row.plan.motions) {
    const auto counted = CountedNow(context, motion);
    if (!counted || counted->count == 0) continue;
    const auto kept =
        LastLook(context, row, ObservationKind::kRefusal, motion.name);
    WritesToFail one{motion.table, counted->count};
    one.since = counted->count - (kept ? kept->rises : 0);
    if (kept && kept->last_use > 0) one.last_seen = TimeText(kept->last_use);
    found.push_back(std::move(one));
  }
  return found;
}

void WritesWatch::Look() {
  const auto now = base::SystemClock().Now();
  const auto interval = kReadings * context_.options.pace.reading_interval;
  if (looked_ && now - *looked_ < interval) return;
  looked_ = now;
  session_.Resiliently([&] {
    const auto& motions = row_.plan.motions;
    const bool counts = std::any_of(
        motions.begin(), motions.end(), [&](const MotionSql& motion) {
          return CountedNow(context_, motion).has_value();
        });
    if (counts) session_.InLedger([&] { LookAtWrites(context_, row_); });
  });
}

// An old version that does not know a column leaves it out as long as it lives,
// so that such writes alone do not say that somebody will be broken. Whoever
// still makes them when the old version has been quiet will be.
std::optional<GateAnswer> AskWrites(const GateContext& gate) {
  const std::vector<RefusedWrites> all = LookAtWrites(gate.context, gate.row);
  if (all.empty()) return std::nullopt;
  GateAnswer answer;
  for (const RefusedWrites& one : all) {
    if (one.counted.count == 0) continue;
    const std::int64_t left = SoakLeft(gate.context, one.counted, one.quiet);
    const bool fails = gate.context.options.soak.count() > 0 && left > 0;
    if (fails) answer.state = GateState::kFail;
    answer.details.push_back(
        base::CountOf(one.counted.count, "write") + " of '" + one.table +
        "' gave no value to a column that takes no NULL then, " +
        EvidenceText(one.quiet, fails ? left : 0));
  }
  if (answer.details.empty()) return answer;
  answer.message = "writes that both versions accept will be refused:";
  answer.hint = "let the application give the value";
  return answer;
}

}  // namespace segue::engine
