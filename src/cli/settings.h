// Finds the database, the schema and the files, in this order: from flags,
// environment, .env and segue.yaml.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/context.h"
#include "segue/database.h"
#include "segue/pace.h"
#include "segue/plan.h"

namespace segue::cli {

struct Settings {
  DatabaseOptions database;
  std::filesystem::path migrations;  // the directory of the files
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  UserTriggers user_triggers = UserTriggers::kFire;
  std::chrono::seconds undo_window{0};
  std::vector<std::string> keep_versions;    // as MigratorOptions has them
  std::chrono::milliseconds lock_budget{0};  // zero: the database's default
  std::chrono::milliseconds chunk_time{0};   // zero: the database's default
  int workers = 0;                           // zero: the default
  PaceOptions pace;
  std::vector<std::string> accept_unknown;  // items of the gate
  std::chrono::milliseconds soak{0};        // zero: not watched
  std::vector<std::string> standbys;        // URLs
};

// The URL comes from --url, from the environment that --env names, from
// DATABASE_URL, from DATABASE_URL in .env beside the configuration, or from the
// only environment of segue.yaml. Throws Error{kUsage} when none of these names
// a database. No message shows the password of a URL.
Settings ResolveSettings(const Context& context);

// The directory of migration files, and the names of the environments, for
// commands that need no database.
std::filesystem::path MigrationsDirectory(const Context& context);
std::vector<std::string> EnvironmentsOf(const Context& context);

// Parses a positive count, such as --limit 20. Throws Error{kUsage}, which
// names the option.
std::int64_t ParseCount(const std::string& option, const std::string& text);

// Throws Error{kUsage} unless the text is a possible number of workers.
int ParseWorkers(const std::string& text);

// Parses a time above zero, such as --chunk-time 200ms. Throws Error{kUsage}.
std::chrono::milliseconds ParseTime(const std::string& option,
                                    const std::string& text);

}  // namespace segue::cli
