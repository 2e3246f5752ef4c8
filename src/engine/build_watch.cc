#include "engine/build_watch.h"

#include <utility>

#include "base/log.h"
#include "db/dialect.h"
#include "segue/error.h"

namespace segue::engine {

BuildWatch::BuildWatch(Database& database, std::string sql, std::string session)
    : database_(database), sql_(std::move(sql)), session_(std::move(session)) {}

BuildWatch::~BuildWatch() = default;

std::optional<BuildState> BuildWatch::Look() {
  if (given_up_) return std::nullopt;
  try {
    if (!connection_) connection_ = database_.NewConnection("watch");
    const db::Result found = connection_->Execute(sql_, {session_});
    if (found.rows.empty()) return std::nullopt;
    const db::Row& row = found.rows[0];
    BuildState state;
    state.percent = static_cast<double>(db::ToInt(row.at(0)));
    state.phase = db::ToText(row.at(1));
    if (!db::IsNull(row.at(2))) state.blocker = db::ToText(row.at(2));
    return state;
  } catch (const Error& error) {
    GiveUp(error.what());
    return std::nullopt;
  }
}

void BuildWatch::GiveUp(const std::string& reason) {
  given_up_ = true;
  connection_.reset();
  base::Log(base::LogLevel::kInfo, "the build is not watched: " + reason);
}

}  // namespace segue::engine
