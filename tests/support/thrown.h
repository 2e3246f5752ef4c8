// The error that a test expects.
#pragma once

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::test {

// What `work` throws; the test fails, and goes on, where it throws no Error.
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
