#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "segue/progress.h"

namespace segue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Progress Note(const std::string& message) {
  Progress progress;
  progress.message = message;
  return progress;
}

TEST(ProgressListenersTest, AllAreToldInTheirOrder) {
  std::vector<std::string> told;
  ProgressListeners listeners;
  listeners.Send(Note("nobody listens"));
  listeners.Add([&](const Progress& p) { told.push_back("a " + p.message); });
  listeners.Add({});
  listeners.Add([&](const Progress& p) { told.push_back("b " + p.message); });
  const ProgressListeners copy = listeners;
  listeners.Send(Note("1"));
  copy.Send(Note("2"));
  EXPECT_THAT(told, ElementsAre("a 1", "b 1", "a 2", "b 2"));
}

TEST(ProgressListenersTest, OneThatFailsIsNobodyElsesTrouble) {
  int failing = 0;
  int told = 0;
  ProgressListeners listeners;
  listeners.Add([&](const Progress&) {
    ++failing;
    throw std::runtime_error("the disk is gone");
  });
  listeners.Add([](const Progress&) { throw 1; });
  listeners.Add([&](const Progress&) { ++told; });
  testing::internal::CaptureStderr();
  EXPECT_NO_THROW(listeners.Send(Note("1")));
  EXPECT_NO_THROW(listeners.Send(Note("2")));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(failing, 2);
  EXPECT_EQ(told, 2);
  EXPECT_THAT(log, HasSubstr("the disk is gone"));
  EXPECT_EQ(log.find("the disk is gone"), log.rfind("the disk is gone"));
}

}  // namespace
}  // namespace segue
