#include "lab/trace_demo.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/text.h"
#include "db/connection.h"
#include "lab/scratch_file.h"
#include "plan/planned.h"
#include "segue/database.h"
#include "segue/error.h"

namespace segue::lab {
namespace {

constexpr char kOldSelect[] = "SELECT id, username FROM users";
constexpr char kNewSelect[] = "SELECT id, handle FROM users";

constexpr char kIntro[] =
    "users.username becomes users.handle. Old code says username, new code\n"
    "handle; every statement below is one that the database answered.\n";

// One version of the application, with a session of its own.
class Code {
 public:
  Code(Database& database, std::ostream& out, std::string name)
      : connection_(database.NewConnection(name)),
        out_(out),
        name_(std::move(name)) {}

  void Run(const std::string& sql) {
    out_ << "  " << name_ << "  " << sql << "\n";
    try {
      Print(connection_->Execute(sql));
    } catch (const Error& error) {
      // The application would get this error, which is the point of the demo.
      out_ << Indent() << "error: " << error.what() << "\n";
    }
  }

 private:
  std::string Indent() const { return std::string(name_.size() + 4, ' '); }

  void Print(const db::Result& result) {
    for (const db::Row& row : result.rows) {
      std::vector<std::string> texts;
      for (const db::Value& value : row) {
        texts.push_back(db::IsNull(value) ? "NULL" : db::ToText(value));
      }
      out_ << Indent() << base::Join(texts, "  ") << "\n";
    }
  }

  std::unique_ptr<db::Connection> connection_;
  std::ostream& out_;
  std::string name_;
};

// The story; each part is one method.
class TraceDemo {
 public:
  explicit TraceDemo(std::ostream& out)
      : out_(out), database_(Database::Open({file_.Url(), "", ""})) {
    database_.Query(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL)");
    database_.Query("INSERT INTO users (username) VALUES ('alice'), ('bob')");
    old_ = std::make_unique<Code>(database_, out_, "old code");
    new_ = std::make_unique<Code>(database_, out_, "new code");
  }

  Outcome Run() {
    out_ << kIntro;
    Head("Before");
    old_->Run(kOldSelect);
    MigratorOptions options;
    options.listeners.Add([this](const Progress& progress) {
      if (progress.event == Progress::Event::kStepDone) AfterStep(progress);
    });
    Migrator migrator(database_, std::move(options));
    Migration migration("trace-demo", "Rename users.username to handle");
    migration.RenameColumn("users", "username", "handle");
    plan_ = migrator.MakePlan(migration);
    migrator.Start(migration);
    BothVersions();
    Outcome outcome = migrator.Complete();
    Head("COMPLETE");
    out_ << "  The new version has the table to itself.\n";
    return outcome;
  }

 private:
  void Head(const std::string& text) { out_ << "\n" << text << "\n"; }

  // Prints everything that is on disk, including the provenance column.
  void Disk() {
    const std::vector<std::string> names = database_.ColumnNames("users");
    std::vector<std::vector<std::string>> rows =
        database_.Query("SELECT * FROM users ORDER BY id");
    rows.insert(rows.begin(), names);
    std::vector<std::size_t> widths(names.size());
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        widths[i] = std::max(widths[i], row[i].size());
      }
    }
    for (const auto& row : rows) {
      std::string line = "  | ";
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += row[i] + std::string(widths[i] - row[i].size(), ' ') + " | ";
      }
      out_ << line.substr(0, line.size() - 1) << "\n";
    }
  }

  void Actions(const Progress& progress) {
    for (const Step& step : plan_.steps) {
      if (step.phase != progress.phase || step.description != progress.step) {
        continue;
      }
      for (const PlannedAction& action : step.actions) {
        out_ << "  segue     " << action.description << "\n";
      }
    }
  }

  void AfterStep(const Progress& progress) {
    Head(std::string(ToString(progress.phase)) + ": " + progress.step);
    Actions(progress);
    switch (progress.phase) {
      case Phase::kExpanding:
        return Expanded();
      case Phase::kMigrating:
        return Migrated();
      case Phase::kContracting:
        return Contracted();
      case Phase::kPending:
      case Phase::kComplete:
      case Phase::kRolledBack:
        return;
    }
  }

  void Expanded() {
    Disk();
    out_ << "  _segue_d is the provenance: 0, nobody has filled this row yet.\n"
            "  Old code goes on, and what it writes is in both columns at "
            "once:\n";
    old_->Run("INSERT INTO users (username) VALUES ('carol')");
    old_->Run("UPDATE users SET username = 'alicia' WHERE id = 1");
    Disk();
    out_ << "  1: the old side wrote it, handle follows username.\n";
  }

  void Migrated() {
    Disk();
    out_ << "  bob was the only row left to fill. Nothing is 0 any more, so "
            "new code\n  can read every row.\n";
  }

  void BothVersions() {
    Head("READY: both versions are live");
    new_->Run("INSERT INTO users (handle) VALUES ('dave')");
    new_->Run("UPDATE users SET handle = 'bobby' WHERE id = 2");
    old_->Run("UPDATE users SET username = 'caroline' WHERE id = 3");
    old_->Run(kOldSelect);
    new_->Run(kNewSelect);
    Disk();
    out_
        << "  2: the new side wrote it, username follows handle. Each version\n"
           "  reads what the other wrote.\n";
  }

  void Contracted() {
    Disk();
    new_->Run(kNewSelect);
    old_->Run(kOldSelect);
    out_ << "  That is why complete waits until the last old instance is "
            "gone.\n";
  }

  std::ostream& out_;
  ScratchFile file_;
  Database database_;
  Plan plan_;
  std::unique_ptr<Code> old_;
  std::unique_ptr<Code> new_;
};

}  // namespace

Outcome RunTraceDemo(std::ostream& out) { return TraceDemo(out).Run(); }

}  // namespace segue::lab
