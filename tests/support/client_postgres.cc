#include <libpq-fe.h>

#include "tests/support/client.h"

namespace segue::test {
namespace {

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

Rows RowsOf(const PGresult* result) {
  Rows rows;
  for (int r = 0; r < PQntuples(result); ++r) {
    std::vector<Cell> row;
    for (int c = 0; c < PQnfields(result); ++c) {
      row.push_back(PQgetisnull(result, r, c) ? Cell()
                                              : Cell(PQgetvalue(result, r, c)));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

class PostgresClient : public Client {
 public:
  PostgresClient(const std::string& url, bool pooled)
      : connection_(PQconnectdb(url.c_str())), pooled_(pooled) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw ClientError(PQerrorMessage(connection_.get()), "08006");
    }
    // A test must not wait for a lock for ever, and notices do not belong into
    // its output.
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    if (!pooled_) Query("SET statement_timeout = '30s'");
  }

  // What the session has read counts before it ends, and not at some later
  // moment, when a test would take it for somebody else's use. Servers before
  // 15 do not know the function.
  ~PostgresClient() override {
    if (pooled_) return;
    const Answer ignored{
        PQexec(connection_.get(), "SELECT pg_stat_force_next_flush()")};
  }
  PostgresClient(const PostgresClient&) = delete;
  PostgresClient& operator=(const PostgresClient&) = delete;

  Rows Query(const std::string& sql) override {
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) {
      throw ClientError(PQerrorMessage(connection_.get()), "08006");
    }
    Rows rows;
    std::unique_ptr<ClientError> first;
    while (Answer answer{PQgetResult(connection_.get())}) {
      ExecStatusType status = PQresultStatus(answer.get());
      if (status == PGRES_TUPLES_OK) {
        rows = RowsOf(answer.get());
      } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY &&
                 !first) {
        const char* code = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
        first = std::make_unique<ClientError>(
            PQresultErrorMessage(answer.get()) + ("in: " + sql),
            code == nullptr ? "08006" : code);
      }
    }
    if (first) throw ClientError(*first);
    return rows;
  }

 private:
  std::unique_ptr<PGconn, CloseConnection> connection_;
  const bool pooled_;
};

}  // namespace

std::unique_ptr<Client> OpenPostgresClient(const std::string& url) {
  return std::make_unique<PostgresClient>(url, false);
}

std::unique_ptr<Client> OpenPooledClient(const std::string& url) {
  return std::make_unique<PostgresClient>(url, true);
}

}  // namespace segue::test
