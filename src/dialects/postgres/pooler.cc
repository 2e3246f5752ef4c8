#include "dialects/postgres/pooler.h"

#include <libpq-fe.h>

#include <memory>

#include "dialects/postgres/errors.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

std::string PoolModeOf(const db::Url& url) {
  const auto found = url.parameters.find(kPoolMode);
  return found == url.parameters.end() ? "" : found->second;
}

}  // namespace

void RequirePoolMode(const db::Url& url) {
  const std::string mode = PoolModeOf(url);
  if (mode.empty() || mode == "session" || mode == "transaction") return;
  throw Error(ErrorKind::kUsage,
              "bad database URL: pool_mode is session or transaction")
      .WithHint(mode == "statement"
                    ? "a pooler in statement mode allows no transactions, and "
                      "segue works in them"
                    : "leave it out where no pooler is in between");
}

Peer PeerOf(pg_conn* connection, const db::Url& url) {
  const char* sql =
      "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery()";
  const std::unique_ptr<PGresult, void (*)(PGresult*)> found{
      PQexec(connection, sql), PQclear};
  if (PQresultStatus(found.get()) != PGRES_TUPLES_OK) {
    const Error error = ErrorFrom(found.get(), connection, sql);
    PQfinish(connection);
    throw error;
  }
  Peer peer;
  peer.session = PQgetvalue(found.get(), 0, 0);
  peer.on_standby = PQgetvalue(found.get(), 0, 1)[0] == 't';
  const std::string mode = PoolModeOf(url);
  const bool between = peer.session != std::to_string(PQbackendPID(connection));
  peer.pooled = mode == "transaction" || (between && mode != "session");
  return peer;
}

db::Identity IdentityOf(db::Connection& connection) {
  const db::Row row =
      connection
          .Execute(
              "SELECT pg_catalog.current_database(), "
              "pg_catalog.pg_postmaster_start_time()::pg_catalog.text, "
              "pg_catalog.has_function_privilege("
              "'pg_catalog.pg_control_system()', 'EXECUTE')")
          .rows.at(0);
  db::Identity identity;
  identity.database = db::ToText(row[0]);
  identity.server = "started at " + db::ToText(row[1]);
  identity.certain = db::ToInt(row[2]) != 0;
  if (identity.certain) {
    identity.server =
        db::ToText(connection
                       .Execute("SELECT system_identifier::pg_catalog.text "
                                "FROM pg_catalog.pg_control_system()")
                       .rows.at(0)
                       .at(0));
  }
  return identity;
}

}  // namespace segue::postgres
