#include "base/text.h"
#include "db/write_counts.h"
#include "engine/gate/items.h"
#include "engine/gate/quiet.h"
#include "engine/gate/soak.h"

namespace segue::engine {
namespace {

std::string Writes(std::int64_t count) {
  return base::WithThousands(count) + (count == 1 ? " write" : " writes");
}

}  // namespace

// An old version that does not know a column leaves it out as long as it lives,
// so that such writes alone do not say that somebody will be broken. Whoever
// still makes them when the old version has been quiet will be.
std::optional<GateAnswer> AskWrites(const GateContext& gate) {
  const Context& context = gate.context;
  const auto* counts = db::WriteCountsOf(context.database.dialect());
  if (counts == nullptr) return std::nullopt;
  bool counted_some = false;
  GateAnswer answer;
  for (const MotionSql& motion : gate.row.plan.motions) {
    const auto count = counts->WritesToFail(context.connection(),
                                            context.database.schema(), motion);
    if (!count) continue;
    counted_some = true;
    const Counted counted{*count, counts->Now(context.connection())};
    const Quiet quiet = LookAt(context, gate.row, ObservationKind::kRefusal,
                               motion.name, counted);
    if (*count == 0) continue;
    const std::int64_t left = SoakLeft(context, counted, quiet);
    const bool fails = context.options.soak.count() > 0 && left > 0;
    if (fails) answer.state = GateState::kFail;
    answer.details.push_back(
        Writes(*count) + " of '" + motion.table +
        "' gave no value to a column that takes no NULL then, " +
        EvidenceText(quiet, fails ? left : 0));
  }
  if (!counted_some) return std::nullopt;
  if (answer.details.empty()) return answer;
  answer.message = "writes that both versions accept will be refused:";
  answer.hint = "let the application give the value";
  return answer;
}

}  // namespace segue::engine
