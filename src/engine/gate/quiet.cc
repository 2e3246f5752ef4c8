#include "engine/gate/quiet.h"

#include <algorithm>

#include "base/clock.h"

namespace segue::engine {
namespace {

using std::chrono::seconds;

Quiet Compared(const Kept& before, const Counted& counted) {
  Quiet quiet{before.since, before.last_use, before.rises, before.anew};
  const bool anew = !counted.falls && (before.begun != counted.begun ||
                                       counted.count < before.count);
  const std::int64_t risen =
      anew ? counted.count
           : std::max<std::int64_t>(counted.count - before.count, 0);
  quiet.rises += risen;
  if (risen > 0) {
    quiet.last_use = counted.last > 0 ? counted.last : counted.now;
    quiet.since = quiet.last_use;
    quiet.anew = false;
  }
  if (anew) {
    quiet.since = counted.now;
    quiet.anew = true;
  }
  return quiet;
}

}  // namespace

std::int64_t NowOf(const Context& context) {
  return db::ToInt(
      context.connection()
          .Execute("SELECT " +
                   context.database.dialect().capabilities().now_sql)
          .rows.at(0)
          .at(0));
}

std::optional<Kept> LastLook(const Context& context, const MigrationRow& row,
                             ObservationKind kind, const std::string& name) {
  const auto was = Observations(context.ledger)
                       .Load(context.connection(), row.id, kind, name);
  if (!was) return std::nullopt;
  return Kept{db::ToInt(was->at(0)), db::ToText(was->at(1)),
              db::ToInt(was->at(2)), db::ToInt(was->at(3)),
              db::ToInt(was->at(4)), db::ToInt(was->at(5)) != 0};
}

Quiet LookAt(const Context& context, const MigrationRow& row,
             ObservationKind kind, const std::string& name,
             const Counted& counted) {
  Quiet quiet;
  quiet.since = counted.now;
  if (counted.fresh) {
    quiet.last_use = counted.now;
    quiet.rises = counted.count;
  }
  if (const auto was = LastLook(context, row, kind, name)) {
    quiet = Compared(*was, counted);
  }
  Observations(context.ledger)
      .Save(context.connection(), row.id, kind, name,
            {counted.count, counted.begun, quiet.since, quiet.last_use,
             quiet.rises, std::int64_t{quiet.anew ? 1 : 0}});
  return quiet;
}

std::int64_t SoakSeconds(const Context& context) {
  const auto soak = std::chrono::ceil<seconds>(context.options.soak);
  return std::max<std::int64_t>(soak.count(), 1);
}

std::int64_t SoakLeft(const Context& context, const Counted& counted,
                      const Quiet& quiet) {
  return SoakSeconds(context) - (counted.now - quiet.since);
}

std::string TimeText(std::int64_t moment) {
  const std::chrono::system_clock::time_point time{seconds(moment)};
  return base::FormatUtc(time).substr(0, 19) + "Z";
}

std::string SpanText(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3'600;
  if (seconds < 2 * kMinute) return std::to_string(seconds) + " s";
  if (seconds <= 2 * kHour) {
    return std::to_string((seconds + kMinute - 1) / kMinute) + " min";
  }
  return std::to_string((seconds + kHour - 1) / kHour) + " h";
}

std::string EvidenceText(const Quiet& quiet, std::int64_t left) {
  std::string text = quiet.last_use == 0
                         ? "no use was seen"
                         : "used until " + TimeText(quiet.last_use);
  if (quiet.anew) text += ", its counts began anew";
  text += ", quiet since " + TimeText(quiet.since);
  if (left > 0) text += ", " + SpanText(left) + " left";
  return text;
}

}  // namespace segue::engine
