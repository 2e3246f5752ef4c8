// `segue demo --live`: renames a column while two versions of an application
// write to it. An oracle says whether anything was lost.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "segue/cancel.h"
#include "segue/progress.h"

namespace segue::lab {

struct LiveDemoOptions {
  std::int64_t rows = 200'000;
  int clients_per_version = 2;
  ProgressCallback on_progress;   // empty: print each step
  std::string path;               // empty: a temporary file
  CancelToken* cancel = nullptr;  // may be null; not owned
};

// Prints each event when it happens, and at the end the oracle's verdict.
// Returns 0 only if no statement failed, no write was lost and no row diverged.
// Returns 130 when it was stopped and the verdict on the work until then is
// clean. Throws Error{kUsage} when `path` exists.
int RunLiveDemo(const LiveDemoOptions& options, std::ostream& out);

}  // namespace segue::lab
