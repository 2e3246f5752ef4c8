#include "tests/faults/crash_site.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/built.h"
#include "tests/support/eventually.h"

namespace segue::test {
namespace {

// The first chunk has 1000 rows and the next at most half as many again, so
// there is always more than one to die in.
constexpr long kRows = 2'600;

constexpr char kMigration[] =
    "operations:\n"
    "  - rename_column:\n"
    "      table: users\n"
    "      from: name\n"
    "      to: full_name\n"
    "  - alter_column:\n"
    "      table: users\n"
    "      column: age\n"
    "      type: bigint\n"
    "      check: {name: users_age_check, constraint: age < 1000000000}\n"
    "  - create_constraint:\n"
    "      {table: users, name: users_id_check, type: check, check: id > -9}\n"
    "  - create_constraint:\n"
    "      {table: users, name: users_id_key, type: unique, columns: [id]}\n"
    "  - create_constraint:\n"
    "      table: users\n"
    "      name: users_self\n"
    "      type: foreign_key\n"
    "      columns: [id]\n"
    "      references: {table: users, columns: [id]}\n"
    "  - create_table:\n"
    "      name: logs\n"
    "      columns:\n"
    "        - {name: id, type: bigint, pk: true}\n"
    "        - {name: who, type: bigint, references:"
    " {name: logs_who, table: users, column: id}}\n"
    "  - drop_table: {name: junk}\n"
    "  - rename_table: {from: teams, to: squads}\n";

}  // namespace

void WaitUntilStopped(Process& process) {
  const auto stopped = [&] {
    std::ifstream file("/proc/" + std::to_string(process.pid()) + "/stat");
    std::stringstream stat;
    stat << file.rdbuf();
    const std::string text = stat.str();
    const std::size_t end = text.rfind(')');
    return end != std::string::npos && text.compare(end, 3, ") T") == 0;
  };
  Eventually([&] { return stopped() || !process.running(); });
  if (!stopped()) throw std::runtime_error("did not stop: " + process.Err());
}

CrashSite::CrashSite(const Testbed& testbed, Access access)
    : testbed_(testbed), access_(access), database_(testbed.fresh()) {
  std::ofstream(folder() + "/01_crash.yaml")
      << "access: " << ToString(access) << "\n"
      << kMigration;
  database_->Exec(
      "CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT NOT NULL, "
      "age INTEGER)");
  database_->Exec("CREATE INDEX users_name ON users (name)");
  database_->Exec("CREATE TABLE junk (id BIGINT PRIMARY KEY)");
  database_->Exec("CREATE TABLE teams (id BIGINT PRIMARY KEY)");
  database_->Exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
      "i < " +
      std::to_string(kRows) +
      ") INSERT INTO users SELECT i, 'user ' || i, "
      "CASE WHEN i % 10 > 0 THEN i % 90 END FROM n");
  // So that a server knows how many rows a page has, and cuts several chunks.
  database_->Analyze("users");
  for (long id = 1; id <= kRows; ++id) {
    users_[id] = {"user " + std::to_string(id),
                  id % 10 > 0 ? std::to_string(id % 90) : "NULL"};
  }
}

Command CrashSite::Segue(const std::string& command, const std::string& fault) {
  Command run;
  run.argv = {FaultySegueProgram(), command, "--url", database_->Url()};
  if (command == "start") {
    run.argv.push_back("01_crash.yaml");
  }
  if (command == "complete" || command == "rollback") {
    run.argv.push_back("--yes");
  }
  run.directory = folder();
  run.environment = {{"SEGUE_FAULT", fault},
                     {"SEGUE_FAULT_COUNT", folder() + "/count"}};
  return run;
}

Finished CrashSite::Run(const std::string& command, const std::string& fault) {
  return RunCommand(Segue(command, fault));
}

void CrashSite::MustRun(const std::string& command) {
  OutputOf(Segue(command));
}

CrashSite::Counts CrashSite::LastCounts() const {
  Counts counts;
  std::ifstream(folder() + "/count") >> counts.statements >> counts.commits;
  return counts;
}

void CrashSite::Write(Client& client, const std::string& column) {
  const long id = next_id_++;
  // Whatever died, each version has the table under its own name.
  const bool as_new = column == "full_name";
  client.Query(std::string("INSERT INTO ") + (as_new ? "squads" : "teams") +
               " (id) VALUES (" + std::to_string(id) + ")");
  const User added = {"added " + std::to_string(id), "33"};
  client.Query("INSERT INTO users (id, " + column + ", age) VALUES (" +
               std::to_string(id) + ", '" + added.name + "', 33)");
  users_[id] = added;
  const long changed = 1 + id % kRows;
  const User now = {"changed " + std::to_string(id), std::to_string(id)};
  client.Query("UPDATE users SET " + column + " = '" + now.name + "', age = " +
               now.age + " WHERE id = " + std::to_string(changed));
  users_[changed] = now;
}

void CrashSite::WriteAsOld() { Write(*database_->NewClient(), "name"); }

std::unique_ptr<Client> CrashSite::NewVersionClient() {
  if (access_ == Access::kInPlace) return database_->NewClient();
  std::string url = UrlCommand({});
  while (!url.empty() && url.back() == '\n') url.pop_back();
  return database_->NewVersionClient(url, UrlCommand({"--sql"}));
}

std::string CrashSite::UrlCommand(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"url", "--url", database_->Url(),
                                    "--version", "latest"};
  words.insert(words.end(), more.begin(), more.end());
  Command command = SegueCommand(words);
  command.directory = folder();
  return OutputOf(command);
}

void CrashSite::WriteAsNew() { Write(*NewVersionClient(), "full_name"); }

void CrashSite::WriteAsNewIfTaken() {
  const long id = next_id_++;
  const User added = {"taken " + std::to_string(id), "44"};
  if (!new_client_->Fails("INSERT INTO users (id, full_name, age) VALUES (" +
                          std::to_string(id) + ", '" + added.name + "', 44)")) {
    users_[id] = added;
  }
  const long changed = 1 + id % kRows;
  const User now = {"retaken " + std::to_string(id), "45"};
  if (!new_client_->Fails(
          "UPDATE users SET full_name = '" + now.name +
          "', age = 45 WHERE id = " + std::to_string(changed))) {
    users_[changed] = now;
  }
}

void CrashSite::WriteAsOldIfItIsThere() {
  const auto old_client = database_->NewClient();
  if (old_client->Fails("SELECT name FROM users WHERE id = 0")) return;
  Write(*old_client, "name");
  const std::string id = std::to_string(next_id_ - 1);
  const Cell seen =
      NewVersionClient()->One("SELECT full_name FROM users WHERE id = " + id);
  if (seen != users_[next_id_ - 1].name) {
    throw std::runtime_error("the new version does not see what the old wrote");
  }
}

std::string CrashSite::Data(const std::string& column) {
  return ToLines(database_->NewClient()->Query("SELECT id, " + column +
                                               ", age FROM users ORDER BY id"));
}

std::string CrashSite::Expected() const {
  std::string lines;
  for (const auto& [id, user] : users_) {
    lines += std::to_string(id) + "|" + user.name + "|" + user.age + "\n";
  }
  return lines;
}

}  // namespace segue::test
