// segue history: prints the history, oldest entries first.
#include <cstdint>

#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/lists.h"

namespace segue::cli {

namespace {

void KeepNewest(std::vector<HistoryEntry>& entries, std::int64_t limit) {
  const auto size = static_cast<std::int64_t>(entries.size());
  if (size > limit) {
    entries.erase(entries.begin(), entries.begin() + (size - limit));
  }
}

}  // namespace

int RunHistory(const Context& context) {
  const std::string limit = context.arguments.Value("--limit");
  const std::int64_t count = limit.empty() ? -1 : ParseCount("--limit", limit);
  Session session(context);
  std::vector<HistoryEntry> entries = session.migrator().History();
  if (count >= 0) KeepNewest(entries, count);
  if (context.json()) {
    context.around.out << report::HistoryJson(entries) << "\n";
  } else {
    context.around.out << report::HistoryText(entries);
  }
  return 0;
}

}  // namespace segue::cli
