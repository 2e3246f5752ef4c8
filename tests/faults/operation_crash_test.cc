// Every operation of the registry is killed before each statement of start,
// complete and rollback, and of the seal, the undo and the drop of a contract
// that can be undone, and the same command, run again, comes to the
// catalogue and the rows of a run that nobody disturbed. `make test-all` takes
// every point at which something may have changed since the one before, `make
// test` a sample that a seed decides; SEGUE_TEST_ALL=window takes those of
// seal, undo and drop.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <regex>

#include "base/text.h"
#include "tests/support/built.h"
#include "tests/support/operation_page.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"
#include "tests/support/view_chain.h"

namespace segue::test {
namespace {

constexpr int kKilled = 128 + SIGKILL;

struct Scene {
  const OperationPage& page;
  const Testbed& testbed;
  Access access;
  std::string command;
  bool window = false;  // the contract can be undone

  // The commands that come before it.
  std::vector<std::string> Before() const {
    if (command == "start") return {};
    if (command == "undo" || command == "drop") return {"start", "seal"};
    return {"start"};
  }
  std::string text() const {
    return page.name + " " + std::string(ToString(access)) + " " + command;
  }
};

// A database with the example's tables and segue beside it.
class Site {
 public:
  explicit Site(const Scene& scene) : Site(scene, scene.testbed.fresh()) {
    database_->Exec(scene.page.setup);
  }
  // Returns the site as it is when the scene's command comes.
  static Site Prepared(const Scene& scene) {
    Site site(scene);
    for (const std::string& command : scene.Before()) site.MustRun(command);
    return site;
  }
  Site CopyFor(const Scene& scene) { return {scene, database_->Copy()}; }

  // With a `trace` it notes its statements.
  Finished Run(const std::string& command, const std::string& fault = "",
               bool trace = false) {
    Command run;
    const bool contracts = command == "seal" || command == "drop";
    run.argv = {FaultySegueProgram(), contracts ? "complete" : command, "--url",
                database_->Url()};
    if (command == "start") {
      run.argv.emplace_back("01_example.yaml");
    } else if (command != "undo") {
      run.argv.emplace_back("--yes");
    }
    if (command == "drop") run.argv.emplace_back("--drop");
    run.directory = folder_->path();
    run.environment = {{"SEGUE_FAULT", fault},
                       {"SEGUE_FAULT_COUNT", folder_->path() + "/count"}};
    if (trace) run.environment["SEGUE_FAULT_TRACE"] = TracePath();
    return RunCommand(run);
  }

  void MustRun(const std::string& command, bool trace = false) {
    const Finished finished = Run(command, "", trace);
    if (finished.exit_code == 0) return;
    throw std::runtime_error(command + ": " + finished.err);
  }

  long Statements() const {
    long count = 0;
    std::ifstream(folder_->path() + "/count") >> count;
    return count;
  }
  // The statements of the run that noted them, in order.
  std::vector<std::string> Trace() const {
    std::vector<std::string> statements;
    std::ifstream file(TracePath());
    for (std::string line; std::getline(file, line);) {
      const std::string mark = std::to_string(statements.size() + 1) + ": ";
      if (line.starts_with(mark)) {
        statements.push_back(line.substr(mark.size()));
      } else if (!statements.empty()) {
        statements.back() += "\n" + line;
      }
    }
    return statements;
  }
  void WaitUntilSessionsEnd() { database_->WaitUntilSessionsEnd(); }
  // Completes; false when the start has left nothing to complete.
  bool Active() {
    const Finished finished = Run("complete");
    const bool none = finished.exit_code == 4;
    EXPECT_TRUE(none || finished.exit_code == 0) << finished.err;
    return !none;
  }
  // A trigger that watches partitions has numbers of the catalogue as its
  // argument, which differ from run to run.
  std::string State() {
    static const std::regex kNumbers(R"('(\d+:\w+:\d+:\d+,?)+')");
    return std::regex_replace(database_->Dump(), kNumbers, "'...'") + "\n" +
           database_->Data();
  }

 private:
  std::string TracePath() const { return folder_->path() + "/trace"; }

  Site(const Scene& scene, std::unique_ptr<TestDatabase> database)
      : folder_(std::make_unique<TempDir>()), database_(std::move(database)) {
    std::ofstream(folder_->path() + "/01_example.yaml")
        << "access: " << ToString(scene.access) << "\n"
        << "undo_window: " << (scene.window ? "1h" : "0") << "\n"
        << scene.page.migration;
  }

  std::unique_ptr<TempDir> folder_;
  std::unique_ptr<TestDatabase> database_;
};

// True where a server has the same before and after the statement, whoever
// dies then.
bool OnlyReads(const std::string& statement) {
  static const std::regex kReads(R"(\s*(SELECT|SHOW|WITH)\b|-- begin)");
  static const std::regex kWrites(
      R"(\b(UPDATE|INSERT|DELETE|nextval|setval|set_config)\b|segue\.\w+\()");
  return std::regex_search(statement, kReads,
                           std::regex_constants::match_continuous) &&
         !std::regex_search(statement, kWrites);
}

// What an undisturbed run comes to.
struct Clean {
  std::string state;
  std::vector<std::string> statements;

  // The numbers of the statements before which a kill leaves something else
  // than before the statement that comes first.
  std::vector<long> Points() const {
    std::vector<long> points = {1};
    for (std::size_t i = 1; i < statements.size(); ++i) {
      if (!OnlyReads(statements[i - 1])) {
        points.push_back(static_cast<long>(i) + 1);
      }
    }
    return points;
  }
};

Clean RunClean(const Scene& scene, Site& prepared) {
  Site site = prepared.CopyFor(scene);
  site.MustRun(scene.command, true);
  std::vector<std::string> statements = site.Trace();
  if (static_cast<long>(statements.size()) != site.Statements()) {
    throw std::runtime_error("the trace of " + scene.text() + " is not whole");
  }
  return {site.State(), std::move(statements)};
}

void TryAt(const Scene& scene, Site& prepared, const Clean& clean,
           long number) {
  const std::string fault = "kill:before:" + std::to_string(number);
  SCOPED_TRACE(scene.text() + " " + fault);
  Site site = prepared.CopyFor(scene);
  const Finished crashed = site.Run(scene.command, fault);
  if (crashed.exit_code == 0) {  // this run needed fewer statements
    EXPECT_LT(site.Statements(), number) << "was not killed";
  } else {
    EXPECT_EQ(crashed.exit_code, kKilled) << crashed.err;
  }
  site.WaitUntilSessionsEnd();
  const Finished again = site.Run(scene.command);
  // Nothing is active when it died after its last commit.
  const bool over = scene.command != "start" && again.exit_code == 4;
  EXPECT_TRUE(again.exit_code == 0 || over)
      << again.exit_code << ": " << again.err;
  EXPECT_EQ(site.State(), clean.state);
}

bool IsRefused(const OperationPage& page, const Testbed& testbed,
               Access access) {
  const std::string text(ToString(access));
  return page.refused == text || page.refused == testbed.dialect + " " + text;
}

// What can be killed of a contract that can be undone. Empty where the plan
// says that it cannot.
std::vector<std::string> WindowCommands(const OperationPage& page,
                                        const Testbed& testbed, Access access) {
  Site site({page, testbed, access, "start", true});
  const Finished started = site.Run("start");
  if (started.err.find("undo_window") != std::string::npos) return {};
  EXPECT_EQ(started.exit_code, 0) << started.err;
  if (!site.Active()) return {};
  return {"seal", "undo", "drop"};
}

// A migration that replaces nothing is complete when it has started.
std::vector<std::string> Commands(const OperationPage& page,
                                  const Testbed& testbed, Access access) {
  const Scene start{page, testbed, access, "start"};
  Site site(start);
  site.MustRun("start");
  if (!site.Active()) return {"start"};
  return {"start", "complete", "rollback"};
}

// Triggers of the user's, which are held back while rows are filled, or fire
// and change no column of theirs.
OperationPage PageWithTriggers(const std::string& mode) {
  return {"user_triggers_" + mode, "postgres", "",
          "CREATE TABLE role(id integer PRIMARY KEY, code text, stamped text);"
          "INSERT INTO role SELECT n, 'c' || n, 'old' FROM "
          "generate_series(1, 9) n;"
          "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS "
          "'BEGIN NEW.stamped := 1; RETURN NEW; END';"
          "CREATE TRIGGER stamp BEFORE UPDATE ON role FOR EACH ROW WHEN "
          "(NEW.id > 0) EXECUTE FUNCTION stamp();"
          "ALTER TABLE role ENABLE ALWAYS TRIGGER stamp",
          "backfill: {user_triggers: " + mode +
              "}\noperations:\n  - rename_column: {table: role, from: code, "
              "to: name}\n"};
}

// Views over the column that the contract binds anew, one of them filled.
OperationPage PageWithViews() {
  return {"views", "postgres", "",
          std::string(kChainRoles) + kChainTable + kChain,
          "operations:\n  - alter_column: {table: t, column: age, type: "
          "bigint}\n"};
}

// A column that takes no NULL any more and stays where it is.
OperationPage NotNullPage(const std::string& name, const std::string& up) {
  const std::string null = up.empty() ? "'x'" : "NULL";
  return {name, "postgres", "",
          "CREATE TABLE role(id integer PRIMARY KEY, code text);"
          "INSERT INTO role SELECT n, CASE WHEN n > 3 THEN 'c' ELSE " +
              null +
              " END FROM generate_series(1, 9) n;"
              "CREATE VIEW codes AS SELECT code FROM role",
          "operations:\n  - alter_column: {table: role, column: code, "
          "nullable: false" +
              up + "}\n"};
}

// The other form of split_table.
OperationPage PageByRows() {
  return {"split_rows", "", "in_place",
          "CREATE TABLE events(id integer NOT NULL PRIMARY KEY, region text, "
          "note text DEFAULT 'n');"
          "CREATE INDEX events_note ON events(note);"
          "INSERT INTO events VALUES (1, 'eu', 'a'), (2, 'us', 'b'), (3, "
          "'eu', NULL), (4, 'us', 'd')",
          "operations:\n  - split_table:\n      table: events\n      to:\n"
          "        - {table: events_eu, where: \"region = 'eu'\"}\n"
          "        - {table: events_us, where: \"region = 'us'\"}\n"};
}

// One example of docs/operations/ on one database, or another page.
struct Example {
  Testbed testbed;
  OperationPage page;
};

std::vector<Example> Examples() {
  std::vector<Example> examples;
  std::vector<OperationPage> pages = OperationPages(SourceDir());
  for (const char* mode : {"fire", "skip"}) {
    pages.push_back(PageWithTriggers(mode));
  }
  pages.push_back(PageWithViews());
  pages.push_back(PageByRows());
  pages.push_back(NotNullPage("not_null", ""));
  pages.push_back(
      NotNullPage("not_null_up", ", up: \"coalesce(code, 'none')\""));
  for (const OperationPage& page : pages) {
    for (const Testbed& testbed : Testbeds()) {
      if (testbed.TakesPart(page.only)) examples.push_back({testbed, page});
    }
  }
  return examples;
}

std::string ExampleName(const ::testing::TestParamInfo<Example>& info) {
  std::string name = info.param.testbed.name + "_" + info.param.page.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; },
      '_');
  return name;
}

void PrintTo(const Example& example, std::ostream* out) {
  *out << example.testbed.name << " " << example.page.name;
}

class OperationCrashTest : public ::testing::TestWithParam<Example> {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(GetParam().testbed); }

  const OperationPage& page() { return GetParam().page; }
  const Testbed& testbed() { return GetParam().testbed; }

  static bool OnlyWindow() {
    return std::string(std::getenv("SEGUE_TEST_ALL")) == "window";
  }

  void TryAll() {
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      if (IsRefused(page(), testbed(), access)) continue;
      if (!OnlyWindow()) {
        for (const std::string& command : Commands(page(), testbed(), access)) {
          TryAllOf({page(), testbed(), access, command});
        }
      }
      for (const std::string& command :
           WindowCommands(page(), testbed(), access)) {
        TryAllOf({page(), testbed(), access, command, true});
      }
    }
  }

  static void TryAllOf(const Scene& scene) {
    Site prepared = Site::Prepared(scene);
    const Clean clean = RunClean(scene, prepared);
    const std::vector<long> points = clean.Points();
    for (const long number : points) TryAt(scene, prepared, clean, number);
    std::cout << "[ " << scene.text() << ": killed " << points.size()
              << " times in " << clean.statements.size() << " statements ]"
              << std::endl;
  }

  void TryOne(std::mt19937_64& random) {
    const Access drawn =
        random() % 2 == 0 ? Access::kInPlace : Access::kVersioned;
    const Access other =
        drawn == Access::kInPlace ? Access::kVersioned : Access::kInPlace;
    const Access access = IsRefused(page(), testbed(), drawn) ? other : drawn;
    std::vector<std::string> commands = Commands(page(), testbed(), access);
    const std::size_t plain = commands.size();
    for (std::string& more : WindowCommands(page(), testbed(), access)) {
      commands.push_back(std::move(more));
    }
    const std::size_t drawn_command = random() % commands.size();
    const Scene scene{page(), testbed(), access, commands[drawn_command],
                      drawn_command >= plain};
    Site prepared = Site::Prepared(scene);
    const Clean clean = RunClean(scene, prepared);
    const auto points = clean.statements.size();
    ASSERT_GT(points, 5U);
    TryAt(scene, prepared, clean, 1 + static_cast<long>(random() % points));
  }
};

TEST_P(OperationCrashTest, ComesToItsEnd) {
  if (std::getenv("SEGUE_TEST_ALL") != nullptr) return TryAll();
  const char* given = std::getenv("SEGUE_TEST_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  std::mt19937_64 random(base::Fnv1a(page().name) + seed);
  TryOne(random);
}

INSTANTIATE_TEST_SUITE_P(Faults, OperationCrashTest,
                         ::testing::ValuesIn(Examples()), ExampleName);

}  // namespace
}  // namespace segue::test
