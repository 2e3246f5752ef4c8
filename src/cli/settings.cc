#include "cli/settings.h"

#include <charconv>
#include <optional>
#include <vector>

#include "base/append.h"
#include "base/text.h"
#include "cli/dotenv.h"
#include "manifest/config.h"
#include "manifest/document.h"
#include "manifest/duration.h"
#include "manifest/settings.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;
using manifest::Config;
using manifest::Environment;

constexpr char kUrlVariable[] = "DATABASE_URL";
constexpr char kDirectUrlVariable[] = "SEGUE_DIRECT_URL";
constexpr char kConfigName[] = "segue.yaml";

// A relative path on the command line starts from the user's current directory.
fs::path Resolved(const Context& context, const fs::path& path) {
  return path.is_absolute() ? path : context.around.directory / path;
}

fs::path ConfigPath(const Context& context) {
  return Resolved(context, context.arguments.Value("--config", kConfigName));
}

Config ReadConfig(const Context& context, const fs::path& path) {
  std::error_code unreadable;  // the read then says why
  const bool exists = fs::exists(path, unreadable) || unreadable;
  if (!context.arguments.Has("--config") && !exists) return {};
  return manifest::LoadConfig(path.string());
}

std::optional<std::string> FromDotEnv(const fs::path& folder,
                                      const std::string& variable) {
  const fs::path path = folder / ".env";
  std::error_code unreadable;  // the read then says why
  if (!fs::exists(path, unreadable) && !unreadable) return std::nullopt;
  const std::string text = manifest::ReadTextFile(path.string());
  manifest::RequireText(text, path.string());
  const auto values = ParseDotEnv(text, path.string());
  const auto found = values.find(variable);
  if (found == values.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::vector<std::string> EnvironmentNames(const Config& config) {
  std::vector<std::string> names;
  for (const auto& [name, environment] : config.environments) {
    names.push_back(name);
  }
  return names;
}

Error NoSuchEnvironment(const Config& config, const std::string& name) {
  const std::vector<std::string> names = EnvironmentNames(config);
  Error error(ErrorKind::kUsage,
              "segue.yaml has no environment \"" + name + "\"");
  error.WithHint(names.empty() ? "it has none; write them under environments:"
                               : "it has " + base::Join(names, ", "));
  return error;
}

// Returns the environment that --env names, otherwise the only one.
std::optional<Environment> ChosenEnvironment(const Context& context,
                                             const Config& config) {
  if (context.arguments.Has("--env")) {
    const std::string name = context.arguments.Value("--env");
    const auto found = config.environments.find(name);
    if (found == config.environments.end()) {
      throw NoSuchEnvironment(config, name);
    }
    return found->second;
  }
  if (config.environments.size() != 1) return std::nullopt;
  return config.environments.begin()->second;
}

Error NoUrl(const Config& config) {
  Error error(ErrorKind::kUsage, "no database given");
  const std::vector<std::string> names = EnvironmentNames(config);
  error.WithHint(names.size() > 1
                     ? "segue.yaml has " + base::Join(names, ", ") +
                           ": choose one with --env"
                     : "give --url, set DATABASE_URL (also in .env), or write "
                       "an environment into segue.yaml (segue init)");
  return error;
}

std::string ChooseUrl(const Context& context, const fs::path& folder,
                      const Config& config,
                      const std::optional<Environment>& environment) {
  const Arguments& arguments = context.arguments;
  if (arguments.Has("--url")) return arguments.Value("--url");
  const bool configured = environment && !environment->url.empty();
  // --env is a flag too, so it outranks the variables of the process.
  if (arguments.Has("--env") && configured) return environment->url;
  const auto variable = context.around.variable(kUrlVariable);
  if (variable && !variable->empty()) return *variable;
  if (const auto url = FromDotEnv(folder, kUrlVariable)) return *url;
  if (configured) return environment->url;
  throw NoUrl(config);
}

// `configured` is the environment's, if the URL is that of the environment.
std::string ChooseDirectUrl(const Context& context, const fs::path& folder,
                            const std::string& configured) {
  const Arguments& arguments = context.arguments;
  if (arguments.Has("--direct-url")) return arguments.Value("--direct-url");
  if (arguments.Has("--env") && !configured.empty()) return configured;
  const auto variable = context.around.variable(kDirectUrlVariable);
  if (variable && !variable->empty()) return *variable;
  return FromDotEnv(folder, kDirectUrlVariable).value_or(configured);
}

fs::path DirectoryOf(const Context& context, const Config& config,
                     const fs::path& folder) {
  if (context.arguments.Has("--dir")) {
    return Resolved(context, context.arguments.Value("--dir"));
  }
  return folder / (config.directory.empty() ? "migrations" : config.directory);
}

}  // namespace

fs::path MigrationsDirectory(const Context& context) {
  const fs::path path = ConfigPath(context);
  return DirectoryOf(context, ReadConfig(context, path), path.parent_path());
}

std::vector<std::string> EnvironmentsOf(const Context& context) {
  return EnvironmentNames(ReadConfig(context, ConfigPath(context)));
}

Settings ResolveSettings(const Context& context) {
  const Arguments& arguments = context.arguments;
  const fs::path path = ConfigPath(context);
  const Config config = ReadConfig(context, path);
  const auto environment = ChosenEnvironment(context, config);

  Settings settings;
  const fs::path folder = path.parent_path();
  settings.migrations = DirectoryOf(context, config, folder);
  if (config.access) settings.access = *config.access;
  settings.on_transform_error =
      config.on_transform_error.value_or(settings.on_transform_error);
  settings.user_triggers =
      config.user_triggers.value_or(settings.user_triggers);
  settings.undo_window = config.undo_window;
  settings.keep_versions = config.keep_versions;
  settings.lock_budget = config.lock_budget;
  settings.chunk_time = config.chunk_time;
  settings.workers = config.workers;
  if (arguments.Has("--workers")) {
    settings.workers = ParseWorkers(arguments.Value("--workers"));
  }
  settings.pace = config.pace;
  settings.soak = config.soak;
  if (arguments.Has("--soak")) {
    settings.soak = ParseTime("--soak", arguments.Value("--soak"));
  }
  settings.accept_unknown = config.accept_unknown;
  if (arguments.Has("--accept-unknown")) {
    for (const std::string& name :
         base::Split(arguments.Value("--accept-unknown"), ',')) {
      settings.accept_unknown.emplace_back(base::Trim(name));
    }
  }
  if (arguments.Has("--lock-budget")) {
    settings.lock_budget =
        ParseTime("--lock-budget", arguments.Value("--lock-budget"));
  }
  settings.database.url = ChooseUrl(context, folder, config, environment);
  // Schema and role belong to the environment's database. A URL from elsewhere
  // names another database, unless --env is given beside it.
  const bool same = environment && (arguments.Has("--env") ||
                                    settings.database.url == environment->url);
  settings.database.schema =
      arguments.Value("--schema", same ? environment->schema : "");
  settings.database.role =
      arguments.Value("--role", same ? environment->role : "");
  // Each standby counts, so that those of the command line come to the others.
  if (same) settings.standbys = environment->standbys;
  base::Append(arguments.Values("--standby"), settings.standbys);
  settings.database.direct_url =
      ChooseDirectUrl(context, folder, same ? environment->direct_url : "");
  return settings;
}

std::int64_t ParseCount(const std::string& option, const std::string& text) {
  std::int64_t count = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || end != text.data() + text.size() ||
      count <= 0) {
    throw Error(ErrorKind::kUsage,
                option + " is \"" + text + "\"; it must be a positive number");
  }
  return count;
}

int ParseWorkers(const std::string& text) {
  const std::int64_t count = ParseCount("--workers", text);
  if (count > manifest::kMostWorkers) {
    throw Error(ErrorKind::kUsage, "--workers is \"" + text + "\"; at most " +
                                       std::to_string(manifest::kMostWorkers) +
                                       " can be");
  }
  return static_cast<int>(count);
}

std::chrono::milliseconds ParseTime(const std::string& option,
                                    const std::string& text) {
  const auto time = manifest::ParseDuration(text);
  if (time.count() > 0) return time;
  throw Error(ErrorKind::kUsage,
              option + " is " + text + "; it must be longer than that");
}

}  // namespace segue::cli
