#include "cli/migration_file.h"

#include "manifest/manifest.h"

namespace segue::cli {

Migration LoadMigration(const Context& context, const Settings& settings) {
  const Arguments& arguments = context.arguments;
  Migration migration = manifest::LoadFile(
      FindMigration(context, settings, arguments.Value("FILE")).string());
  if (arguments.Has("--access")) {
    migration.access = AccessFromString(arguments.Value("--access"));
  }
  if (arguments.Has("--chunk-time")) {
    migration.chunk_time =
        ParseTime("--chunk-time", arguments.Value("--chunk-time"));
  }
  return migration;
}

}  // namespace segue::cli
