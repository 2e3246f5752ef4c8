#include "tests/support/pgbouncer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/text.h"
#include "tests/support/client.h"

namespace segue::test {
namespace {

// Debian installs it where only root has a path to.
constexpr const char* kProgram = "/usr/sbin/pgbouncer";

// The kernel gives a port that nobody has, and not the same one again for a
// while.
int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool found =
      ::bind(socket, any, size) == 0 && ::getsockname(socket, any, &size) == 0;
  ::close(socket);
  if (!found) throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

}  // namespace

bool PgBouncer::Available() { return std::filesystem::exists(kProgram); }

PgBouncer::PgBouncer(const PostgresServer& server,
                     const PgBouncerOptions& options)
    : port_(options.loopback ? FreePort() : 6432) {
  Configure(server, options);
  Command command;
  command.argv = {kProgram, "-q", folder() + "/pgbouncer.ini"};
  command.directory = "/";
  command.unprivileged = true;
  process_ = std::make_unique<Process>(command);
  WaitUntilReady();
}

void PgBouncer::Configure(const PostgresServer& server,
                          const PgBouncerOptions& options) const {
  std::ofstream(folder() + "/users") << "\"postgres\" \"\"\n";
  std::ofstream(folder() + "/pgbouncer.ini")
      << "[databases]\n* = host=" << server.folder()
      << " auth_user=postgres\n[pgbouncer]\nlisten_addr = "
      << (options.loopback ? "127.0.0.1" : "") << "\nlisten_port = " << port_
      << "\nunix_socket_dir = " << folder()
      << "\nauth_type = trust\nauth_file = " << folder()
      << "/users\nauth_query = SELECT usename::text, ''::text FROM "
         "pg_catalog.pg_user WHERE usename = $1\npool_mode = "
      << options.pool_mode << "\ndefault_pool_size = " << options.pool_size
      << "\nmax_client_conn = 200\nquery_wait_timeout = 60\n"
         "ignore_startup_parameters = extra_float_digits"
      << (options.drops_options ? ", options" : "") << "\n";
  const Account account = UnprivilegedAccount();
  for (const std::string& path :
       {folder(), folder() + "/users", folder() + "/pgbouncer.ini"}) {
    if (::chown(path.c_str(), account.user, account.group) != 0) {
      throw std::runtime_error("cannot give away " + path);
    }
  }
}

void PgBouncer::WaitUntilReady() {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const std::string socket = folder() + "/.s.PGSQL." + std::to_string(port_);
  while (!std::filesystem::exists(socket)) {
    if (!process_->running() || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("PgBouncer did not start: " + process_->Err());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string PgBouncer::Url(const std::string& database,
                           const std::string& user) const {
  return "postgres://" + user + "@/" + database + "?host=" + folder() +
         "&port=" + std::to_string(port_);
}

std::string PgBouncer::Address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

}  // namespace segue::test
