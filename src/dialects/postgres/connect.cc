// Opens a connection: turns a URL into the keywords of libpq.
#include <libpq-fe.h>

#include <cstdlib>
#include <map>

#include "db/url.h"
#include "dialects/postgres/connection.h"
#include "dialects/postgres/errors.h"
#include "dialects/postgres/pooler.h"
#include "dialects/postgres/search_path.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

using Keywords = std::map<std::string, std::string>;

// libpq finds what the URL does not say in PG* variables, ~/.pgpass and service
// files.
Keywords KeywordsOf(const db::ConnectOptions& options) {
  // The keepalives notice a dead server within a minute, even while a statement
  // runs.
  Keywords keywords = {{"keepalives", "1"},
                       {"keepalives_idle", "30"},
                       {"keepalives_interval", "10"},
                       {"keepalives_count", "3"}};
  if (std::getenv("PGCONNECT_TIMEOUT") == nullptr) {
    keywords["connect_timeout"] = "10";
  }
  for (const auto& [name, value] : options.url.parameters) {
    if (name != kPoolMode) keywords[name] = value;
  }
  const auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) keywords[name] = value;
  };
  set("host", options.url.host);
  set("port", options.url.port);
  set("user", options.url.user);
  set("password", options.url.password);
  set("dbname", options.url.database);
  keywords["client_encoding"] = "UTF8";
  // Some poolers leave the name to the next client. It is set later.
  keywords.erase("application_name");
  return keywords;
}

std::string NameOf(const db::ConnectOptions& options) {
  return options.purpose.empty() ? "segue" : "segue " + options.purpose;
}

[[noreturn]] void ThrowUnknownOption(const std::string& reason) {
  throw Error(ErrorKind::kUsage, "bad database URL: " + reason)
      .WithHint("parameters after '?' are those of libpq, as sslmode");
}

[[noreturn]] void ThrowCannotConnect(const db::Url& url,
                                     const std::string& reason) {
  Error error(ErrorKind::kConnectionLost,
              "cannot connect to " + url.Redacted() + ": " + reason);
  if (reason.find("unsupported startup parameter: options") !=
      std::string::npos) {
    error.WithHint(
        "a pooler takes no options; 'segue versions role' makes a role that "
        "sees a version without them");
  }
  throw error;
}

void Require(PGconn* connection, const db::Url& url) {
  if (PQstatus(connection) == CONNECTION_OK) return;
  const std::string reason =
      url.RedactedIn(ConnectReason(PQerrorMessage(connection)));
  PQfinish(connection);
  if (reason.find("invalid connection option") != std::string::npos ||
      reason.find("invalid port number") != std::string::npos ||
      reason.find(" value: \"") != std::string::npos) {
    ThrowUnknownOption(reason);
  }
  ThrowCannotConnect(url, reason);
}

}  // namespace

std::unique_ptr<db::Connection> Connect(const db::ConnectOptions& options) {
  RequirePoolMode(options.url);
  const Keywords keywords = KeywordsOf(options);
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : keywords) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* connection = PQconnectdbParams(names.data(), values.data(), 0);
  if (connection == nullptr) throw std::bad_alloc();
  Require(connection, options.url);
  Peer peer = PeerOf(connection, options.url);
  peer.finds_deadlocks_first = !options.as_application;
  auto session = std::make_unique<PostgresConnection>(
      connection, std::move(peer), NameOf(options), options.role);
  SetSearchPath(options.schema, *session);
  return session;
}

}  // namespace segue::postgres
