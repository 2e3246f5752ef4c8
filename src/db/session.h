// A session that another one sees.
#pragma once

#include <string>

namespace segue::db {

// A session of the server, or a prepared transaction, as far as our role may
// see it. Times are in UTC; what is not known is empty.
struct Session {
  std::string id;        // as Connection::SessionId; empty for a prepared one
  std::string prepared;  // the name of a prepared transaction; empty: a session
  std::string user;
  std::string application;
  std::string address;  // empty: this machine, or not known
  std::string query;
  std::string connected;    // the begin of the session
  std::string since;        // the begin of its transaction
  std::string query_start;  // of its last query
  double age_seconds = 0;   // of its transaction
};

// Returns "session 17 (user app, psql, 10.0.0.3)", or "prepared transaction
// 'gid' (user app)". `more` comes after the names in brackets; it may be empty.
std::string SessionText(const Session& session, const std::string& more = "");

}  // namespace segue::db
