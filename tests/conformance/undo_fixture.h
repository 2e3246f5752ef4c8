// Migrations of a table of users whose contract is sealed for a while.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "segue/undo.h"
#include "tests/conformance/migrator_fixture.h"
#include "tests/support/testbed.h"

namespace segue::test {

class UndoWindowTest : public UsersRunTest {
 protected:
  void SetUp() override {
    UsersRunTest::SetUp();
    options_.undo_window = std::chrono::hours(1);
  }

  UndoWindow Window() { return {*database_, options_}; }
  MigrationStatus Seal() {
    const Outcome outcome = MigratorNow().Complete();
    EXPECT_EQ(outcome.status.phase, Phase::kContracting);
    EXPECT_EQ(outcome.status.sub_state, SubState::kSealed);
    return outcome.status;
  }
  void StartAndSeal(const std::string& yaml = kRename) {
    Start(yaml);
    Seal();
  }
  std::string PhaseNow() {
    const MigrationStatus status = *MigratorNow().Status();
    return std::string(ToString(status.phase)) + " " +
           std::string(ToString(status.sub_state));
  }
  // Returns "Ada\nBo\n".
  std::string Names(const std::string& column) {
    return ToLines(
        db().app().Query("SELECT " + column + " FROM users ORDER BY id"));
  }
  void SealForASecond() {
    options_.undo_window = std::chrono::seconds(1);
    StartAndSeal();
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  }
};

}  // namespace segue::test
