// What the history says of a table before and after.
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
  std::string problem;  // why nothing could be read; empty: it could
  std::int64_t probe_us = 0;
  // Of each index of the gauge; nullopt: there is none, or it is not counted.
  std::vector<std::optional<std::int64_t>> scans;
};

// "index users_name: 1,204 scans before, 0 since; probe of users 0.12 ms
// before, 0.11 ms after"
std::string GaugeText(const Gauge& gauge, const GaugeReading& before,
                      const GaugeReading& now);

// As an observation of the ledger keeps it.
std::vector<db::Value> ToValues(const GaugeReading& reading);
GaugeReading ReadingFromValues(const std::vector<db::Value>& values);

// Within a lock and a statement budget. What goes wrong is in the answer: a
// figure for the history is no reason to fail.
GaugeReading ReadGauge(db::Connection& connection, const Gauge& gauge);

// The readings of all gauges of the plan, in its order.
std::vector<GaugeReading> ReadGauges(const Context& context, const Plan& plan);
// Keeps them; joins the open transaction.
void SaveGauges(const Context& context, const MigrationRow& row,
                const std::vector<GaugeReading>& readings);
// What has changed since they were kept, a line of the history for each table.
std::vector<std::string> GaugeLines(const Context& context,
                                    const MigrationRow& row);

}  // namespace segue::engine
