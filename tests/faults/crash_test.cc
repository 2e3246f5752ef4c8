// Kill segue at every point of start, complete and rollback; break its
// connection; lose the answer of a commit. Afterwards applications go on and
// the same command, run again, comes to the end that an undisturbed run has.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "base/text.h"
#include "tests/faults/crash_site.h"

namespace segue::test {
namespace {

constexpr int kKilled = 128 + SIGKILL;
constexpr int kRefused = 3;
constexpr std::size_t kSample = 5;

struct Scene {
  const Testbed* testbed;
  Access access;
  std::string command;
};

std::vector<Scene> Scenes() {
  std::vector<Scene> scenes;
  for (const Testbed& testbed : Testbeds()) {
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      for (const char* command : {"start", "complete", "rollback"}) {
        scenes.push_back({&testbed, access, command});
      }
    }
  }
  return scenes;
}

std::string NameOf(const Scene& scene) {
  return scene.testbed->name +
         (scene.access == Access::kInPlace ? "_in_place_" : "_versioned_") +
         scene.command;
}

void PrintTo(const Scene& scene, std::ostream* out) { *out << NameOf(scene); }

std::string SceneName(const ::testing::TestParamInfo<Scene>& info) {
  return NameOf(info.param);
}

bool TestAll() { return std::getenv("SEGUE_TEST_ALL") != nullptr; }

class CrashTest : public ::testing::TestWithParam<Scene> {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(*GetParam().testbed);
    MeasureCleanRuns();
  }

  CrashSite NewSite() const {
    return CrashSite(*GetParam().testbed, GetParam().access);
  }

  // How many points there are, and what the catalogue has to be at the end.
  void MeasureCleanRuns() {
    CrashSite site = NewSite();
    dump_before_ = site.database().Dump();
    const bool starts = GetParam().command == "start";
    if (!starts) site.MustRun("start");
    site.MustRun(GetParam().command);
    counts_ = site.LastCounts();
    ASSERT_GT(counts_.statements, 10);
    ASSERT_GT(counts_.commits, 0);
    if (GetParam().command == "rollback") {
      EXPECT_EQ(dump_before_, site.database().Dump());
      site.MustRun("start");
    }
    if (GetParam().command != "complete") site.MustRun("complete");
    dump_complete_ = site.database().Dump();
    EXPECT_EQ(site.Expected(), site.Data("full_name"));
  }

  std::vector<std::string> AllFaults() const {
    std::vector<std::string> faults;
    const bool loses = GetParam().testbed->traits.server;
    const bool ends = GetParam().command != "start";
    for (long n = 1; n <= counts_.statements; ++n) {
      faults.push_back("kill:before:" + std::to_string(n));
      faults.push_back("kill:after:" + std::to_string(n));
      if (loses) faults.push_back("drop:" + std::to_string(n));
      if (ends) faults.push_back("refuse:" + std::to_string(n));
    }
    for (long n = 1; loses && n <= counts_.commits; ++n) {
      faults.push_back("lost:" + std::to_string(n));
    }
    return faults;
  }

  // A sample that is the same in every run, another one with another seed.
  std::vector<std::string> Faults() const {
    std::vector<std::string> faults = AllFaults();
    if (TestAll()) return faults;
    const char* seed = std::getenv("SEGUE_TEST_SEED");
    std::mt19937_64 random(base::Fnv1a(GetParam().command) +
                           (seed ? std::strtoull(seed, nullptr, 10) : 0));
    std::shuffle(faults.begin(), faults.end(), random);
    faults.resize(std::min(faults.size(), kSample));
    return faults;
  }

  void Crash(CrashSite& site, const std::string& fault) const {
    const Finished crashed = site.Run(GetParam().command, fault);
    if (!fault.starts_with("kill")) return;
    if (crashed.exit_code == 0) {  // this run needed fewer statements
      const long number = std::stol(fault.substr(fault.rfind(':') + 1));
      EXPECT_LT(site.LastCounts().statements, number) << "was not killed";
    } else {
      EXPECT_EQ(kKilled, crashed.exit_code) << crashed.err;
    }
  }

  // I1: whatever died, the applications write on.
  void ApplicationsGoOn(CrashSite& site) const {
    if (GetParam().command == "complete") {
      site.WriteAsNew();
      site.WriteAsOldIfItIsThere();
    } else {
      site.WriteAsOld();
    }
    if (GetParam().command == "rollback") site.WriteAsNewIfTaken();
  }

  // What the state says is there. While it says "rolling back", nothing else
  // goes on.
  void ExpectTrueState(CrashSite& site) const {
    if (GetParam().command == "start") return;
    const std::string status = OutputOf(site.Segue("status"));
    if (status.find("(ready)") != std::string::npos) {
      site.WriteAsOld();
      site.WriteAsNew();
    }
    if (status.find("(rolling back)") == std::string::npos) return;
    for (const char* command : {"verify", "complete", "start"}) {
      const Finished refused = site.Run(command);
      EXPECT_EQ(kRefused, refused.exit_code) << command << refused.err;
      EXPECT_NE(refused.err.find("rolling back"), std::string::npos)
          << refused.err;
    }
  }

  // I2: the same command again comes to the end; "nothing is active" (4) when
  // the crash came after the last commit.
  void RunAgain(CrashSite& site) const {
    site.WaitUntilSessionsEnd();
    const Finished again = site.Run(GetParam().command);
    const bool may_be_over = GetParam().command != "start";
    EXPECT_TRUE(again.exit_code == 0 || (may_be_over && again.exit_code == 4))
        << again.exit_code << ": " << again.err;
  }

  void ExpectCompleted(CrashSite& site) const {
    EXPECT_EQ(dump_complete_, site.database().Dump());
    EXPECT_EQ(site.Expected(), site.Data("full_name"));
  }

  void ExpectRolledBack(CrashSite& site) const {
    EXPECT_EQ(dump_before_, site.database().Dump());
    EXPECT_EQ(site.Expected(), site.Data("name"));
  }

  // After a start both ways are open; every other crash point takes the other.
  void FinishAfterStart(CrashSite& site, bool roll_back) const {
    EXPECT_EQ(0, site.Run("verify").exit_code);
    site.WriteAsOld();
    site.WriteAsNew();
    site.MustRun(roll_back ? "rollback" : "complete");
    roll_back ? ExpectRolledBack(site) : ExpectCompleted(site);
  }

  void Try(const std::string& fault, bool roll_back) const {
    SCOPED_TRACE(fault);
    CrashSite site = NewSite();
    if (GetParam().command != "start") site.MustRun("start");
    if (GetParam().command == "rollback") site.ConnectNew();
    Crash(site, fault);
    ApplicationsGoOn(site);
    site.WaitUntilSessionsEnd();
    ExpectTrueState(site);
    RunAgain(site);
    if (GetParam().command == "start") {
      FinishAfterStart(site, roll_back);
    } else if (GetParam().command == "complete") {
      ExpectCompleted(site);
    } else {
      ExpectRolledBack(site);
    }
  }

  CrashSite::Counts counts_;
  std::string dump_before_;
  std::string dump_complete_;
};

TEST_P(CrashTest, ThenTheSameCommandContinues) {
  bool roll_back = false;
  for (const std::string& fault : Faults()) {
    ASSERT_NO_THROW(Try(fault, roll_back)) << "at " << fault;
    roll_back = !roll_back;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, CrashTest, ::testing::ValuesIn(Scenes()),
                         SceneName);

}  // namespace
}  // namespace segue::test
