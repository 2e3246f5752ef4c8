#include "ledger/control.h"

#include <cmath>

#include "base/clock.h"

namespace segue::engine {
namespace {

// The ledger keeps shares as whole numbers.
constexpr double kThousandths = 1000;

// This delay is too short for a person who requests a pause to notice.
constexpr std::chrono::milliseconds kRecent{50};

std::string Now() { return base::FormatUtc(base::SystemClock().WallTime()); }

std::int64_t ToThousandths(double share) {
  return std::llround(share * kThousandths);
}

}  // namespace

const Control& RecentControl::Get(const std::function<Control()>& load) {
  const auto now = std::chrono::steady_clock::now();
  if (!known_ || now - since_ > kRecent) {
    known_ = load();
    since_ = now;
  }
  return *known_;
}

// One statement reads both rows.
Control Controls::Load(db::Connection& connection) const {
  const db::Result found = connection.Execute(
      "SELECT c.pause, c.cancel, c.asked_by, p.asked, p.allowed, p.reason,"
      " p.message FROM " +
          ledger_.TableNamed("control") + " c LEFT JOIN " +
          ledger_.TableNamed("pace") +
          " p ON p.schema_name = c.schema_name WHERE c.schema_name = $1",
      {ledger_.schema_name()});
  if (found.rows.empty()) return {};
  const db::Row& row = found.rows[0];
  Control control;
  control.pause = db::ToInt(row[0]) != 0;
  control.cancel = db::ToInt(row[1]) != 0;
  control.by = db::ToText(row[2]);
  if (db::IsNull(row[3])) return control;
  control.pace = static_cast<double>(db::ToInt(row[3])) / kThousandths;
  control.allowed = static_cast<double>(db::ToInt(row[4])) / kThousandths;
  control.reason = db::ToText(row[5]);
  control.message = db::ToText(row[6]);
  return control;
}

void Controls::Ask(db::Connection& connection, const Control& control) const {
  constexpr auto kKeep = db::Upsert::IfThere::kKeep;
  db::Put(connection, ledger_.dialect(),
          {ledger_.TableNamed("control"),
           {{"schema_name", ledger_.schema_name()}},
           {{"pause", std::int64_t{control.pause ? 1 : 0}},
            {"cancel", std::int64_t{control.cancel ? 1 : 0}},
            {"asked_by", control.by}}});
  db::Put(connection, ledger_.dialect(),
          {ledger_.TableNamed("pace"),
           {{"schema_name", ledger_.schema_name()}},
           {{"asked", ToThousandths(control.pace)},
            {"allowed", ToThousandths(1), kKeep},
            {"reason", "", kKeep},
            {"message", "", kKeep},
            {"changed_at", Now(), kKeep}}});
}

void Controls::Allow(db::Connection& connection, const Control& control) const {
  db::Put(connection, ledger_.dialect(),
          {ledger_.TableNamed("pace"),
           {{"schema_name", ledger_.schema_name()}},
           {{"asked", ToThousandths(1), db::Upsert::IfThere::kKeep},
            {"allowed", ToThousandths(control.allowed)},
            {"reason", control.reason},
            {"message", control.message},
            {"changed_at", Now()}}});
}

}  // namespace segue::engine
