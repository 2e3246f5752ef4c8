#include "engine/gauges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

// The first probe warms the caches, and the median of the others leaves an
// outlier out.
constexpr std::size_t kProbes = 3;
// A read of one row that takes longer than this is not worth waiting for.
constexpr milliseconds kBudget{250};

std::int64_t Probe(db::Connection& connection, const std::string& sql) {
  std::array<std::int64_t, kProbes> times{};
  for (std::int64_t& time : times) {
    const auto begin = base::SystemClock().Now();
    connection.Execute(sql);
    time = std::chrono::duration_cast<std::chrono::microseconds>(
               base::SystemClock().Now() - begin)
               .count();
  }
  std::nth_element(times.begin(), times.begin() + kProbes / 2, times.end());
  return times[kProbes / 2];
}

std::string Milliseconds(std::int64_t microseconds) {
  return fmt::format("{:.2f} ms", static_cast<double>(microseconds) / 1000);
}

// A count that is lower than before was reset, or belongs to a new index of the
// same name.
std::string ScansText(const Gauge::Index& index,
                      const std::optional<std::int64_t>& before,
                      const std::optional<std::int64_t>& now) {
  const std::string name = "index " + index.name + ": ";
  if (index.scans.empty()) return name + "this database counts no scans";
  if (!before && !now) return name + "not there";
  if (!before) return name + "new, " + base::WithThousands(*now) + " scans";
  const std::string counted =
      name + base::WithThousands(*before) + " scans before, ";
  if (!now) return counted + "dropped";
  return counted + base::WithThousands(*now < *before ? *now : *now - *before) +
         " since";
}

std::optional<std::int64_t> At(const GaugeReading& reading, std::size_t at) {
  return at < reading.scans.size() ? reading.scans[at] : std::nullopt;
}

}  // namespace

std::string GaugeText(const Gauge& gauge, const GaugeReading& before,
                      const GaugeReading& now) {
  std::vector<std::string> parts;
  const bool both = before.problem.empty() && now.problem.empty();
  for (std::size_t at = 0; both && at < gauge.indexes.size(); ++at) {
    parts.push_back(ScansText(gauge.indexes[at], At(before, at), At(now, at)));
  }
  const auto probe = [](const GaugeReading& reading, const char* when) {
    return reading.problem.empty() ? Milliseconds(reading.probe_us) + " " + when
                                   : std::string("could not be read ") + when +
                                         " (" + reading.problem + ")";
  };
  parts.push_back("probe of " + gauge.table + " " + probe(before, "before") +
                  ", " + probe(now, "after"));
  return base::Join(parts, "; ");
}

std::vector<db::Value> ToValues(const GaugeReading& reading) {
  std::vector<db::Value> values = {reading.problem, reading.probe_us};
  for (const auto& scans : reading.scans) {
    values.push_back(scans ? db::Value(*scans) : db::Value());
  }
  return values;
}

GaugeReading ReadingFromValues(const std::vector<db::Value>& values) {
  GaugeReading reading;
  reading.problem = db::ToText(values.at(0));
  reading.probe_us = db::ToInt(values.at(1));
  for (std::size_t at = 2; at < values.size(); ++at) {
    const db::Value& scans = values[at];
    reading.scans.push_back(
        db::IsNull(scans) ? std::nullopt : std::optional(db::ToInt(scans)));
  }
  return reading;
}

GaugeReading ReadGauge(db::Connection& connection, const Gauge& gauge) {
  GaugeReading reading;
  try {
    db::Transaction transaction(connection,
                                {db::Purpose::kRead, kBudget, kBudget});
    for (const Gauge::Index& index : gauge.indexes) {
      reading.scans.emplace_back();
      if (index.scans.empty()) continue;
      const db::Value found = connection.Execute(index.scans).rows.at(0).at(0);
      if (!db::IsNull(found)) reading.scans.back() = db::ToInt(found);
    }
    reading.probe_us = Probe(connection, gauge.probe);
  } catch (const Error& error) {
    reading.problem = error.what();
  }
  return reading;
}

std::vector<GaugeReading> ReadGauges(const Context& context, const Plan& plan) {
  std::vector<GaugeReading> readings;
  for (const Gauge& gauge : plan.gauges) {
    readings.push_back(ReadGauge(context.connection(), gauge));
  }
  return readings;
}

void SaveGauges(const Context& context, const MigrationRow& row,
                const std::vector<GaugeReading>& readings) {
  for (std::size_t at = 0; at < readings.size(); ++at) {
    Observations(context.ledger)
        .Save(context.connection(), row.id, ObservationKind::kGauge,
              row.plan.gauges[at].table, ToValues(readings[at]));
  }
}

std::vector<std::string> GaugeLines(const Context& context,
                                    const MigrationRow& row) {
  std::vector<std::string> lines;
  for (const Gauge& gauge : row.plan.gauges) {
    const auto before = Observations(context.ledger)
                            .Load(context.connection(), row.id,
                                  ObservationKind::kGauge, gauge.table);
    if (!before) continue;
    lines.push_back(GaugeText(gauge, ReadingFromValues(*before),
                              ReadGauge(context.connection(), gauge)));
  }
  return lines;
}

}  // namespace segue::engine
