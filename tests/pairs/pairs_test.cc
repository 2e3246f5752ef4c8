// Each pair of operations in one migration, on each database and in both ways
// of access: what is there after the contract is compared with what the two
// leave that are run one after the other, and what is there after a rollback or
// a refusal with what was there before. tests/pairs/outcomes.txt says which
// pairs are refused, and with what message:
//
//   refusal ID: TEXT      # the message of a refusal has TEXT in it
//   FIRST | SECOND | ok/ok | ok/ID
//
// The fields are of PostgreSQL and of SQLite, each for in-place and for
// versioned access. "apart" says that the second is refused even when the first
// is complete. SEGUE_WRITE_PAIRS=1 writes the outcomes again.
#include "tests/pairs/pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/built.h"
#include "tests/support/catalog_text.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

constexpr Access kAccesses[] = {Access::kInPlace, Access::kVersioned};

std::string Path() { return SourceDir() + "/tests/pairs/outcomes.txt"; }
bool Writes() { return std::getenv("SEGUE_WRITE_PAIRS") != nullptr; }
bool TestAll() { return Writes() || std::getenv("SEGUE_TEST_ALL") != nullptr; }

// Four outcomes by "FIRST | SECOND".
using Row = std::map<std::string, std::string>;  // by "postgres in_place"

class Outcomes {
 public:
  Outcomes() {
    std::ifstream file(Path());
    for (std::string line; std::getline(file, line);) Take(line);
  }

  std::string Of(const std::string& pair, const std::string& run) const {
    const auto found = rows_.find(pair);
    if (found == rows_.end()) return "";
    const auto one = found->second.find(run);
    return one == found->second.end() ? "" : one->second;
  }
  std::string IdOf(const std::string& message) const {
    for (const auto& [id, text] : refusals_) {
      if (message.find(text) != std::string::npos) return id;
    }
    return "new";
  }
  void Set(const std::string& pair, const std::string& run,
           const std::string& outcome) {
    rows_[pair][run] = outcome;
  }
  void Write() const {
    std::ofstream file(Path());
    for (const std::string& line : head_) file << line << "\n";
    std::string before;
    for (const Pair& pair : Pairs()) {
      const std::string name = pair.first + " | " + pair.second;
      if (pair.first != before) file << "\n";
      before = pair.first;
      file << name;
      for (const char* dialect : {"postgres", "sqlite"}) {
        const std::string base = std::string(dialect) + " ";
        file << " | " << Of(name, base + "in_place") << "/"
             << Of(name, base + "versioned");
      }
      file << "\n";
    }
  }

 private:
  void Take(const std::string& line) {
    const std::vector<std::string> fields = base::Split(line, '|');
    if (fields.size() != 4) {
      if (!line.empty()) head_.push_back(line);
      const std::string mark = "refusal ";
      const std::size_t colon = line.find(": ");
      if (line.starts_with(mark) && colon != std::string::npos) {
        refusals_.emplace_back(line.substr(mark.size(), colon - mark.size()),
                               line.substr(colon + 2));
      }
      return;
    }
    Row& row = rows_[std::string(base::Trim(fields[0])) + " | " +
                     std::string(base::Trim(fields[1]))];
    for (const auto& [field, dialect] :
         {std::pair{2, "postgres "}, std::pair{3, "sqlite "}}) {
      const std::vector<std::string> both =
          base::Split(std::string(base::Trim(fields[field])), '/');
      row[std::string(dialect) + "in_place"] = both.at(0);
      row[std::string(dialect) + "versioned"] = both.at(1);
    }
  }

  std::vector<std::string> head_;
  std::vector<std::pair<std::string, std::string>> refusals_;
  std::map<std::string, Row> rows_;
};

Outcomes& Known() {
  static Outcomes known;
  return known;
}

struct Param {
  const Pair* pair;
  Testbed testbed;
  Access access;

  std::string name() const { return pair->first + " | " + pair->second; }
  std::string run() const {
    return testbed.dialect + " " + std::string(ToString(access));
  }
};

void PrintTo(const Param& param, std::ostream* out) {
  *out << param.pair->one << param.pair->two;
}

// Each database starts elsewhere, so that a sample has other pairs of each.
std::vector<Param> Params() {
  std::vector<Param> params;
  for (const Pair& pair : Pairs()) {
    for (const Testbed& testbed : Testbeds()) {
      if (!testbed.TakesPart(pair.only)) continue;
      for (const Access access : kAccesses) {
        params.push_back({&pair, testbed, access});
      }
    }
  }
  if (TestAll()) return params;
  constexpr std::size_t kEvery = 127;
  std::vector<Param> sample;
  for (std::size_t i = 0; i < params.size(); i += kEvery) {
    sample.push_back(params[i]);
  }
  return sample;
}

// The shape of the tables as sorted lines, because a column that takes
// another's place comes last, and their rows with the columns in the order of
// their names.
std::vector<std::string> StateOf(const Testbed& testbed, TestDatabase& db) {
  std::vector<std::string> lines;
  // A dump of a server takes a second.
  const std::string text =
      testbed.traits.server ? CatalogText(db.app()) : db.Dump();
  for (const std::string& line : base::Split(text, '\n')) {
    // The parts of a table may be in any order. SQLite keeps what was written.
    std::string plain = base::ToLower(line);
    std::erase(plain, '"');
    std::erase(plain, ' ');
    std::vector<std::string> parts = base::Split(plain, ',');
    for (std::string& part : parts) {
      part = base::Trim(part);
      if (part.ends_with("))")) part.pop_back();
    }
    std::erase(parts, "");
    std::sort(parts.begin(), parts.end());
    lines.push_back(base::Join(parts, ", "));
  }
  const std::unique_ptr<db::Connection> connection = db.Connect();
  const schema::Schema schema = db.dialect().Inspect(
      *connection, db.dialect().capabilities().default_schema);
  for (const schema::Table& table : schema.tables) {
    std::vector<std::string> columns = table.ColumnNames();
    std::sort(columns.begin(), columns.end());
    lines.push_back(
        table.name.name + ": " + base::Join(columns, ", ") + "\n" +
        ToLines(db.Query("SELECT " + base::Join(columns, ", ") + " FROM " +
                         table.name.name + " ORDER BY id")));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string Difference(const std::vector<std::string>& wanted,
                       const std::vector<std::string>& found) {
  std::string text;
  for (const std::string& line : wanted) {
    if (std::count(found.begin(), found.end(), line) == 0) {
      text += "- " + line + "\n";
    }
  }
  for (const std::string& line : found) {
    if (std::count(wanted.begin(), wanted.end(), line) == 0) {
      text += "+ " + line + "\n";
    }
  }
  return text;
}

std::string TextOf(const Error& error) {
  std::string text = std::string(ToString(error.kind())) + ": " + error.what();
  if (!error.hint().empty()) text += "; " + error.hint();
  return text;
}

// One database with the tables of the pairs.
class Stage {
 public:
  Stage(const Testbed& testbed, Access access)
      : testbed_(testbed), db_(testbed.fresh()) {
    db_->Exec(kPairSetup);
    before_ = StateOf(testbed_, *db_);
    database_.emplace(db_->Open());
    MigratorOptions options;
    options.access = access;
    options.accept_unknown = {"foreign_keys"};
    migrator_.emplace(*database_, options);
  }

  TestDatabase& db() { return *db_; }
  const std::vector<std::string>& before() const { return before_; }
  std::vector<std::string> State() { return StateOf(testbed_, *db_); }
  Migrator& migrator() { return *migrator_; }
  bool Start(const std::string& operations, const std::string& file) {
    return migrator_->Start(manifest::Parse("operations:\n" + operations, file))
        .status.is_complete();
  }
  void Migrate(const std::string& operations, const std::string& file) {
    if (!Start(operations, file)) migrator_->Complete();
  }
  // Takes the views of the last version away.
  void Retire() {
    for (const VersionInfo& version : Versions(*database_, {}).List()) {
      if (version.state != "live") continue;
      Versions(*database_, {}).Unpublish(version.name);
    }
  }

 private:
  const Testbed& testbed_;
  std::unique_ptr<TestDatabase> db_;
  std::vector<std::string> before_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// What the two operations leave that are run one after the other.
struct Apart {
  std::vector<std::string> state;
  std::string refused;  // why they cannot be
};

const Apart& ApartOf(const Param& param) {
  static std::map<std::string, Apart> known;
  const auto [at, fresh] =
      known.try_emplace(param.testbed.dialect + param.name());
  if (!fresh) return at->second;
  // What the one way of access refuses, the other one may do.
  for (const Access access : kAccesses) {
    Stage stage(param.testbed, access);
    at->second.refused.clear();
    try {
      stage.Migrate(param.pair->one, "01_one.yaml");
      stage.Migrate(param.pair->two, "02_two.yaml");
      stage.Retire();
      at->second.state = stage.State();
      break;
    } catch (const Error& error) {
      at->second.refused = TextOf(error);
    }
  }
  return at->second;
}

class PairsTest : public ::testing::TestWithParam<Param> {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(GetParam().testbed); }
  static void TearDownTestSuite() {
    if (Writes()) Known().Write();
    Kept().reset();
  }

  static std::string Together() {
    return GetParam().pair->one + GetParam().pair->two;
  }

  // Returns the refusal; empty when it was carried out.
  static std::string Run(Stage& stage) {
    const std::vector<std::string>& before = stage.before();
    bool complete = false;
    try {
      complete = stage.Start(Together(), "01_both.yaml");
    } catch (const Error& error) {
      EXPECT_EQ(Difference(before, stage.State()), "") << "after the refusal";
      return TextOf(error);
    }
    if (complete) return "";
    stage.migrator().Rollback();
    EXPECT_EQ(Difference(before, stage.State()), "") << "after the rollback";
    stage.Start(Together(), "01_both.yaml");
    WriteBoth(stage);
    stage.migrator().Complete();
    return "";
  }

  // The last one is as new after a refusal, so that it serves once more.
  static std::unique_ptr<Stage>& Kept() {
    static std::unique_ptr<Stage> kept;
    return kept;
  }
  static Stage& Kept(const Param& param) {
    static std::string run;
    if (run != param.run()) Kept().reset();
    run = param.run();
    if (!Kept()) Kept() = std::make_unique<Stage>(param.testbed, param.access);
    return *Kept();
  }

  static void WriteBoth(Stage& stage) {
    const Pair& pair = *GetParam().pair;
    WriteOne(*stage.db().NewClient(), pair.old_write);
    const bool versioned = GetParam().access == Access::kVersioned;
    WriteOne(*(versioned ? stage.db().NewVersionClient("latest")
                         : stage.db().NewClient()),
             pair.new_write);
  }

  // The rows go again, so that what is left can be compared. The application
  // can give each its value by either name.
  static void WriteOne(Client& client, const std::string& insert) {
    if (insert.empty()) return;
    const std::string table = insert.substr(12, insert.find('(') - 12);
    try {
      client.Query(insert);
      EXPECT_EQ(
          *client.One("SELECT count(*) FROM " + table + " WHERE id > 100"),
          "1");
      client.Query("UPDATE " + table + " SET id = id + 10 WHERE id > 100");
      client.Query("DELETE FROM " + table + " WHERE id > 100");
    } catch (const ClientError& error) {
      ADD_FAILURE() << insert << ": " << error.what();
    }
  }
};

TEST_P(PairsTest, IsAsOneAfterTheOtherOrRefused) {
  const Param& param = GetParam();
  Stage& stage = Kept(param);
  std::string refused;
  try {
    refused = Run(stage);
    if (refused.empty()) {
      stage.Retire();
      const Apart& apart = ApartOf(param);
      // What an existing table cannot have, a created one can. A file keeps the
      // text of a created table, and has a constraint that is added to an
      // existing one as an index.
      const bool text =
          !param.testbed.traits.server && param.pair->first == "create_table";
      // A column is added with its last default, which the rows that are there
      // have then.
      const bool last_default = param.pair->first.starts_with("add_column ") &&
                                param.pair->second == "alter_column default";
      if (apart.refused.empty() && !text && !last_default) {
        EXPECT_EQ(Difference(apart.state, stage.State()), "");
      }
    }
  } catch (const Error& error) {
    ADD_FAILURE() << TextOf(error) << "\n" << error.sql();
  }
  if (refused.empty() || HasFailure()) Kept().reset();
  std::string outcome = refused.empty() ? "ok" : Known().IdOf(refused);
  if (outcome == "new" && !ApartOf(param).refused.empty()) outcome = "apart";
  if (Writes()) {
    if (HasFailure()) outcome = "FAILED";
    Known().Set(param.name(), param.run(), outcome);
    std::cout << "pair: " << outcome << " | " << param.run() << " | "
              << param.name() << " | " << refused << "\n";
    return;
  }
  EXPECT_EQ(outcome, Known().Of(param.name(), param.run())) << refused;
}

std::string NameOfPair(const ::testing::TestParamInfo<Param>& info) {
  std::string name = info.param.pair->first + "_then_" +
                     info.param.pair->second + "_" + info.param.run();
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PairsTest, ::testing::ValuesIn(Params()),
                         NameOfPair);

}  // namespace
}  // namespace segue::test
