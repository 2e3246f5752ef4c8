#include "db/connection.h"
#include "engine/gate/items.h"

namespace segue::engine {
namespace {

// Rows that came past the triggers are as the default of the provenance has
// left them.
std::string NeverFilled(const Context& context, const MigrationRow& row) {
  std::string text;
  for (const MotionSql& motion : row.plan.motions) {
    const bool mends = motion.fill && motion.repair && motion.parts.empty();
    if (!mends || motion.count_left.empty()) continue;
    const std::int64_t rows = db::ToInt(
        context.connection().Execute(motion.count_left).rows.at(0).at(0));
    if (rows == 0) continue;
    text += std::to_string(rows) + " rows of '" + motion.table +
            "' were never filled, like those of a partition that somebody has "
            "attached since the start: 'segue verify --repair' fills them; ";
  }
  return text;
}

// Rows of a copy, and those that have no value, are not derived again.
std::string Mended(const VerifyReport& report) {
  return report.repairable
             ? "'segue verify --repair' derives rows again from the side "
               "written last"
             : "mend these rows, or write them once more through the "
               "application";
}

}  // namespace

std::optional<GateAnswer> AskRows(const GateContext& gate) {
  if (gate.sealed) {
    return FailsOver(gate.parts.verifier.VerifySealed().mismatches,
                     "what was put aside does not follow any more in",
                     "an undo would bring old values of these rows back");
  }
  VerifyReport report = gate.parts.verifier.VerifyAll();
  if (report.clean()) return GateAnswer{};
  const std::string mended =
      NeverFilled(gate.context, gate.row) + Mended(report);
  return FailsOver(std::move(report.mismatches), "old and new disagree in",
                   mended);
}

}  // namespace segue::engine
