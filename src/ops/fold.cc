// Folds several migrations into one.
#include <algorithm>
#include <memory>
#include <utility>

#include "segue/error.h"
#include "segue/migration.h"

namespace segue {
namespace {

void RefuseOtherAccess(const Migration& a, const Migration& b) {
  if (!a.access || !b.access || *a.access == *b.access) return;
  throw Error(ErrorKind::kRefused, "'" + a.id + "' asks for access " +
                                       std::string(ToString(*a.access)) +
                                       " and '" + b.id + "' for " +
                                       std::string(ToString(*b.access)));
}

void RefuseOtherTransformErrors(const Migration& a, const Migration& b) {
  const auto& one = a.on_transform_error;
  const auto& other = b.on_transform_error;
  if (!one || !other || *one == *other) return;
  throw Error(ErrorKind::kRefused,
              "'" + a.id + "' asks for on_transform_error " +
                  std::string(ToString(*one)) + " and '" + b.id + "' for " +
                  std::string(ToString(*other)));
}

void RefuseOtherUserTriggers(const Migration& a, const Migration& b) {
  const auto& one = a.user_triggers;
  const auto& other = b.user_triggers;
  if (!one || !other || *one == *other) return;
  throw Error(ErrorKind::kRefused, "'" + a.id + "' asks for user_triggers " +
                                       std::string(ToString(*one)) + " and '" +
                                       b.id + "' for " +
                                       std::string(ToString(*other)));
}

// Returns the stricter of two limits; zero is no limit.
double Stricter(double a, double b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

void FoldPace(const Migration& file, Migration& whole) {
  PaceOptions& pace = whole.pace;
  pace.rows_per_second =
      Stricter(file.pace.rows_per_second, pace.rows_per_second);
  pace.bytes_per_second =
      Stricter(file.pace.bytes_per_second, pace.bytes_per_second);
  if (pace.window.empty()) pace.window = file.pace.window;
  if (file.pace.window.empty() || file.pace.window == pace.window) return;
  throw Error(ErrorKind::kRefused, "'" + file.id +
                                       "' is to be filled in the window " +
                                       file.pace.window + " and '" + whole.id +
                                       "' in " + pace.window);
}

// Where both migrations set a limit, the stricter one counts.
void FoldLimits(const Migration& file, Migration& whole) {
  if (!whole.chunk_time ||
      (file.chunk_time && *file.chunk_time < *whole.chunk_time)) {
    whole.chunk_time = file.chunk_time;
  }
  if (whole.workers == 0 ||
      (file.workers > 0 && file.workers < whole.workers)) {
    whole.workers = file.workers;
  }
  FoldPace(file, whole);
}

void FoldChoices(const Migration& file, Migration& whole) {
  RefuseOtherAccess(file, whole);
  if (!whole.access) whole.access = file.access;
  whole.access_from_outside |= file.access_from_outside;
  // Each file has to know of the subscribers.
  whole.subscribers_prepared &= file.subscribers_prepared;
  RefuseOtherTransformErrors(file, whole);
  if (!whole.on_transform_error) {
    whole.on_transform_error = file.on_transform_error;
  }
  // They have one contract, so that the window of the last one counts.
  if (!whole.undo_window) whole.undo_window = file.undo_window;
  if (!whole.keep_versions) whole.keep_versions = file.keep_versions;
  RefuseOtherUserTriggers(file, whole);
  if (!whole.user_triggers) whole.user_triggers = file.user_triggers;
}

}  // namespace

Migration Fold(std::vector<Migration> files) {
  if (files.empty()) {
    throw Error(ErrorKind::kUsage, "there is no migration to fold");
  }
  Migration whole = std::move(files.back());
  files.pop_back();
  std::vector<std::shared_ptr<const ops::Operation>> all;
  for (const Migration& file : files) {
    all.insert(all.end(), file.operations.begin(), file.operations.end());
    for (const Migration& other : files) RefuseOtherAccess(file, other);
    FoldChoices(file, whole);
    FoldLimits(file, whole);
  }
  all.insert(all.end(), whole.operations.begin(), whole.operations.end());
  whole.operations = std::move(all);
  whole.folded = std::move(files);
  return whole;
}

}  // namespace segue
