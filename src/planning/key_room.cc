#include "planning/key_room.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace segue::ops {
namespace {

using schema::Column;

// A fill of this many rows in a second is slow, and indexes and foreign keys
// take about as long again.
double SecondsNeeded(std::int64_t rows) {
  constexpr double kRowsPerSecond = 20000;
  return 60 + 2 * static_cast<double>(rows) / kRowsPerSecond;
}

void GoBelow(TableWork& work, const Column& old, const db::KeyRoom& room) {
  std::string reason;
  if (old.type == "bigint") {
    reason = "type bigint does not run out";
  } else if (!room.owns_sequence) {
    reason = "no sequence of its own numbers it from 1 upwards";
  } else if (room.negative) {
    reason = "negative values are taken already";
  }
  if (!reason.empty()) {
    throw work.Refused(old.name, "negative_ids: " + reason);
  }
  // It comes before what waits for stronger locks, because values go meanwhile.
  DraftStep step;
  step.description = fmt::format("Let '{}' of '{}' go on with negative values",
                                 old.name, work.live().name.name);
  step.actions.push_back(
      plan::RestartSequence{work.live().name, old, false, old.type});
  step.notes.push_back(
      fmt::format("new rows of '{}' get negative values of '{}' from here on, "
                  "and values behind those of type {} from the contract on; an "
                  "order by it is no order in time",
                  work.live().name.name, old.name, old.type));
  work.context().steps.push_back(std::move(step));
}

}  // namespace

// Until the cut-over new rows still need a value of the old type.
void LookAtRoom(TableWork& work, const Column& old, std::int64_t rows,
                bool negative_ids) {
  const db::Answer& answer = work.context().Ask(
      db::RoomQuestion{work.live().name, old.physical(), !negative_ids});
  if (!answer.room) {
    if (!negative_ids) return;
    throw work.Refused(old.name, answer.known
                                     ? "negative_ids: it is no integer"
                                     : "negative_ids: the server was not asked "
                                       "how many values are left");
  }
  const db::KeyRoom& room = *answer.room;
  if (negative_ids) return GoBelow(work, old, room);
  const double needed = SecondsNeeded(rows);
  const double pace = std::max(room.per_second, room.now_per_second);
  const double lasts = pace > 0 ? static_cast<double>(room.left) / pace : 0;
  const auto days = [](double seconds) {
    return seconds < 7200 ? fmt::format("{:.0f} minutes", seconds / 60)
                          : fmt::format("{:.1f} days", seconds / 86400);
  };
  const std::string rate = fmt::format(
      "{:.2f} rows came in a second on average since {}, and {:.0f} "
      "values went in the last second",
      room.per_second, room.since, room.now_per_second);
  if (pace > 0 && lasts < 2 * needed) {
    throw work
        .Refused(
            old.name,
            fmt::format("{} values of type {} are left, and {}: they last "
                        "{}, and the change may take {}",
                        room.left, old.type, rate, days(lasts), days(needed)))
        .WithHint(
            "set negative_ids: true, with which the sequence goes on at "
            "the lowest value of the type until the change is done");
  }
  work.Note(Phase::kExpanding,
            fmt::format(
                "{} values of type {} are left for '{}'; {}{}; the "
                "change may take {}",
                room.left, old.type, old.name, rate,
                pace > 0 ? ", so that they last " + days(lasts) : std::string(),
                days(needed)));
}

}  // namespace segue::ops
