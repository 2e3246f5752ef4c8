// Catches the error that a test expects.
#pragma once

#include <gtest/gtest.h>

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

}  // namespace segue::test
