// Catches the error that a test expects.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "segue/error.h"

namespace segue::test {

// Returns the error that `work` throws. When it throws no Error, the test fails
// and continues.
template <typename Work>
Error ThrownBy(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ErrorKind::kInternal, "nothing was thrown"};
}

// Returns the message with which `work` is refused; empty when it is not.
template <typename Work>
std::string RefusalOf(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
    return error.what();
  }
  return "";
}

}  // namespace segue::test
