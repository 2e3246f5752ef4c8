// Measurements of a table before and after a migration, for the history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "engine/context.h"
#include "plan/planned.h"

namespace segue::engine {

struct GaugeReading {
  std::string problem;  // why it could not be read; empty: it could be
  std::int64_t probe_us = 0;
  // The scans of each index of the gauge; nullopt for an index that does not
  // exist or is not counted.
  std::vector<std::optional<std::int64_t>> scans;
};

// Returns text such as "index users_name: 1,204 scans before, 0 since; probe of
// users 0.12 ms before, 0.11 ms after".
std::string GaugeText(const Gauge& gauge, const GaugeReading& before,
                      const GaugeReading& now);

// Converts a reading to the values that an observation of the ledger keeps.
std::vector<db::Value> ToValues(const GaugeReading& reading);
GaugeReading ReadingFromValues(const std::vector<db::Value>& values);

// Reads one gauge, within a lock budget and a statement budget. Never throws
// segue::Error: `problem` of the answer says what went wrong, because a figure
// for the history is no reason to fail.
GaugeReading ReadGauge(db::Connection& connection, const Gauge& gauge);

// Reads all gauges of the plan, in its order.
std::vector<GaugeReading> ReadGauges(const Context& context, const Plan& plan);
// Keeps these readings. Joins the open transaction.
void SaveGauges(const Context& context, const MigrationRow& row,
                const std::vector<GaugeReading>& readings);
// Returns what has changed since the readings were kept, as one line of the
// history for each table.
std::vector<std::string> GaugeLines(const Context& context,
                                    const MigrationRow& row);

}  // namespace segue::engine
