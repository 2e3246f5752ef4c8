#include "backfill/fill_cost.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "db/dialect.h"
#include "db/meter.h"
#include "ledger/observations.h"
#include "plan/estimate_text.h"
#include "segue/error.h"
#include "segue/progress.h"

namespace segue::engine {
namespace {

double Number(const db::Value& value) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr ? *number : std::stod(db::ToText(value));
}

std::optional<double> Known(const db::Value& value) {
  if (db::IsNull(value)) return std::nullopt;
  return Number(value);
}

std::string Bytes(double bytes) { return base::BytesText(std::llround(bytes)); }

std::string Estimated(const std::string& figure) {
  return " (estimated " + figure + ")";
}

}  // namespace

std::optional<MeterReading> ReadMeter(Database& database,
                                      const std::string& table) {
  const auto* meter = dynamic_cast<const db::Meter*>(&database.dialect());
  if (meter == nullptr) return std::nullopt;
  try {
    const db::Result found = database.connection().Execute(
        meter->MeterSql({database.schema(), table}));
    const db::Row& row = found.rows.at(0);
    return MeterReading{Number(row[0]), Known(row[1]), Number(row[2])};
  } catch (const Error& error) {
    if (error.poisons_connection()) throw;
    base::Log(
        base::LogLevel::kInfo,
        std::string("the cost of the fill is not measured: ") + error.what());
    return std::nullopt;
  }
}

std::vector<db::Value> ToValues(const MeterReading& reading) {
  return {reading.seconds,
          reading.log_bytes ? db::Value(*reading.log_bytes) : db::Value(),
          reading.table_bytes};
}

MeterReading MeterFromValues(const std::vector<db::Value>& values) {
  return {Number(values.at(0)), Known(values.at(1)), Number(values.at(2))};
}

std::string FillCostText(std::int64_t rows, const MeterReading& before,
                         const MeterReading& after,
                         const MotionEstimate& estimate) {
  const double seconds = std::max(after.seconds - before.seconds, 0.0);
  const bool copy = estimate.motion == "copy";
  std::string text =
      (copy ? "Copied " : "Filled ") + base::Quoted(estimate.table, '\'') +
      ": " + base::WithThousands(rows) + " rows in " + FormatDuration(seconds) +
      Estimated(base::WithThousands(estimate.rows) + " in " +
                FormatDuration(estimate.seconds));
  if (before.log_bytes && after.log_bytes) {
    text += ", " + Bytes(std::max(*after.log_bytes - *before.log_bytes, 0.0)) +
            " of log by the whole server" +
            Estimated(base::BytesText(estimate.log_bytes));
  }
  // The table itself does not grow, and the copy is another one.
  if (copy) return text;
  return text + ", the table grew by " +
         Bytes(std::max(after.table_bytes - before.table_bytes, 0.0)) +
         Estimated(base::BytesText(estimate.disk_bytes));
}

const MotionEstimate* WorthMeasuring(const Plan& plan,
                                     const std::string& table) {
  const auto found = std::find_if(plan.estimates.begin(), plan.estimates.end(),
                                  [&](const MotionEstimate& estimate) {
                                    return estimate.chosen &&
                                           estimate.table == table &&
                                           !plan::NextToNothing(estimate);
                                  });
  return found == plan.estimates.end() ? nullptr : &*found;
}

// The first reading counts, whichever runner continues the fill.
void BeginFillCost(const RunContext& context, const MotionSql& motion) {
  if (WorthMeasuring(context.plan(), motion.table) == nullptr) return;
  const Observations seen(context.ledger);
  context.session.Resiliently([&] {
    if (seen.Load(context.connection(), context.migration.id,
                  ObservationKind::kFillBegin, motion.name)) {
      return;
    }
    const auto before = ReadMeter(context.database, motion.table);
    if (!before) return;
    context.session.InLedger([&] {
      seen.Save(context.connection(), context.migration.id,
                ObservationKind::kFillBegin, motion.name, ToValues(*before));
    });
  });
}

// The line is written once, even when the answer to the commit is lost or the
// runner dies before the action is recorded as done.
void EndFillCost(const RunContext& context, const MotionSql& motion) {
  const MotionEstimate* estimate = WorthMeasuring(context.plan(), motion.table);
  if (estimate == nullptr) return;
  const std::string& id = context.migration.id;
  const Observations seen(context.ledger);
  context.session.Resiliently([&] {
    const auto before = seen.Load(context.connection(), id,
                                  ObservationKind::kFillBegin, motion.name);
    const auto told = seen.Load(context.connection(), id,
                                ObservationKind::kFillEnd, motion.name);
    if (!before || told) return;
    const auto moved =
        context.ledger.LoadMotion(context.connection(), id, motion.name,
                                  std::string(ToString(Activity::kFill)));
    const auto after = ReadMeter(context.database, motion.table);
    if (!after) return;
    context.session.InLedger([&] {
      seen.Save(context.connection(), id, ObservationKind::kFillEnd,
                motion.name, ToValues(*after));
      context.ledger.AddEvent(
          context.connection(), id, EventKind::kMigrating,
          FillCostText(moved ? moved->rows : 0, MeterFromValues(*before),
                       *after, *estimate));
    });
  });
}

}  // namespace segue::engine
