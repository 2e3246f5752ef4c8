#include "manifest/manifest.h"

#include <fmt/format.h>

#include "base/sha256.h"
#include "manifest/document.h"
#include "manifest/settings.h"
#include "manifest/tree_builder.h"
#include "ops/reader.h"
#include "ops/registry.h"

namespace segue::manifest {
namespace {

using ops::Reader;
using ops::UsageError;

// A list item is a map whose only key is the name of the operation.
ops::NewOperation ReadOperation(const base::Node& item) {
  if (!item.is_map() || item.entries.size() != 1) {
    throw UsageError(item,
                     "expected a map with exactly one key, the operation");
  }
  const auto& [name, body] = item.entries.front();
  ops::NewOperation operation = ops::ParseOperation(name, body);
  operation->set_source(item.source());
  return operation;
}

void ReadOperations(const Reader& reader, Migration& migration) {
  const base::Node& list = reader.RequiredList("operations");
  if (list.items.empty()) throw UsageError(list, "must not be empty");
  for (const base::Node& item : list.items) {
    migration.operations.push_back(ReadOperation(item));
  }
}

bool ReadSubscribers(const Reader& reader, const base::Node& root) {
  const std::optional<std::string> text = reader.OptionalString("subscribers");
  if (!text) return false;
  if (*text == "prepared") return true;
  throw UsageError(*root.Find("subscribers"),
                   "unknown value '" + *text + "'; 'prepared' is known");
}

}  // namespace

Migration LoadFile(const std::string& path) {
  return Parse(ReadTextFile(path), path);
}

Migration Parse(std::string_view text, const std::string& filename) {
  const base::Node root = ParseDocument(text, filename);
  if (root.is_null()) throw FileError(filename, 0, "the file is empty");
  const Reader reader(
      root,
      {"name", "version_schema", "operations", "access", "on_transform_error",
       "undo_window", "keep_versions", "backfill", "gate", "subscribers"});
  Migration migration;
  migration.id = Stem(filename);
  if (migration.id.empty()) {
    throw FileError(filename, 0, "the file needs a name, which is its id");
  }
  migration.title = reader.OptionalString("name").value_or(migration.id);
  migration.version = reader.OptionalString("version_schema").value_or("");
  migration.access = ReadAccess(reader, root);
  migration.on_transform_error = ReadOnTransformError(reader, root);
  migration.undo_window = ReadUndoWindow(reader, root);
  migration.keep_versions = ReadKeepVersions(reader, root);
  migration.subscribers_prepared = ReadSubscribers(reader, root);
  reader.RefuseForNow("gate", "");
  const BackfillKeys backfill = ReadBackfill(reader);
  migration.chunk_time = backfill.chunk_time;
  migration.workers = backfill.workers;
  migration.user_triggers = backfill.user_triggers;
  migration.pace = backfill.pace;
  ReadOperations(reader, migration);
  migration.source = text;
  migration.checksum = base::Sha256(text);
  return migration;
}

}  // namespace segue::manifest
