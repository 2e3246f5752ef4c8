// segue history: what was done, oldest first.
#include <cstdint>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/terminal.h"

namespace segue::cli {

namespace {

void KeepNewest(std::vector<HistoryEntry>& entries, std::int64_t limit) {
  const auto size = static_cast<std::int64_t>(entries.size());
  if (size > limit) {
    entries.erase(entries.begin(), entries.begin() + (size - limit));
  }
}

std::string Text(const std::vector<HistoryEntry>& entries) {
  if (entries.empty()) return "No migration has been started here.\n";
  TextTable table({"TIME", "MIGRATION", "PHASE", "MESSAGE"});
  for (const HistoryEntry& entry : entries) {
    table.Add({entry.time, entry.migration, std::string(ToString(entry.kind)),
               entry.message});
  }
  return table.ToString();
}

}  // namespace

int RunHistory(const Context& context) {
  const std::string limit = context.arguments.Value("--limit");
  const std::int64_t count = limit.empty() ? -1 : ParseCount("--limit", limit);
  Session session(context);
  std::vector<HistoryEntry> entries = session.migrator().History();
  if (count >= 0) KeepNewest(entries, count);
  if (context.json()) {
    context.around.out << HistoryJson(entries) << "\n";
  } else {
    context.around.out << Text(entries);
  }
  return 0;
}

}  // namespace segue::cli
