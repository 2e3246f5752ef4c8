// Measures what a fill cost, for the history beside the estimate of the plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backfill/run_context.h"
#include "db/connection.h"
#include "segue/database.h"
#include "segue/plan.h"

namespace segue::engine {

struct MeterReading {
  double seconds = 0;  // since the epoch, by the runner's clock
  std::optional<double> log_bytes;
  double table_bytes = 0;
};

// Reads the meter outside a transaction; nullopt when the database does not
// give the figures, because a figure for the history is no reason to fail.
std::optional<MeterReading> ReadMeter(Database& database,
                                      const std::string& table);

// Converts a reading to the values that an observation of the ledger keeps.
std::vector<db::Value> ToValues(const MeterReading& reading);
MeterReading MeterFromValues(const std::vector<db::Value>& values);

// Returns a text such as "Filled 'users': 1,000 rows in 12 s (estimated 1,000
// in 14 s), 600 MB of log by the whole server (estimated 450 MB), the table
// grew by ...".
std::string FillCostText(std::int64_t rows, const MeterReading& before,
                         const MeterReading& after,
                         const MotionEstimate& estimate);

// Returns the estimate of the way that the plan takes, which stays in the plan;
// nullptr when the plan has none, or one that is too small to measure.
const MotionEstimate* WorthMeasuring(const Plan& plan,
                                     const std::string& table);

// Keep what the meter says before a fill, and write a line of the history after
// it. Both do nothing for a fill that is too small, and are safe to repeat: the
// first reading counts, and the line is written once.
void BeginFillCost(const RunContext& context, const MotionSql& motion);
void EndFillCost(const RunContext& context, const MotionSql& motion);

}  // namespace segue::engine
