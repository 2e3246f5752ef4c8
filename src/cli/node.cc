// segue node: reads migration messages, one JSON object a line, from standard
// input.
#include "node/node.h"

#include <unistd.h>

#include "cli/commands.h"
#include "cli/intervals.h"
#include "cli/settings.h"
#include "manifest/manifest.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

// Only --url or --env names the database, because an environment variable must
// not turn a trial in memory into one on a real database.
Database Open(const Context& context) {
  const bool named =
      context.arguments.Has("--url") || context.arguments.Has("--env");
  return named ? Database::Open(ResolveSettings(context).database)
               : Database::OpenInMemory();
}

node::NodeOptions OptionsFor(const Context& context) {
  node::NodeOptions options;
  options.envelope = context.arguments.Has("--envelope");
  ReadIntervals(context, options.migrator);
  if (!context.arguments.Has("--dir")) return options;
  const std::filesystem::path given = context.arguments.Value("--dir");
  const std::string directory =
      given.is_absolute() ? given.string()
                          : (context.around.directory / given).string();
  // Mistakes in the files are reported before the first message is read.
  manifest::LoadDirectory(directory);
  options.migrations = [directory] {
    return manifest::LoadDirectory(directory);
  };
  return options;
}

}  // namespace

int RunNode(const Context& context) {
  node::NodeOptions options = OptionsFor(context);
  Database database = Open(context);
  node::Node node(database, std::move(options));
  node::Serve(node, STDIN_FILENO, STDOUT_FILENO);
  return 0;
}

}  // namespace segue::cli
