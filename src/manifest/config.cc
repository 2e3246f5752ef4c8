#include "manifest/config.h"

#include "manifest/document.h"
#include "manifest/settings.h"
#include "manifest/throttle.h"
#include "ops/reader.h"

namespace segue::manifest {
namespace {

using ops::Reader;

std::vector<std::string> ReadTexts(const Reader& reader, const char* key,
                                   const char* what) {
  std::vector<std::string> texts;
  const base::Node* list = reader.OptionalList(key);
  if (list == nullptr) return texts;
  for (const base::Node& item : list->items) {
    if (!item.is_scalar() || item.scalar.empty()) {
      throw ops::UsageError(item, std::string("expected ") + what);
    }
    texts.push_back(item.scalar);
  }
  return texts;
}

Environment ReadEnvironment(const base::Node& node) {
  const Reader reader(node,
                      {"url", "direct_url", "schema", "role", "standbys"});
  Environment environment;
  environment.url = reader.OptionalString("url").value_or("");
  environment.direct_url = reader.OptionalString("direct_url").value_or("");
  environment.schema = reader.OptionalString("schema").value_or("");
  environment.role = reader.OptionalString("role").value_or("");
  environment.standbys = ReadTexts(reader, "standbys", "the URL of a standby");
  return environment;
}

// The names are compared with those of the gate when it is asked.
void ReadGate(const Reader& reader, Config& config) {
  const base::Node* gate = reader.OptionalMap("gate");
  if (gate == nullptr) return;
  const Reader keys(*gate, {"accept_unknown", "soak"});
  config.soak = OptionalDuration(keys, *gate, "soak").value_or(config.soak);
  config.accept_unknown =
      ReadTexts(keys, "accept_unknown", "the name of an item of the gate");
}

}  // namespace

Config LoadConfig(const std::string& path) {
  return ParseConfig(ReadTextFile(path), path);
}

Config ParseConfig(std::string_view text, const std::string& filename) {
  const base::Node root = ParseDocument(text, filename);
  // In a file where everything is commented out, nothing is set.
  if (root.is_null()) return {};
  const Reader reader(
      root, {"environments", "directory", "access", "undo_window",
             "keep_versions", "on_transform_error", "lock_budget", "backfill",
             "throttle", "gate", "hooks", "webhooks"});
  for (const char* key : {"hooks", "webhooks"}) {
    reader.RefuseForNow(key, "");
  }
  Config config;
  if (const base::Node* environments = reader.OptionalMap("environments")) {
    for (const auto& [name, node] : environments->entries) {
      config.environments[name] = ReadEnvironment(node);
    }
  }
  config.directory = reader.OptionalString("directory").value_or("");
  config.access = ReadAccess(reader, root);
  config.on_transform_error = ReadOnTransformError(reader, root);
  config.lock_budget = PositiveDuration(reader, root, "lock_budget")
                           .value_or(config.lock_budget);
  const BackfillKeys backfill = ReadBackfill(reader);
  config.chunk_time = backfill.chunk_time.value_or(config.chunk_time);
  config.workers = backfill.workers;
  config.user_triggers = backfill.user_triggers;
  config.undo_window =
      ReadUndoWindow(reader, root).value_or(config.undo_window);
  config.keep_versions =
      ReadKeepVersions(reader, root).value_or(config.keep_versions);
  config.pace = backfill.pace;
  config.pace.limits = ReadThrottle(reader);
  ReadGate(reader, config);
  return config;
}

}  // namespace segue::manifest
