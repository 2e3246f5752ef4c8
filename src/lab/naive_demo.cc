#include "lab/naive_demo.h"

#include <fmt/format.h>

#include <functional>
#include <memory>

#include "db/connection.h"
#include "lab/scratch_file.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue::lab {
namespace {

constexpr int kInstances = 4;
// The number of rounds between two events. In each round every instance reads
// and writes once.
constexpr int kRounds = 10;

// One running instance, of the old version or, once it is deployed, of the new
// one.
class Instance {
 public:
  Instance(Database& database, int number)
      : connection_(database.NewConnection("instance")), number_(number) {}

  void Deploy() { column_ = "handle"; }

  void ReadAndWrite(NaiveResult& result) {
    const std::string key = std::to_string(number_);
    Run("SELECT " + column_ + " FROM users WHERE id = " + key, result);
    Run("UPDATE users SET " + column_ + " = 'user " + key +
            "' WHERE id = " + key,
        result);
  }

 private:
  // A failure here stands for a failed request of a user, so the demo counts
  // it.
  void Run(const std::string& sql, NaiveResult& result) {
    ++result.statements;
    try {
      connection_->Execute(sql);
    } catch (const Error& error) {
      if (++result.failed == 1) result.message = error.what();
    }
  }

  std::unique_ptr<db::Connection> connection_;
  std::string column_ = "username";
  int number_;
};

// The table, the instances that use it, and the results of their statements.
class Stage {
 public:
  explicit Stage(const std::string& name)
      : database_(Database::Open({file_.Url(), "", ""})) {
    result_.name = name;
    database_.Query(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL)");
    for (int i = 1; i <= kInstances; ++i) {
      database_.Query("INSERT INTO users (username) VALUES ('user')");
      instances_.push_back(std::make_unique<Instance>(database_, i));
    }
    Rounds();
  }

  void Rounds() {
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& instance : instances_) instance->ReadAndWrite(result_);
    }
  }

  // A rolling deployment replaces one instance after the other.
  void Deploy() {
    for (const auto& instance : instances_) {
      instance->Deploy();
      Rounds();
    }
  }

  void Alter() {
    database_.Query("ALTER TABLE users RENAME COLUMN username TO handle");
    Rounds();
  }

  Database& database() { return database_; }
  const NaiveResult& result() const { return result_; }

 private:
  ScratchFile file_;
  Database database_;
  std::vector<std::unique_ptr<Instance>> instances_;
  NaiveResult result_;
};

NaiveResult RenameFirst() {
  Stage stage("ALTER TABLE, then deploy");
  stage.Alter();
  stage.Deploy();
  return stage.result();
}

NaiveResult DeployFirst() {
  Stage stage("deploy, then ALTER TABLE");
  stage.Deploy();
  stage.Alter();
  return stage.result();
}

// The instances work between the steps of the migration, too.
NaiveResult WithSegue() {
  Stage stage("segue start, deploy, complete");
  MigratorOptions options;
  options.listeners.Add([&stage](const Progress& progress) {
    if (progress.event == Progress::Event::kStepDone) stage.Rounds();
  });
  Migrator migrator(stage.database(), std::move(options));
  Migration migration("naive-demo", "Rename users.username to handle");
  migration.RenameColumn("users", "username", "handle");
  migrator.Start(migration);
  stage.Deploy();
  migrator.Complete();
  stage.Rounds();
  return stage.result();
}

}  // namespace

std::vector<NaiveResult> RunNaiveDemo() {
  return {RenameFirst(), DeployFirst(), WithSegue()};
}

std::string NaiveText(const std::vector<NaiveResult>& results) {
  std::string text = fmt::format(
      "users.username becomes users.handle while {} instances of an "
      "application\nread and write it, and are replaced by the new version one "
      "after the other.\n\n{:<31}{:>10}  {:>6}\n",
      kInstances, "", "statements", "failed");
  for (const NaiveResult& result : results) {
    text += fmt::format("{:<31}{:>10}  {:>6}{}{}\n", result.name,
                        result.statements, result.failed,
                        result.message.empty() ? "" : "  ", result.message);
  }
  return text +
         "\nThe ALTER TABLE takes a millisecond. Whichever comes first, the "
         "statement or\nthe deployment, there is a time in which instances run "
         "that say the name which\nis not there.\n";
}

}  // namespace segue::lab
