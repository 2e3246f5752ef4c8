#include "ledger/pending.h"

#include <algorithm>

#include "base/text.h"
#include "ledger/standing.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

void Sort(std::vector<Migration>& files) {
  std::sort(files.begin(), files.end(),
            [](const Migration& a, const Migration& b) {
              return base::NumberedLess(a.id, b.id);
            });
}

void RefuseTwins(const std::vector<Migration>& files) {
  const auto twin = std::adjacent_find(
      files.begin(), files.end(),
      [](const Migration& a, const Migration& b) { return a.id == b.id; });
  if (twin == files.end()) return;
  throw Error(ErrorKind::kUsage, "two migrations are called '" + twin->id + "'")
      .WithHint("a file's name without its ending must be the only one");
}

void RequireAmong(const std::vector<Migration>& files, const std::string& to) {
  std::vector<std::string> names;
  for (const Migration& file : files) {
    if (file.id == to) return;
    names.push_back(file.id);
  }
  Error error(ErrorKind::kNotFound, "no migration is called '" + to + "'");
  const std::string near = base::Nearest(to, names);
  if (!near.empty()) error.WithHint("did you mean " + near + "?");
  throw error;
}

bool IsComplete(db::Connection& connection, const Ledger& ledger,
                const Migration& file) {
  const auto row = ledger.Load(connection, file.id);
  if (!row || row->phase != Phase::kComplete) return false;
  RefuseChangedFile(*row, file);
  return true;
}

// The migrations after it were written, and applied, for a schema without it.
void RefuseOutOfOrder(const std::vector<Migration>& files,
                      const std::vector<bool>& complete) {
  const auto last = std::find(complete.rbegin(), complete.rend(), true);
  const auto end = complete.rend() - last;  // behind the last complete file
  const auto late = std::find(complete.begin(), complete.begin() + end, false);
  if (late == complete.begin() + end) return;
  const auto index = static_cast<std::size_t>(late - complete.begin());
  const std::string& applied = files[static_cast<std::size_t>(end) - 1].id;
  throw Error(ErrorKind::kRefused,
              "migration '" + files[index].id + "' comes before '" + applied +
                  "', which is complete, and is not applied itself")
      .WithHint(
          "rename it so that it comes last, or apply it by itself with "
          "'segue start " +
          files[index].id + "'");
}

}  // namespace

std::vector<Migration> PendingFiles(db::Connection& connection,
                                    const Ledger& ledger,
                                    std::vector<Migration> files,
                                    const std::string& to) {
  Sort(files);
  RefuseTwins(files);
  if (!to.empty()) RequireAmong(files, to);
  std::vector<bool> complete(files.size(), false);
  if (ledger.Open(connection)) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      complete[i] = IsComplete(connection, ledger, files[i]);
    }
  }
  RefuseOutOfOrder(files, complete);
  std::vector<Migration> pending;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool last = files[i].id == to;
    if (!complete[i]) pending.push_back(std::move(files[i]));
    if (last) break;
  }
  return pending;
}

std::vector<std::string> ActiveFiles(db::Connection& connection,
                                     const Ledger& ledger) {
  if (!ledger.Open(connection)) return {};
  const auto active = ledger.Active(connection);
  if (!active) return {};
  std::vector<std::string> ids = ledger.Folded(connection, active->id);
  ids.push_back(active->id);
  return ids;
}

}  // namespace segue::engine
