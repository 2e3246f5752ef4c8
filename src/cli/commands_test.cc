// Runs each command on a real SQLite file, as a user would.
#include "cli/commands.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/main.h"
#include "db/connection.h"
#include "segue/database.h"

namespace segue::cli {
namespace {

namespace fs = std::filesystem;

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    std::string pattern = (fs::temp_directory_path() / "segueXXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    around_.directory = folder_;
    url_ = "sqlite:" + (folder_ / "app.db").string();
    // An empty file is an empty database. Open does not create the file.
    std::ofstream(folder_ / "app.db").flush();
    Database database = Database::Open({url_, "", ""});
    database.Query(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
    database.Query("INSERT INTO users (name) VALUES ('Ada'), ('Grace')");
    std::ofstream(folder_ / "02_full_name.yaml")
        << "operations:\n"
           "  - rename_column: {table: users, from: name, to: full_name}\n";
  }
  ~CommandsTest() override { fs::remove_all(folder_); }

  int Run(std::vector<std::string> words) {
    out_.str("");
    err_.str("");
    if (words.front() != "init") words.insert(words.end(), {"--url", url_});
    return RunCommandLine(words, around_, cancel_);
  }
  bool Printed(const std::string& text) const {
    return out_.str().find(text) != std::string::npos;
  }
  bool Complained(const std::string& text) const {
    return err_.str().find(text) != std::string::npos;
  }

  fs::path folder_;
  std::string url_;
  std::ostringstream out_;
  std::ostringstream err_;
  CancelToken cancel_;
  Surroundings around_{out_, err_, ".", [](const std::string&) {
                         return std::optional<std::string>();
                       }};
};

TEST_F(CommandsTest, InitWritesWhatItReadsAndRefusesToOverwrite) {
  EXPECT_EQ(Run({"init", "--url", "postgres://u:secret@h/db"}), 0)
      << err_.str();
  std::ifstream file(folder_ / "segue.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_NE(text.find("postgres://u@h/db"), std::string::npos) << text;
  EXPECT_TRUE(fs::is_directory(folder_ / "migrations"));
  EXPECT_TRUE(fs::is_regular_file(folder_ / ".env.example"));
  EXPECT_EQ(Run({"status", "--env", "development"}), 0) << err_.str();
  EXPECT_EQ(Run({"init"}), 3);
  EXPECT_TRUE(Complained("exists already"));
}

TEST_F(CommandsTest, PlanChangesNothing) {
  EXPECT_EQ(Run({"plan", "02_full_name"}), 0) << err_.str();
  EXPECT_TRUE(Printed("[EXPANDING]"));
  EXPECT_EQ(Run({"plan", "02_full_name", "--json"}), 0);
  EXPECT_TRUE(Printed("{\"plan\":{\"")) << out_.str();
  Database database = Database::Open({url_, "", ""});
  EXPECT_EQ(database.Query("SELECT name FROM sqlite_master").size(), 1U);
}

TEST_F(CommandsTest, NothingStartedIsSaidPlainly) {
  for (const char* command : {"status", "history"}) {
    EXPECT_EQ(Run({command}), 0) << err_.str();
    EXPECT_EQ(out_.str(), "No migration has been started here.\n");
  }
  for (const char* command :
       {"pause", "resume", "cancel", "rollback", "verify"}) {
    EXPECT_EQ(Run({command}), 4) << command << out_.str() << err_.str();
  }
  EXPECT_EQ(Run({"complete", "--json"}), 4);
  EXPECT_TRUE(Printed("{\"error\":{\"kind\":\"not found\"")) << out_.str();
}

TEST_F(CommandsTest, StartVerifyComplete) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  EXPECT_TRUE(Printed("02_full_name is ready: both versions are live."));
  EXPECT_TRUE(Complained("done [EXPANDING]")) << err_.str();
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_TRUE(Printed("MIGRATING (ready)")) << out_.str();
  EXPECT_EQ(Run({"verify"}), 0) << err_.str();
  EXPECT_TRUE(Printed("old and new agree on")) << out_.str();
  EXPECT_EQ(Run({"complete"}), 3);
  EXPECT_TRUE(Complained("give --yes"));
  EXPECT_EQ(Run({"complete", "--yes", "--quiet"}), 0) << err_.str();
  EXPECT_EQ(err_.str(), "");
  EXPECT_TRUE(Printed("02_full_name is complete.\n"));
  EXPECT_EQ(Run({"history", "--limit", "1"}), 0);
  EXPECT_TRUE(Printed("COMPLETE")) << out_.str();
  EXPECT_FALSE(Printed("EXPANDING")) << out_.str();
}

TEST_F(CommandsTest, TheGateShowsWhatCompleteIsRefusedOver) {
  EXPECT_EQ(Run({"gate"}), 4) << err_.str();
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  EXPECT_EQ(Run({"gate", "02_full_name"}), 0) << err_.str();
  EXPECT_TRUE(Printed("instances   not watched  no instance is registered"))
      << out_.str();
  EXPECT_TRUE(Printed("Nothing speaks against completing 02_full_name.\n"));
  EXPECT_EQ(Run({"instance", "register", "web", "--version", "base"}), 0);
  EXPECT_EQ(Run({"gate"}), 3) << err_.str();
  EXPECT_TRUE(Printed("instances run another version than 02_full_name:"))
      << out_.str();
  EXPECT_TRUE(Printed("  hint: let them run the new version, or "))
      << out_.str();
  EXPECT_TRUE(Printed("A complete would be refused now: 02_full_name.\n"));
  EXPECT_EQ(Run({"gate", "--json"}), 3);
  EXPECT_TRUE(
      Printed("{\"migration\":\"02_full_name\",\"open\":false,"
              "\"items\":[{\"name\":\"objects\",\"state\":\"pass\","))
      << out_.str();
  EXPECT_EQ(Run({"complete", "--yes"}), 3);
  EXPECT_TRUE(Complained("'web' runs base (host ")) << err_.str();
  EXPECT_EQ(Run({"complete", "--yes", "--accept-unknown", "x,rows"}), 2);
  EXPECT_TRUE(Complained("the gate has no item 'x'")) << err_.str();
  EXPECT_EQ(Run({"instance", "register", "web", "--version", "02_full_nam"}),
            4);
  EXPECT_TRUE(Complained("did you mean '02_full_name'?")) << err_.str();
  EXPECT_EQ(Run({"instance", "register", "web", "--version", "02_full_name"}),
            0);
  EXPECT_EQ(Run({"complete", "--yes"}), 0) << err_.str();
}

TEST_F(CommandsTest, AnUnknownItemIsAcceptedByTheConfiguration) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  EXPECT_EQ(Run({"instance", "register", "web", "--version", "base"}), 0);
  Database database = Database::Open({url_, "", ""});
  database.Query("UPDATE segue_instance SET version = 'of an earlier segue'");
  EXPECT_EQ(Run({"gate"}), 3) << err_.str();
  EXPECT_TRUE(Printed("unknown")) << out_.str();
  EXPECT_EQ(Run({"gate", "--accept-unknown", "superuser, instances"}), 0);
  EXPECT_TRUE(Printed("unknown, accepted")) << out_.str();
  std::ofstream(folder_ / "segue.yaml")
      << "gate: {accept_unknown: [instances]}\n";
  EXPECT_EQ(Run({"complete", "--yes"}), 0) << err_.str();
}

TEST_F(CommandsTest, CompleteAsksAndTakesNoForAnAnswer) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  std::string question;
  std::optional<std::string> answer = "n";
  around_.ask = [&](const std::string& text) {
    question = text;
    return answer;
  };
  EXPECT_EQ(Run({"complete"}), 3);
  EXPECT_TRUE(question.starts_with("Complete 02_full_name? ")) << question;
  EXPECT_NE(question.find("[y/N] "), std::string::npos);
  answer = std::nullopt;
  EXPECT_EQ(Run({"complete"}), 3);
  answer = "Yes";
  EXPECT_EQ(Run({"complete"}), 0) << err_.str();
}

// Another terminal is faster while the question stands.
TEST_F(CommandsTest, TheAnswerIsAboutTheMigrationThatWasAskedAbout) {
  std::ofstream(folder_ / "03_login.yaml")
      << "operations:\n"
         "  - rename_column: {table: users, from: full_name, to: login}\n";
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  around_.ask = [&](const std::string&) {
    around_.ask = {};
    EXPECT_EQ(Run({"complete", "--yes"}), 0) << err_.str();
    EXPECT_EQ(Run({"start", "03_login"}), 0) << err_.str();
    return "y";
  };
  EXPECT_EQ(Run({"complete"}), 0) << err_.str();
  EXPECT_TRUE(Printed("'02_full_name' is already complete")) << out_.str();
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_TRUE(Printed("03_login")) << out_.str();
  EXPECT_TRUE(Printed("MIGRATING (ready)")) << out_.str();
}

TEST_F(CommandsTest, RollbackAsksAtATerminal) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  std::string question;
  around_.ask = [&](const std::string& text) {
    question = text;
    return "n";
  };
  EXPECT_EQ(Run({"rollback"}), 3);
  EXPECT_EQ(question, "Roll back 02_full_name?\n[y/N] ");
  EXPECT_TRUE(Complained("not rolled back: the answer was not yes"));
  question.clear();
  EXPECT_EQ(Run({"rollback", "--yes"}), 0) << err_.str();
  EXPECT_EQ(question, "");
}

TEST_F(CommandsTest, RollbackGivesTheSchemaBack) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  EXPECT_EQ(Run({"rollback", "--dry-run"}), 0) << err_.str();
  EXPECT_EQ(Run({"rollback"}), 0) << err_.str();
  EXPECT_TRUE(Printed("02_full_name is rolled back"));
  Database database = Database::Open({url_, "", ""});
  EXPECT_EQ(database.ColumnNames("users"),
            (std::vector<std::string>{"id", "name"}));
}

TEST_F(CommandsTest, WhatIsMissingIsNamedAndTheMigrationAbandoned) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  Database::Open({url_, "", ""}).connection().Execute("DROP TABLE users");
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_TRUE(Printed("  missing     table 'users' is gone")) << out_.str();
  EXPECT_EQ(Run({"status", "--json"}), 0);
  EXPECT_TRUE(Printed("\"missing\":[\"table 'users' is gone\"")) << out_.str();
  EXPECT_EQ(Run({"resume"}), 3);
  EXPECT_TRUE(Complained("table 'users' is gone")) << err_.str();
  EXPECT_EQ(Run({"rollback", "--abandon"}), 2);
  EXPECT_EQ(Run({"rollback", "--reason", "no table"}), 2);
  EXPECT_EQ(Run({"rollback", "--abandon", "--reason", "no table"}), 0)
      << err_.str();
  EXPECT_TRUE(Printed("02_full_name is abandoned")) << out_.str();
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_TRUE(Printed("ROLLED_BACK (abandoned)")) << out_.str();
  EXPECT_EQ(Run({"history"}), 0);
  EXPECT_TRUE(Printed("ABANDONED    no table")) << out_.str();
}

TEST_F(CommandsTest, WithoutARunnerResumeAndCancelActThemselves) {
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  EXPECT_EQ(Run({"pause"}), 0) << err_.str();
  EXPECT_TRUE(Printed("No runner is live"));
  EXPECT_EQ(Run({"resume"}), 0) << err_.str();
  EXPECT_TRUE(Complained("going on here"));
  EXPECT_TRUE(Printed("is ready"));
  EXPECT_EQ(Run({"cancel"}), 0) << err_.str();
  EXPECT_TRUE(Complained("rolling back here"));
  EXPECT_TRUE(Printed("is rolled back"));
}

TEST_F(CommandsTest, DryRunOfStartChangesNothing) {
  EXPECT_EQ(Run({"start", "02_full_name", "--dry-run"}), 0) << err_.str();
  EXPECT_TRUE(Printed("02_full_name would go through:\n")) << out_.str();
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_EQ(out_.str(), "No migration has been started here.\n");
}

TEST_F(CommandsTest, NewWritesTheNextNumber) {
  const std::string dir = (folder_ / "m").string();
  const auto make = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "new");
    words.insert(words.end(), {"--dir", dir});
    out_.str("");
    err_.str("");
    return RunCommandLine(words, around_, cancel_);
  };
  EXPECT_EQ(make({"nick"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), dir + "/01_nick.yaml\n");
  std::ofstream(dir + "/0099_old.yaml").flush();
  EXPECT_EQ(make({"years", "--operation", "rename_column"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), dir + "/0100_years.yaml\n");
  EXPECT_EQ(make({"years", "--operation", "rename_colum"}), 2);
  for (const char* name :
       {"01_x", "a b", "../x", "x/y", "\xc3\xa4", "-", "."}) {
    EXPECT_EQ(make({name}), 2) << name << out_.str();
  }
  EXPECT_EQ(make({std::string(101, 'x')}), 2);
}

TEST_F(CommandsTest, MigrateFoldsCompletesAndSaysWhenNothingIsPending) {
  const std::string dir = (folder_ / "m").string();
  fs::create_directory(dir);
  EXPECT_EQ(Run({"migrate", "--dir", dir}), 0) << err_.str();
  EXPECT_TRUE(Printed("Nothing is pending: there is no migration in "))
      << out_.str();
  fs::copy(folder_ / "02_full_name.yaml", dir);
  std::ofstream(dir + "/03_nick.yaml")
      << "operations:\n"
         "  - add_column: {table: users, column: {name: nick, type: text, "
         "nullable: true}}\n";
  EXPECT_EQ(Run({"migrate", "--dir", dir, "--dry-run"}), 0) << err_.str();
  EXPECT_TRUE(Printed("02_full_name and 03_nick are one plan.\n"));
  EXPECT_EQ(Run({"migrate", "--dir", dir, "--complete"}), 3);
  EXPECT_TRUE(Complained("give --yes"));
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_EQ(out_.str(), "No migration has been started here.\n");
  EXPECT_EQ(Run({"migrate", "--dir", dir, "--quiet"}), 0) << err_.str();
  EXPECT_TRUE(Printed("03_nick is ready"));
  EXPECT_EQ(Run({"status"}), 0);
  EXPECT_TRUE(Printed("with        02_full_name\n")) << out_.str();
  EXPECT_EQ(Run({"start", "02_full_name"}), 3);
  EXPECT_TRUE(Complained("is a part of '03_nick'")) << err_.str();
  EXPECT_EQ(Run({"migrate", "--dir", dir, "--complete", "--yes", "--json"}), 0)
      << err_.str();
  EXPECT_TRUE(Printed("\"phase\":\"COMPLETE\"")) << out_.str();
  EXPECT_TRUE(Printed("\"folded\":[\"02_full_name\"]")) << out_.str();
  EXPECT_EQ(Run({"migrate", "--dir", dir}), 0);
  EXPECT_TRUE(Printed("Nothing is pending: all 2 migrations are complete"));
  EXPECT_EQ(Run({"migrate", "--dir", dir, "--to", "03_nik"}), 4);
}

TEST_F(CommandsTest, WatchEndsWhereItIsToldTo) {
  EXPECT_EQ(Run({"watch"}), 4) << err_.str();
  EXPECT_EQ(Run({"start", "02_full_name"}), 0) << err_.str();
  EXPECT_EQ(Run({"watch"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), "02_full_name: MIGRATING (ready) 50%, 2/2 rows\n");
  around_.out_is_terminal = true;
  EXPECT_EQ(Run({"watch"}), 0) << err_.str();
  EXPECT_TRUE(out_.str().starts_with("02_full_name  MIGRATING (ready)\n"));
  EXPECT_EQ(Run({"rollback"}), 0) << err_.str();
  EXPECT_EQ(Run({"watch", "--until", "complete", "--json"}), 1) << err_.str();
  EXPECT_TRUE(Printed("\"phase\":\"ROLLED_BACK\""));
}

TEST_F(CommandsTest, UrlPrintsNothingElse) {
  EXPECT_EQ(Run({"url"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), url_ + "\n");
  EXPECT_EQ(Run({"url", "--version", "nope"}), 4) << err_.str();
}

TEST_F(CommandsTest, AStopRequestedEndsWith130) {
  cancel_.Request();
  EXPECT_EQ(Run({"start", "02_full_name"}), 130) << out_.str() << err_.str();
}

}  // namespace
}  // namespace segue::cli
