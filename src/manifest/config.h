// Reads segue.yaml, the settings of a whole project. All of them are optional.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/duration.h"
#include "segue/pace.h"
#include "segue/plan.h"

namespace segue::manifest {

struct Environment {
  std::string url;                    // empty: not given
  std::string direct_url;             // empty: none
  std::string schema;                 // empty: the database's default
  std::string role;                   // empty: the role of the URL
  std::vector<std::string> standbys;  // URLs
};

struct Config {
  std::map<std::string, Environment> environments;
  std::string directory;  // of migrations; empty: not given
  std::optional<Access> access;
  std::optional<OnTransformError> on_transform_error;
  std::optional<UserTriggers> user_triggers;
  std::chrono::seconds undo_window{0};
  std::vector<std::string> keep_versions;
  std::chrono::milliseconds lock_budget{0};  // zero: not given
  std::chrono::milliseconds chunk_time{0};   // zero: not given
  int workers = 0;                           // zero: not given
  PaceOptions pace;                          // members not given are 0 or empty
  std::vector<std::string> accept_unknown;   // items of the gate
  std::chrono::milliseconds soak{0};         // zero: not given
};

// Throws Error{kUsage}, which names file, line and key. A key that is
// documented but has no effect yet is an error too, so that none is silently
// ignored.
Config LoadConfig(const std::string& path);
Config ParseConfig(std::string_view text, const std::string& filename);

}  // namespace segue::manifest
