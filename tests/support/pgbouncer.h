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
};

// Listens on a unix socket only, and knows every role of the server. It is our
// child process; the destructor stops it, or the kernel when this program dies.
class PgBouncer {
 public:
  static bool Available();

  explicit PgBouncer(const PostgresServer& server,
                     const PgBouncerOptions& options = {});

  std::string Url(const std::string& database, const std::string& user) const;
  // The folder of the socket, and the port in its name.
  const std::string& folder() const { return folder_.path(); }
  static constexpr int kPort = 6432;

 private:
  void Configure(const PostgresServer& server,
                 const PgBouncerOptions& options) const;
  void WaitUntilReady();

  TempDir folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace segue::test
