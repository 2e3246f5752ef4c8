#include "lab/live_demo.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "base/text.h"
#include "db/connection.h"
#include "lab/traffic.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue::lab {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

// A small web application has about this load. It does not saturate the
// machine, so the latencies show the effect of the migration.
constexpr double kStatementsPerSecond = 150;
// Each client runs this many statements in every part of the story, in about
// two seconds.
constexpr std::int64_t kMoment = 300;
constexpr int kSlices = 15;
constexpr std::chrono::seconds kMomentLimit{60};

// The demo's database file. A temporary file is removed with this object.
class Place {
 public:
  explicit Place(const std::string& path) : path_(path) {
    if (!path_.empty()) {
      if (!fs::exists(path_)) return;
      throw Error(ErrorKind::kUsage, "'" + path_ + "' exists already")
          .WithHint(
              "the demo creates its own file: name one that is not there");
    }
    std::string folder = (fs::temp_directory_path() / "segue-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      throw Error(ErrorKind::kUsage, "cannot create a folder in " +
                                         fs::temp_directory_path().string());
    }
    folder_ = folder;
    path_ = folder_ + "/live.db";
  }
  ~Place() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string folder_;
};

ClientShape Shape(const std::string& url, const std::string& label,
                  const std::string& column) {
  ClientShape shape;
  shape.label = label;
  shape.url = url;
  shape.table = "users";
  shape.key_column = "id";
  shape.value_column = column;
  shape.write_expression = "'user ' || $1";
  shape.read_expression = "CAST(substr(" + column + ", 6) AS BIGINT)";
  shape.fixed_columns = {"email"};
  shape.fixed_values = {"'changed@example.com'"};
  shape.session_setup = {"PRAGMA busy_timeout = 10000"};
  return shape;
}

// The story; each part is one method.
class LiveDemo {
 public:
  LiveDemo(const LiveDemoOptions& options, std::ostream& out)
      : options_(options),
        out_(out),
        place_(options.path),
        url_("sqlite:" + place_.path()),
        database_(Database::Open({url_ + "?mode=rwc", "", ""})),
        traffic_({1, options.rows + options.rows / 10, /*seed=*/1}) {}

  int Run() {
    Fill();
    try {
      Tell();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kCancelled) throw;
      Say("stopped; what was done until now:");
      const int code = Judge();
      return code == 0 ? ExitCode(ErrorKind::kCancelled) : code;
    }
    return Judge();
  }

 private:
  // Throws Error{kCancelled} when the demo is stopped.
  void Tell() {
    StartOldClients();
    Migrator migrator(database_, Reporting());
    migrator.Start(RenameName());
    StartNewClients();
    CompareBothShapes();
    StopOldClients();
    migrator.Complete();
    column_ = "full_name";
    Say("complete: the old column is gone, the new version goes on");
    Moment();
  }

  static Migration RenameName() {
    Migration migration("live-demo", "Rename users.name to full_name");
    migration.RenameColumn("users", "name", "full_name");
    return migration;
  }

  MigratorOptions Reporting() {
    MigratorOptions options;
    options.cancel = options_.cancel;
    options.listeners.Add(options_.on_progress);
    if (options_.on_progress) return options;
    options.listeners.Add([this](const Progress& progress) {
      if (progress.event != Progress::Event::kStepDone) return;
      Say(fmt::format("{:<11} {}", ToString(progress.phase), progress.step));
    });
    return options;
  }

  void Say(const std::string& text) {
    const std::chrono::duration<double> since = SteadyClock::now() - start_;
    out_ << fmt::format("  {:5.1f} s  {}\n", since.count(), text) << std::flush;
  }

  void Fill() {
    out_ << "A column is renamed in place while old and new code use it: "
            "users.name -> full_name\n\n";
    db::Connection& connection = database_.connection();
    connection.Execute("PRAGMA journal_mode = WAL");
    connection.Execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "email TEXT NOT NULL)");
    connection.Execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < $1) INSERT INTO users SELECT i, 'user ' || i, "
        "'user' || i || '@example.com' FROM n",
        {options_.rows});
    for (std::int64_t key = 1; key <= options_.rows; ++key) {
      traffic_.Remember(key, key);
    }
    Say("a SQLite file with " + base::WithThousands(options_.rows) + " rows");
  }

  std::vector<int> AddClients(const std::string& version,
                              const std::string& column) {
    std::vector<int> numbers;
    for (int i = 1; i <= options_.clients_per_version; ++i) {
      numbers.push_back(traffic_.AddClient(
          Shape(url_, version + " " + std::to_string(i), column)));
    }
    Say(fmt::format("{} clients of the {} version write and read {}",
                    options_.clients_per_version, version, column));
    return numbers;
  }

  // The wait is cut into slices, so that Ctrl-C ends it soon.
  void Moment() {
    for (int slice = 0; slice < kSlices; ++slice) {
      if (options_.cancel != nullptr) options_.cancel->ThrowIfRequested();
      if (!traffic_.WaitForEach(kMoment / kSlices, kMomentLimit)) {
        throw Error(ErrorKind::kInternal, "the clients do not get on");
      }
    }
  }

  void StartOldClients() {
    traffic_.SetRatePerClient(kStatementsPerSecond);
    old_clients_ = AddClients("old", "name");
    Moment();
    before_ = traffic_.Counts();
    traffic_.StartPeriod();
  }

  void StartNewClients() {
    Say("ready: both versions are live");
    AddClients("new", "full_name");
    Moment();
  }

  // Compares both shapes in one snapshot while all clients write.
  void CompareBothShapes() {
    diverged_ = db::ToInt(database_.connection()
                              .Execute("SELECT count(*) FROM users "
                                       "WHERE name IS NOT full_name")
                              .rows.at(0)
                              .at(0));
    Say(fmt::format("old and new shape compared row by row: {} differ",
                    diverged_));
  }

  void StopOldClients() {
    for (const int number : old_clients_) traffic_.StopClient(number);
    Say("the old version is switched off");
  }

  int Judge() {
    traffic_.StopAll();
    TrafficReport report = traffic_.Judge({Shape(url_, "the end", column_)});
    report.diverged += diverged_;
    const auto latency = [this](const char* when, const TrafficReport& of) {
      out_ << fmt::format(
          "  {:<22} p50 {:7.2f} ms   p99 {:7.2f} ms   max {:7.2f} ms\n", when,
          of.p50_ms, of.p99_ms, of.max_ms);
    };
    out_ << "\n";
    latency("before the migration", before_);
    latency("from start to end", report);
    out_ << fmt::format("\n{} statements of the application: {}\n",
                        base::WithThousands(report.statements()),
                        Verdict(report));
    return report.clean() ? 0 : 1;
  }

  const LiveDemoOptions& options_;
  std::ostream& out_;
  const SteadyClock::time_point start_ = SteadyClock::now();
  const Place place_;
  const std::string url_;
  Database database_;
  std::vector<int> old_clients_;
  TrafficReport before_;
  std::int64_t diverged_ = 0;
  std::string column_ = "name";  // always exists at the end
  Traffic traffic_;              // last: its clients stop first
};

}  // namespace

int RunLiveDemo(const LiveDemoOptions& options, std::ostream& out) {
  return LiveDemo(options, out).Run();
}

}  // namespace segue::lab
