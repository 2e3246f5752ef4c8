// What a fill really took, for the history beside what the plan had estimated.
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
  double seconds = 0;  // since the epoch
  std::optional<double> log_bytes;
  double table_bytes = 0;
};

// nullopt where the database does not say: a figure for the history is no
// reason to fail. Not within a transaction.
std::optional<MeterReading> ReadMeter(Database& database,
                                      const std::string& table);

// As an observation of the ledger keeps it.
std::vector<db::Value> ToValues(const MeterReading& reading);
MeterReading MeterFromValues(const std::vector<db::Value>& values);

// "Filled 'users': 1,000 rows in 12 s (estimated 1,000 in 14 s), 600 MB of log
// by the whole server (estimated 450 MB), the table grew by ..."
std::string FillCostText(std::int64_t rows, const MeterReading& before,
                         const MeterReading& after,
                         const MotionEstimate& estimate);

// The estimate of the way that was taken; nullptr when the plan has none, or
// one that is next to nothing.
const MotionEstimate* WorthMeasuring(const Plan& plan,
                                     const std::string& table);

// Keep what the meter says before a fill, and write a line of the history after
// it; nothing for a fill that is not worth it. Safe to repeat: the first
// reading counts, and the line is written once.
void BeginFillCost(const RunContext& context, const MotionSql& motion);
void EndFillCost(const RunContext& context, const MotionSql& motion);

}  // namespace segue::engine
