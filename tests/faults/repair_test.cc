// Kill a repair at every statement: what it had mended stays, the same command
// mends the rest, and rows that were right are as they were.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/faults/crash_site.h"

namespace segue::test {
namespace {

constexpr int kKilled = 128 + SIGKILL;
constexpr std::size_t kSample = 5;

class RepairCrashTest : public DialectTest {
 protected:
  Command Repair(CrashSite& site, const std::string& fault = "") const {
    Command command = site.Segue("verify", fault);
    command.argv.emplace_back("--repair");
    return command;
  }

  // Both versions live; then rows of every chunk lose what the triggers gave.
  void Damage(CrashSite& site) {
    site.MustRun("start");
    site.WriteAsOld();
    site.WriteAsNew();
    sound_ = All(site);
    site.database().ExecUnseen(
        "UPDATE users SET full_name = 'bad' WHERE id % 7 = 3 AND _segue_d = 1;"
        "UPDATE users SET name = 'bad' WHERE _segue_d = 2");
    EXPECT_NE(All(site), sound_);
  }

  static std::string All(CrashSite& site) {
    return ToLines(site.database().NewClient()->Query(
        "SELECT id, name, full_name, _segue_d, age FROM users ORDER BY id"));
  }

  std::vector<std::string> Faults(const CrashSite::Counts& counts) {
    std::vector<std::string> faults;
    for (long n = 1; n <= counts.statements; ++n) {
      const std::string at = std::to_string(n);
      faults.push_back("kill:before:" + at);
      faults.push_back("kill:after:" + at);
      if (traits().server) faults.push_back("drop:" + at);
    }
    for (long n = 1; traits().server && n <= counts.commits; ++n) {
      faults.push_back("lost:" + std::to_string(n));
    }
    if (std::getenv("SEGUE_TEST_ALL") != nullptr) return faults;
    const char* seed = std::getenv("SEGUE_TEST_SEED");
    std::mt19937_64 random(seed ? std::strtoull(seed, nullptr, 10) : 1);
    std::shuffle(faults.begin(), faults.end(), random);
    faults.resize(std::min(faults.size(), kSample));
    return faults;
  }

  void Try(const std::string& fault) {
    SCOPED_TRACE(fault);
    CrashSite site(GetParam(), Access::kInPlace);
    Damage(site);
    const Finished crashed = RunCommand(Repair(site, fault));
    if (fault.starts_with("kill")) {
      EXPECT_EQ(kKilled, crashed.exit_code) << crashed.err;
    } else {
      EXPECT_EQ(0, crashed.exit_code) << crashed.err;
    }
    site.WaitUntilSessionsEnd();
    const Finished again = RunCommand(Repair(site));
    EXPECT_EQ(0, again.exit_code) << again.err << again.out;
    EXPECT_EQ(All(site), sound_);
    site.MustRun("complete");
  }

  std::string sound_;
};

TEST_P(RepairCrashTest, ThenTheSameCommandMendsTheRest) {
  CrashSite clean(GetParam(), Access::kInPlace);
  Damage(clean);
  OutputOf(Repair(clean));
  EXPECT_EQ(All(clean), sound_);
  const CrashSite::Counts counts = clean.LastCounts();
  ASSERT_GT(counts.statements, 10);
  for (const std::string& fault : Faults(counts)) Try(fault);
}

SEGUE_INSTANTIATE(RepairCrashTest);

}  // namespace
}  // namespace segue::test
