#include "cli/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cli/commands.h"
#include "cli/find_migration.h"
#include "segue/error.h"

namespace segue::cli {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  ~SettingsTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  Settings Resolve(const std::vector<std::string>& words) {
    return ResolveFor("start", Full(words));
  }
  Settings ResolveFor(const std::string& command,
                      const std::vector<std::string>& words) {
    Arguments arguments =
        ParseArguments(command, AllOptions(FindCommand(command)), words);
    return ResolveSettings(Context{around_, arguments, cancel_});
  }

  std::string Failure(const std::vector<std::string>& words) {
    try {
      Resolve(words);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return std::string(error.what()) + " | " + error.hint();
    }
    return "no error";
  }

  fs::path Find(const std::string& name) {
    const Arguments arguments;
    return FindMigration(Context{around_, arguments, cancel_},
                         Resolve({"--url", "sqlite:x"}), name);
  }

  std::optional<std::string> variable_;
  std::optional<std::string> direct_;
  fs::path folder_ = MakeFolder();

 private:
  static fs::path MakeFolder() {
    std::string pattern = (fs::temp_directory_path() / "segueXXXXXX").string();
    return mkdtemp(pattern.data());
  }
  static std::vector<std::string> Full(std::vector<std::string> words) {
    words.insert(words.begin(), "FILE");
    return words;
  }

  std::ostringstream out_;
  std::ostringstream err_;
  CancelToken cancel_;
  Surroundings around_{out_, err_, folder_, [this](const std::string& name) {
                         if (name == "SEGUE_DIRECT_URL") return direct_;
                         EXPECT_EQ(name, "DATABASE_URL");
                         return variable_;
                       }};
};

constexpr char kOne[] =
    "environments:\n  dev: {url: 'sqlite:yaml.db', schema: s, role: r}\n";
constexpr char kTwo[] =
    "environments:\n"
    "  dev: {url: 'sqlite:dev.db'}\n"
    "  prod: {url: 'postgres://h/prod', schema: app}\n";

TEST_F(SettingsTest, FlagThenVariableThenDotEnvThenConfiguration) {
  Write("segue.yaml", kOne);
  EXPECT_EQ(Resolve({}).database.url, "sqlite:yaml.db");
  Write(".env", "DATABASE_URL=sqlite:dotenv.db\n");
  EXPECT_EQ(Resolve({}).database.url, "sqlite:dotenv.db");
  variable_ = "sqlite:variable.db";
  EXPECT_EQ(Resolve({}).database.url, "sqlite:variable.db");
  EXPECT_EQ(Resolve({"--url", "sqlite:f.db"}).database.url, "sqlite:f.db");
  EXPECT_EQ(Resolve({"--env", "dev"}).database.url, "sqlite:yaml.db");
}

TEST_F(SettingsTest, SchemaAndRoleBelongToTheirDatabase) {
  Write("segue.yaml", kOne);
  EXPECT_EQ(Resolve({}).database.schema, "s");
  EXPECT_EQ(Resolve({}).database.role, "r");
  EXPECT_EQ(Resolve({"--schema", "t"}).database.schema, "t");
  EXPECT_EQ(Resolve({"--url", "sqlite:f.db"}).database.schema, "");
  EXPECT_EQ(Resolve({"--url", "sqlite:f.db", "--env", "dev"}).database.role,
            "r");
}

TEST_F(SettingsTest, TheDirectUrlBelongsToItsDatabase) {
  Write("segue.yaml",
        "environments:\n  dev: {url: 'postgres://p/d', direct_url: "
        "'postgres://yaml/d'}\n");
  EXPECT_EQ(Resolve({}).database.direct_url, "postgres://yaml/d");
  EXPECT_EQ(Resolve({"--url", "sqlite:f.db"}).database.direct_url, "");
  Write(".env", "SEGUE_DIRECT_URL=postgres://dotenv/d\n");
  EXPECT_EQ(Resolve({}).database.direct_url, "postgres://dotenv/d");
  direct_ = "postgres://variable/d";
  EXPECT_EQ(Resolve({}).database.direct_url, "postgres://variable/d");
  EXPECT_EQ(Resolve({"--env", "dev"}).database.direct_url, "postgres://yaml/d");
  EXPECT_EQ(Resolve({"--direct-url", "postgres://f/d"}).database.direct_url,
            "postgres://f/d");
}

TEST_F(SettingsTest, StandbysOfTheCommandLineComeToThoseOfTheDatabase) {
  Write("segue.yaml",
        "environments:\n  dev: {url: 'postgres://p/d', standbys: "
        "['postgres://a/d']}\n");
  using Urls = std::vector<std::string>;
  const auto standbys = [&](const std::vector<std::string>& words) {
    return ResolveFor("gate", words).standbys;
  };
  EXPECT_EQ(standbys({}), Urls{"postgres://a/d"});
  EXPECT_EQ(standbys({"--url", "sqlite:f.db"}), Urls{});
  EXPECT_EQ(
      standbys({"--standby", "postgres://b/d", "--standby", "postgres://c/d"}),
      (Urls{"postgres://a/d", "postgres://b/d", "postgres://c/d"}));
}

TEST_F(SettingsTest, OneOfSeveralEnvironmentsHasToBeNamed) {
  Write("segue.yaml", kTwo);
  EXPECT_EQ(Resolve({"--env", "prod"}).database.url, "postgres://h/prod");
  EXPECT_EQ(Resolve({"--env", "prod"}).database.schema, "app");
  EXPECT_EQ(
      Failure({}),
      "no database given | segue.yaml has dev, prod: choose one with --env");
  EXPECT_EQ(Failure({"--env", "stage"}),
            "segue.yaml has no environment \"stage\" | it has dev, prod");
}

TEST_F(SettingsTest, WithNothingItSaysWhatToGive) {
  EXPECT_EQ(Failure({}),
            "no database given | give --url, set DATABASE_URL (also in .env), "
            "or write an environment into segue.yaml (segue init)");
  EXPECT_NE(Failure({"--config", "other.yaml"}).find("other.yaml"),
            std::string::npos);
}

TEST_F(SettingsTest, AMigrationIsFoundByPathOrName) {
  Write("migrations/01_a.yaml", "operations: []");
  Write("b.json", "{}");
  EXPECT_EQ(Find("01_a"), folder_ / "migrations/01_a.yaml");
  EXPECT_EQ(Find("01_a.yaml"), folder_ / "migrations/01_a.yaml");
  EXPECT_EQ(Find("migrations/01_a.yaml"), folder_ / "migrations/01_a.yaml");
  EXPECT_EQ(Find("b"), folder_ / "b.json");
  try {
    Find("01_b.yaml");
    FAIL() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "did you mean 01_a.yaml?");
  }
}

TEST_F(SettingsTest, AMigrationIsFoundByItsNumberOrAPartOfItsName) {
  Write("migrations/01_names.yaml", "operations: []");
  Write("migrations/1_twice.yaml", "operations: []");
  Write("migrations/002_ages_of_names.yml", "operations: []");
  Write("migrations/10_more.json", "{}");
  Write("migrations/10_more.txt", "");
  EXPECT_EQ(Find("2"), folder_ / "migrations/002_ages_of_names.yml");
  EXPECT_EQ(Find("002"), folder_ / "migrations/002_ages_of_names.yml");
  EXPECT_EQ(Find("ages"), folder_ / "migrations/002_ages_of_names.yml");
  EXPECT_EQ(Find("10"), folder_ / "migrations/10_more.json");
  for (const char* part : {"names", "1"}) {
    try {
      Find(part);
      FAIL() << "found " << part;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("01_names.yaml, "),
                std::string::npos)
          << error.what();
      EXPECT_EQ(error.hint(), "give more of the name");
    }
  }
  EXPECT_THROW(Find("3"), Error);
  EXPECT_THROW(Find("txt"), Error);
}

TEST_F(SettingsTest, ACountIsAPositiveNumber) {
  EXPECT_EQ(ParseCount("--limit", "20"), 20);
  for (const char* text : {"", "0", "-1", "1x", "99999999999999999999"}) {
    EXPECT_THROW(ParseCount("--limit", text), Error) << text;
  }
}

TEST_F(SettingsTest, ATimeIsAboveZero) {
  EXPECT_EQ(ParseTime("--chunk-time", "1.5s").count(), 1500);
  for (const char* text : {"", "0", "0ms", "-1s", "5", "5 parsecs"}) {
    EXPECT_THROW(ParseTime("--chunk-time", text), Error) << text;
  }
}

}  // namespace
}  // namespace segue::cli
