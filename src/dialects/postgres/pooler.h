// Finds out whether a pooler is between us and the server.
#pragma once

#include "db/url.h"
#include "dialects/postgres/connection.h"

namespace segue::postgres {

// A parameter of the URL that is segue's own: "session" where a pooler keeps a
// session of the server for each of its clients, "transaction" where it does
// not.
inline constexpr const char* kPoolMode = "pool_mode";

// Throws Error{kUsage} for any other value.
void RequirePoolMode(const db::Url& url);

// Asks the server who it is. A pooler between us shows, because it has sent the
// number of a process of its own. Closes the connection before it throws.
Peer PeerOf(pg_conn* connection, const db::Url& url);

// Returns what tells the server and its database from others. A role that may
// not read the number of the server gets the time of the server's start.
db::Identity IdentityOf(db::Connection& connection);

}  // namespace segue::postgres
