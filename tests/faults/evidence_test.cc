// A `complete` that dies is no evidence for the next one: as long as nothing is
// dropped, each looks at the rows and at what is in use by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

#include "base/text.h"
#include "tests/support/built.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr int kNothingActive = 4;
constexpr int kMismatch = 8;
constexpr int kKilled = 128 + SIGKILL;
constexpr std::size_t kSample = 2;
// Dies when a statement with the words that follow is committed.
const std::string kCommitted = "kill:commit:";

// A migration, a way to break rows behind the back of its triggers, and what
// must be right in the end.
struct Scene {
  std::string name;
  Access access = Access::kInPlace;
  bool marks = false;
  std::string operations;
  std::string damage;   // fails once the copy is gone
  std::string intact;   // a SELECT that fails once the copy is gone
  std::string changed;  // the rows in the new shape
  std::string rows;
  // Words of a step of its contract, and what the status is once it is done.
  std::string dies_after = {};
  std::string status = {};
};

constexpr char kRows[] = "1|ann|31\n2|ben|32\n3|cid|33\n";

Scene Rename() {
  Scene rename;
  rename.name = "rename";
  rename.operations =
      "  - rename_column: {table: users, from: name, to: full_name}\n";
  rename.damage = "UPDATE users SET full_name = 'bad' WHERE id = 2";
  rename.intact = "SELECT name, full_name FROM users";
  rename.changed = "SELECT id, full_name, age FROM users ORDER BY id";
  rename.rows = kRows;
  return rename;
}

Scene Retype() {
  Scene retype;
  retype.name = "retype";
  retype.operations =
      "  - alter_column: {table: users, column: age, type: bigint, "
      "up: age + 1, down: age - 1}\n";
  retype.damage = "UPDATE users SET _segue_new_age = 7 WHERE name = 'ben'";
  retype.intact = "SELECT age, _segue_new_age FROM users";
  retype.changed = "SELECT id, name, age FROM users ORDER BY id";
  retype.rows = "1|ann|32\n2|ben|33\n3|cid|34\n";
  return retype;
}

// The contract begins with what can be undone, and the check needs the key.
Scene RenamedKey() {
  Scene key = Retype();
  key.name = "renamed_key";
  key.access = Access::kVersioned;
  key.operations =
      "  - rename_column: {table: users, from: id, to: uid}\n" + key.operations;
  key.dies_after = "RENAME COLUMN";
  key.status = "CONTRACTING (sealed)";
  key.changed = "SELECT uid, name, age FROM users ORDER BY uid";
  return key;
}

// The contract begins with triggers that refuse again.
Scene Mark() {
  Scene mark = Retype();
  mark.name = "mark";
  mark.marks = true;
  mark.dies_after = "CREATE OR REPLACE FUNCTION";
  mark.status = "CONTRACTING (sealing)";
  return mark;
}

class EvidenceTest : public DialectTest {
 protected:
  void RowsAreProvedAgain(const Scene& scene) {
    const std::vector<std::string> faults = Faults(scene);
    for (const std::string& fault : faults) {
      ASSERT_NO_THROW(Try(scene, fault)) << scene.name << " " << fault;
    }
  }

  void ResumeAfterDeath(const Scene& scene) {
    Site site(GetParam(), scene);
    site.Start();
    const Finished crashed =
        site.Segue({"complete", "--yes"}, kCommitted + scene.dies_after);
    EXPECT_EQ(crashed.exit_code, kKilled) << crashed.err;
    site.database().WaitUntilSessionsEnd();
    EXPECT_THAT(site.Segue({"status"}).out, HasSubstr(scene.status));
    const Finished verified = site.Segue({"verify"});
    EXPECT_EQ(verified.exit_code, 3) << verified.err;
    EXPECT_THAT(verified.err, HasSubstr("is being completed"));
    const Finished resumed = site.Segue({"resume"});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(Changed(site, scene), scene.rows);
  }

 private:
  // A fresh database and the program in it.
  class Site {
   public:
    Site(const Testbed& testbed, const Scene& scene)
        : database_(testbed.fresh()), scene_(scene) {
      std::ofstream(folder_.path() + "/01_change.yaml")
          << "access: " << ToString(scene.access) << "\n"
          << (scene.marks ? "on_transform_error: mark\n" : "")
          << "operations:\n"
          << scene.operations;
      database_->Exec(
          "CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT NOT NULL, "
          "age INTEGER NOT NULL); INSERT INTO users VALUES (1, 'ann', 31), "
          "(2, 'ben', 32), (3, 'cid', 33)");
    }

    Finished Segue(std::vector<std::string> words,
                   const std::string& fault = "") {
      Command run;
      run.argv = {FaultySegueProgram()};
      run.argv.insert(run.argv.end(), words.begin(), words.end());
      run.argv.insert(run.argv.end(), {"--url", database_->Url()});
      run.directory = folder_.path();
      run.environment = {{"SEGUE_FAULT", fault},
                         {"SEGUE_FAULT_COUNT", folder_.path() + "/count"}};
      return RunCommand(run);
    }
    void Start() {
      const Finished started = Segue({"start", "01_change.yaml"});
      if (started.exit_code != 0) throw std::runtime_error(started.err);
    }
    long Statements() const {
      long count = 0;
      std::ifstream(folder_.path() + "/count") >> count;
      return count;
    }
    TestDatabase& database() { return *database_; }

   private:
    TempDir folder_;
    std::unique_ptr<TestDatabase> database_;
    const Scene& scene_;
  };

  std::vector<std::string> Faults(const Scene& scene) {
    Site site(GetParam(), scene);
    site.Start();
    EXPECT_EQ(site.Segue({"complete", "--yes"}).exit_code, 0);
    EXPECT_EQ(Changed(site, scene), scene.rows);
    std::vector<std::string> faults;
    for (long n = 1; n <= site.Statements(); ++n) {
      faults.push_back("kill:before:" + std::to_string(n));
    }
    EXPECT_GT(faults.size(), 10U);
    if (std::getenv("SEGUE_TEST_ALL") == nullptr) {
      const char* seed = std::getenv("SEGUE_TEST_SEED");
      std::mt19937_64 random(base::Fnv1a(scene.name) +
                             (seed ? std::strtoull(seed, nullptr, 10) : 0));
      std::shuffle(faults.begin(), faults.end(), random);
      faults.resize(std::min(faults.size(), kSample));
    }
    // The ledger says that it contracts, and nothing is done yet.
    faults.push_back(kCommitted + "SET phase");
    if (!scene.dies_after.empty()) {
      faults.push_back(kCommitted + scene.dies_after);
    }
    return faults;
  }

  static std::string Changed(Site& site, const Scene& scene) {
    return ToLines(site.database().NewClient()->Query(scene.changed));
  }

  void Try(const Scene& scene, const std::string& fault) {
    SCOPED_TRACE(scene.name + " " + fault);
    Site site(GetParam(), scene);
    site.Start();
    const Finished crashed = site.Segue({"complete", "--yes"}, fault);
    const bool may_be_short = fault.starts_with("kill:before");
    if (may_be_short && crashed.exit_code == 0) return;
    EXPECT_EQ(crashed.exit_code, kKilled) << crashed.err;
    site.database().WaitUntilSessionsEnd();
    if (fault == kCommitted + scene.dies_after) {
      EXPECT_THAT(site.Segue({"status"}).out, HasSubstr(scene.status));
    }
    const bool dropped = site.database().NewClient()->Fails(scene.intact);
    if (!dropped) {
      site.database().ExecUnseen(scene.damage);
      ExpectRefused(site, scene);
    }
    const Finished again = site.Segue({"complete", "--yes"});
    const bool over = dropped && again.exit_code == kNothingActive;
    EXPECT_TRUE(again.exit_code == 0 || over) << again.err;
    EXPECT_EQ(Changed(site, scene), scene.rows);
  }

  // Nothing is dropped, both versions are live again, and what is wrong can be
  // mended.
  static void ExpectRefused(Site& site, const Scene& scene) {
    const Finished refused = site.Segue({"complete", "--yes"});
    EXPECT_EQ(refused.exit_code, kMismatch) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("old and new disagree"));
    EXPECT_FALSE(site.database().NewClient()->Fails(scene.intact));
    EXPECT_THAT(site.Segue({"status"}).out, HasSubstr("MIGRATING (ready)"));
    const Finished mended = site.Segue({"verify", "--repair"});
    EXPECT_EQ(mended.exit_code, 0) << mended.err << mended.out;
  }
};

// Whatever the contract begins with, rows are proved again until something is
// dropped.
TEST_P(EvidenceTest, ARename) { RowsAreProvedAgain(Rename()); }
TEST_P(EvidenceTest, AChangeOfType) { RowsAreProvedAgain(Retype()); }
TEST_P(EvidenceTest, AChangeOfTypeBesideARenamedKey) {
  RowsAreProvedAgain(RenamedKey());
}
TEST_P(EvidenceTest, RowsThatMayBeMarked) {
  if (!dialect().capabilities().marks_transform_errors) {
    GTEST_SKIP() << GetParam().name << " marks nothing";
  }
  RowsAreProvedAgain(Mark());
}

// Both versions are still live, but somebody has asked to contract, and the
// status says so.
TEST_P(EvidenceTest, ResumeGoesOnWithAContractThatDied) {
  if (!dialect().capabilities().marks_transform_errors) {
    GTEST_SKIP() << GetParam().name << " marks nothing";
  }
  ResumeAfterDeath(Mark());
}

SEGUE_INSTANTIATE(EvidenceTest);

}  // namespace
}  // namespace segue::test
