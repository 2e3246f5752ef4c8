#include "tests/support/postgres_server.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/catalog_text.h"
#include "tests/support/client.h"

namespace segue::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The server writes its state as the eighth line of this file, which pg_ctl -w
// reads, too.
bool SaysReady(const std::string& pid_file) {
  std::istringstream lines(ReadFile(pid_file));
  std::string line;
  for (int i = 0; i < 8; ++i) {
    if (!std::getline(lines, line)) return false;
  }
  return line.starts_with("ready");
}

std::string Encoded(const std::string& path) {
  std::string text;
  for (char c : path) text += c == '/' ? std::string("%2F") : std::string(1, c);
  return text;
}

Command Unprivileged(const std::string& program,
                     const std::vector<std::string>& arguments) {
  Command command;
  command.argv = {program};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
  command.unprivileged = true;
  command.directory = "/";
  return command;
}

constexpr const char* kDebian = "/usr/lib/postgresql";

// The folder of scripts/install-servers, which says why root has another one.
std::string FetchedServers() {
  if (const char* given = std::getenv("SEGUE_SERVERS")) return given;
  const char* home = std::getenv("HOME");
  return ::geteuid() == 0 || home == nullptr
             ? "/var/cache/segue/servers"
             : std::string(home) + "/.cache/segue/servers";
}

int WantedVersion(int version) {
  const char* given = std::getenv("SEGUE_TEST_POSTGRES");
  return version == 0 && given != nullptr ? std::stoi(given) : version;
}

}  // namespace

std::string PostgresServer::BinFolder(int version) {
  const std::string wanted = std::to_string(WantedVersion(version));
  if (wanted == "0") {
    const char* given = std::getenv("SEGUE_PG_BIN");
    return given != nullptr ? given : ClientFolder();
  }
  for (const std::string& bin :
       {std::string(kDebian) + "/" + wanted + "/bin",
        FetchedServers() + "/" + wanted + "/native/bin"}) {
    if (fs::exists(bin + "/initdb")) return bin;
  }
  return "";
}

std::string PostgresServer::ClientFolder() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kDebian, ignored)) {
    std::string bin = entry.path().string() + "/bin";
    if (fs::exists(bin + "/initdb")) found.push_back(bin);
  }
  return found.empty() ? "" : *std::max_element(found.begin(), found.end());
}

std::string PostgresServer::HowToInstall(int version) {
  const int wanted = WantedVersion(version);
  return wanted == 0 || wanted == 15
             ? "install postgresql-15"
             : "PostgreSQL " + std::to_string(wanted) +
                   " is not there: run scripts/install-servers";
}

PostgresServer::PostgresServer(const PostgresOptions& options)
    : folder_(options.fsync ? TempDir::Place::kDisk : TempDir::Place::kMemory),
      programs_(BinFolder(options.version)) {
  if (programs_.empty()) {
    throw std::runtime_error(HowToInstall(options.version));
  }
  InitCluster(options);
  Start();
}

PostgresServer::PostgresServer(const PostgresServer& primary,
                               const std::string& name)
    : programs_(primary.programs_) {
  OwnFolder();
  OutputOf(Unprivileged(ClientFolder() + "/pg_basebackup",
                        {"-h", primary.folder(), "-U", "postgres", "-D",
                         DataFolder(), "-R", "-c", "fast", "--no-sync"}));
  Configure({{"unix_socket_directories", folder()}, {"cluster_name", name}});
  Start();
}

PostgresServer::~PostgresServer() {
  try {
    Stop(/*immediate=*/true);
  } catch (const std::exception&) {
    // ~Process kills what is left of the server.
  }
}

PostgresServer& PostgresServer::Shared() {
  static PostgresServer server;
  return server;
}

void PostgresServer::OwnFolder() const {
  Account account = UnprivilegedAccount();
  if (::chown(folder().c_str(), account.user, account.group) != 0) {
    throw std::runtime_error("cannot give away " + folder());
  }
}

// The last value of a name counts.
void PostgresServer::Configure(
    const std::map<std::string, std::string>& settings) const {
  std::ofstream file(DataFolder() + "/postgresql.auto.conf", std::ios::app);
  for (const auto& [key, value] : settings) {
    file << key << " = '" << value << "'\n";
  }
}

void PostgresServer::InitCluster(const PostgresOptions& options) {
  OwnFolder();
  OutputOf(Unprivileged(programs_ + "/initdb",
                        {"-D", DataFolder(), "-A", "trust", "-U", "postgres",
                         "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"}));
  std::map<std::string, std::string> settings = {
      {"listen_addresses", ""},
      {"unix_socket_directories", folder()},
      {"fsync", options.fsync ? "on" : "off"},
      {"max_wal_size", options.fsync ? "1GB" : "256MB"},  // it is in memory
      {"max_connections", "60"},
      {"shared_buffers", "32MB"},
      {"max_prepared_transactions", "4"},
      {"timezone", "UTC"},
      {"log_line_prefix", "%m [%p] %a "},
      {"deadlock_timeout", "200ms"},
      // Each new database makes a checkpoint, which would recycle WAL that a
      // standby which connects slowly still needs.
      {"wal_keep_size", "256MB"}};
  for (const auto& [key, value] : options.settings) settings[key] = value;
  Configure(settings);
}

void PostgresServer::Start() {
  Command command = Unprivileged(programs_ + "/postgres", {"-D", DataFolder()});
  command.death_signal = SIGQUIT;  // an immediate shutdown
  server_ = std::make_unique<Process>(command);
  WaitUntilReady();
}

void PostgresServer::WaitUntilReady() {
  auto deadline = steady_clock::now() + std::chrono::seconds(60);
  while (!SaysReady(DataFolder() + "/postmaster.pid")) {
    if (!server_->running() || steady_clock::now() > deadline) {
      throw std::runtime_error("PostgreSQL did not start: " + LogText());
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

void PostgresServer::Stop(bool immediate) {
  if (!server_) return;
  server_->Kill(immediate ? SIGQUIT : SIGINT);
  earlier_log_ += server_->Wait(std::chrono::seconds(60)).err;
  server_.reset();
}

void PostgresServer::Restart(bool immediate) {
  Stop(immediate);
  Start();
}

std::string PostgresServer::Url(const std::string& database,
                                const std::string& user) const {
  return "postgres://" + user + "@" + Encoded(folder()) + "/" + database;
}

void PostgresServer::Admin(const std::string& sql) {
  OpenPostgresClient(Url("postgres"))->Query(sql);
}

std::string PostgresServer::CreateDatabase(const std::string& copy_of) {
  std::string name = "t" + std::to_string(++databases_);
  // A copy of the files takes half the time of logging each page. Servers
  // before 15 always copy the files.
  Admin("CREATE DATABASE " + name + " TEMPLATE " + copy_of +
        (version() >= 15 ? " STRATEGY file_copy" : ""));
  return name;
}

void PostgresServer::DropDatabase(const std::string& name) {
  Admin("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

int PostgresServer::version() const {
  return std::stoi(ReadFile(DataFolder() + "/PG_VERSION"));
}

std::string PostgresServer::DumpSchema(const std::string& database) {
  const fs::path clients = ClientFolder();
  if (version() > std::stoi(clients.parent_path().filename().string())) {
    return CatalogText(*OpenPostgresClient(Url(database)));
  }
  Command command;
  command.argv = {clients.string() + "/pg_dump",
                  "-s",
                  "--restrict-key=x",
                  "-N",
                  "segue",
                  "-d",
                  Url(database)};
  return OutputOf(command);
}

std::string PostgresServer::DumpViews(const std::string& database,
                                      const std::vector<std::string>& views) {
  Command command;
  command.argv = {ClientFolder() + "/pg_dump", "-d", Url(database)};
  for (const std::string& view : views) {
    command.argv.insert(command.argv.end(), {"-t", view});
  }
  // Lines that only psql understands.
  return std::regex_replace(OutputOf(command), std::regex("\n\\\\[^\n]*"), "");
}

std::string PostgresServer::LogText() const {
  return earlier_log_ + (server_ ? server_->Err() : "");
}

}  // namespace segue::test
