#include "db/session.h"

#include <vector>

#include "base/text.h"

namespace segue::db {

std::string SessionText(const Session& session, const std::string& more) {
  const std::string text =
      session.prepared.empty()
          ? "session " + session.id
          : "prepared transaction '" + session.prepared + "'";
  std::vector<std::string> known;
  if (!session.user.empty()) known.push_back("user " + session.user);
  for (const std::string& one : {session.application, session.address, more}) {
    if (!one.empty()) known.push_back(one);
  }
  return known.empty() ? text : text + " (" + base::Join(known, ", ") + ")";
}

}  // namespace segue::db
