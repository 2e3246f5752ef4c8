// Which database, which schema, which files: from flags, environment, .env and
// segue.yaml, in this order.
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
  std::filesystem::path migrations;  // the directory of migration files
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  std::chrono::milliseconds lock_budget{0};  // zero: the database's default
  std::chrono::milliseconds chunk_time{0};   // zero: the database's default
  int workers = 0;                           // zero: the default
  PaceOptions pace;
};

// URL: --url; the environment that --env names; DATABASE_URL; DATABASE_URL in
// .env beside the configuration; the only environment of segue.yaml. Throws
// Error{kUsage} when none of these says which database; no message of it ever
// holds a URL with its password.
Settings ResolveSettings(const Context& context);

// The directory of migration files, and the names of the environments, for
// commands that need no database.
std::filesystem::path MigrationsDirectory(const Context& context);
std::vector<std::string> EnvironmentsOf(const Context& context);

// The file itself, or the one of that name (also without .yaml, .yml, .json)
// in the migrations directory. Throws Error{kUsage}.
std::filesystem::path FindMigration(const Context& context,
                                    const Settings& settings,
                                    const std::string& name);

// A positive count, as --limit 20. Throws Error{kUsage} naming the option.
std::int64_t ParseCount(const std::string& option, const std::string& text);

// Throws Error{kUsage} unless it is a number of workers that can be.
int ParseWorkers(const std::string& text);

// A time above zero, as --chunk-time 200ms. Throws Error{kUsage}.
std::chrono::milliseconds ParseTime(const std::string& option,
                                    const std::string& text);

}  // namespace segue::cli
