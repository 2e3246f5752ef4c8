// The session of an application, which uses the database's driver and nothing
// of segue's: no pinned settings, no marks, no registered functions.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace segue::test {

using Cell = std::optional<std::string>;  // text; nullopt: NULL
using Rows = std::vector<std::vector<Cell>>;

// Returns "1|alice|NULL\n2|bob|x\n", for comparisons and messages.
std::string ToLines(const Rows& rows);

class ClientError : public std::runtime_error {
 public:
  ClientError(const std::string& message, std::string code)
      : std::runtime_error(message), code_(std::move(code)) {}
  // An SQLSTATE or, on SQLite, the extended result code as a number.
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

// Not thread-safe.
class Client {
 public:
  virtual ~Client() = default;
  // Runs the statements of `sql` and returns the rows of the last one that had
  // any. Throws ClientError.
  virtual Rows Query(const std::string& sql) = 0;

  // Returns the first cell of the first row. Throws when there is no row.
  Cell One(const std::string& sql);
  // Returns the message that `sql` fails with; empty: it succeeds. The caller
  // has to deal with its effects.
  std::string ErrorOf(const std::string& sql);
  // True when it fails.
  bool Fails(const std::string& sql);
};

// Repeats the query until the answer is `wanted`. Throws after three minutes,
// because the machine may be busy with other suites.
void WaitUntil(Client& client, const std::string& sql, const Cell& wanted);

std::unique_ptr<Client> OpenPostgresClient(const std::string& url);
// Opens a session that sets nothing, as behind a pooler.
std::unique_ptr<Client> OpenPooledClient(const std::string& url);
std::unique_ptr<Client> OpenSqliteClient(const std::string& path);

}  // namespace segue::test
