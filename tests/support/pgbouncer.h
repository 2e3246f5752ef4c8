// A private PgBouncer in front of a private server.
#pragma once

#include <memory>
#include <string>

#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {

struct PgBouncerOptions {
  std::string pool_mode = "transaction";
  int pool_size = 4;  // sessions of the server for each user and database
  // It takes a URL with options and drops them.
  bool drops_options = false;
  // It listens on a free port of 127.0.0.1, too, for clients that know no
  // sockets.
  bool loopback = false;
};

// Listens on a unix socket, and knows every role of the server. It is our
// child process; the destructor stops it, or the kernel when this program dies.
class PgBouncer {
 public:
  static bool Available();

  explicit PgBouncer(const PostgresServer& server,
                     const PgBouncerOptions& options = {});

  std::string Url(const std::string& database, const std::string& user) const;
  // Returns "127.0.0.1:port".
  std::string Address() const;

 private:
  void Configure(const PostgresServer& server,
                 const PgBouncerOptions& options) const;
  void WaitUntilReady();
  const std::string& folder() const { return folder_.path(); }

  TempDir folder_;
  const int port_;  // also in the name of the socket
  std::unique_ptr<Process> process_;
};

}  // namespace segue::test
