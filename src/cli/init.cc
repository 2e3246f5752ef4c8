// segue init: writes a first configuration. It needs no database.
#include <filesystem>

#include "cli/commands.h"
#include "cli/new_file.h"
#include "db/url.h"
#include "report/json.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;

constexpr char kHead[] =
    "# The configuration of segue. Every key may be left out.\n"
    "#\n"
    "# A flag outranks an environment variable, that outranks .env, that\n"
    "# outranks this file.\n"
    "\n"
    "# Databases by name: segue status --env development. The only one is\n"
    "# taken without --env. Leave passwords out: PostgreSQL's come from\n"
    "# PGPASSWORD or ~/.pgpass, or give the whole URL as DATABASE_URL.\n"
    "environments:\n"
    "  development:\n"
    "    url: ";

constexpr char kTail[] =
    "    # direct_url: ...  # the way past a pooler, for what runs a "
    "migration\n"
    "    # schema: public   # the schema to migrate (PostgreSQL)\n"
    "    # role: app_owner  # act as this role (SET ROLE)\n"
    "    # standbys: [...]  # URLs of what follows it, for gate and complete\n"
    "\n"
    "# Where migration files are, relative to this file.\n"
    "directory: migrations\n"
    "\n"
    "# How the two versions reach their shape: in_place (old and new columns\n"
    "# stand side by side) or versioned (a schema of views for each version;\n"
    "# PostgreSQL). A migration file or --access may say otherwise.\n"
    "access: in_place\n"
    "\n"
    "# What becomes of an application's write that 'up' or 'down' fails on:\n"
    "# refuse it, or let it through and mark its row (PostgreSQL). A "
    "migration\n"
    "# file may say otherwise.\n"
    "on_transform_error: refuse\n"
    "\n"
    "# How long 'complete' keeps the old shape out of reach before it drops "
    "it,\n"
    "# so that 'undo' can bring it back. A migration file may say otherwise.\n"
    "# undo_window: 2h\n"
    "\n"
    "# The longest wait for a lock; a statement that does not get it is\n"
    "# cancelled, so that nobody queues behind it, and tried again.\n"
    "# lock_budget: 500ms\n"
    "\n"
    "backfill:\n"
    "  # How long a chunk may take; chunks grow and shrink towards it.\n"
    "  # chunk_time: 20ms\n"
    "  # max_rate: 5000 rows/s\n"
    "  # window: 22:00-06:00 Europe/Berlin\n";

constexpr char kExample[] =
    "# Copy this file to .env, which outranks segue.yaml, and keep that one "
    "out\n"
    "# of the repository.\n"
    "# DATABASE_URL=postgres://user:password@host/database\n"
    "# Past a pooler, for what runs a migration:\n"
    "# SEGUE_DIRECT_URL=postgres://user:password@host/database\n";

// In single-quoted YAML every character but the single quote is literal.
std::string YamlString(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

// The option outranks the variable, as everywhere.
std::string UrlWithoutSecrets(const Context& context) {
  const std::string set =
      context.around.variable("DATABASE_URL").value_or("sqlite:app.db");
  return db::ParseUrl(context.arguments.Value("--url", set))
      .WithoutSecrets()
      .ToString();
}

// An example that is there already is as good.
void WriteExample(const fs::path& path) {
  if (!fs::exists(path)) WriteNewFile(path, kExample, "");
}

}  // namespace

int RunInit(const Context& context) {
  const fs::path config = context.arguments.Value("--config", "segue.yaml");
  const fs::path migrations = config.parent_path() / "migrations";
  const std::string url = UrlWithoutSecrets(context);
  const fs::path& here = context.around.directory;
  WriteNewFile(here / config, kHead + YamlString(url) + "\n" + kTail,
               "edit it, or name another with --config");
  const fs::path example = config.parent_path() / ".env.example";
  WriteExample(here / example);
  MakeDirectory(here / migrations);
  if (context.json()) {
    context.around.out << report::ObjectJson(
                              {{"config", config.string()},
                               {"example", example.string()},
                               {"migrations", migrations.string()}})
                       << "\n";
  } else {
    context.around.out << "Wrote " << config.string() << ", "
                       << example.string() << " and " << migrations.string()
                       << "/.\nNext: segue new NAME writes the first migration "
                          "there, and segue plan NAME\n      shows what it "
                          "would do.\n";
  }
  return 0;
}

}  // namespace segue::cli
