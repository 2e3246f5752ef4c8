#include "cli/migration_file.h"

#include "cli/find_migration.h"
#include "manifest/manifest.h"
#include "manifest/queries.h"

namespace segue::cli {

namespace {

// What the file itself says counts as its own even where an option repeats it.
void OverrideAccess(const Context& context, const Settings& settings,
                    Migration& migration) {
  const Arguments& arguments = context.arguments;
  if (!arguments.Has("--access") && migration.access) return;
  const Access asked = arguments.Has("--access")
                           ? AccessFromString(arguments.Value("--access"))
                           : settings.access;
  migration.access_from_outside = migration.access != asked;
  migration.access = asked;
}

void Override(const Context& context, const Settings& settings,
              Migration& migration) {
  const Arguments& arguments = context.arguments;
  OverrideAccess(context, settings, migration);
  if (arguments.Has("--keep-version")) {
    migration.keep_versions = arguments.Values("--keep-version");
  }
  if (arguments.Has("--chunk-time")) {
    migration.chunk_time =
        ParseTime("--chunk-time", arguments.Value("--chunk-time"));
  }
  if (arguments.Has("--workers")) {
    migration.workers = ParseWorkers(arguments.Value("--workers"));
  }
}

}  // namespace

Migration LoadMigration(const Context& context, const Settings& settings) {
  Migration migration = manifest::LoadFile(
      FindMigration(context, settings, context.arguments.Value("FILE"))
          .string());
  Override(context, settings, migration);
  return migration;
}

std::vector<Migration> LoadMigrations(const Context& context,
                                      const Settings& settings) {
  std::vector<Migration> migrations =
      manifest::LoadDirectory(settings.migrations.string());
  for (Migration& migration : migrations) {
    Override(context, settings, migration);
  }
  return migrations;
}

std::vector<std::string> LoadExplained(const Context& context) {
  const std::filesystem::path& start = context.around.directory;
  return manifest::LoadQueries(
      (start / context.arguments.Value("--explain")).string());
}

}  // namespace segue::cli
