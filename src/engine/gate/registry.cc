#include <algorithm>

#include "base/text.h"
#include "engine/gate/item.h"
#include "engine/gate/items.h"
#include "segue/error.h"

namespace segue {

std::string_view ToString(GateState state) {
  switch (state) {
    case GateState::kPass:
      return "pass";
    case GateState::kFail:
      return "fail";
    case GateState::kUnknown:
      return "unknown";
    case GateState::kNotWatched:
      return "not watched";
  }
  throw Error(ErrorKind::kInternal, "unknown state of an item of the gate");
}

std::string GateItem::Text() const {
  return details.empty() ? message : message + " " + base::Join(details, "; ");
}

const GateItem* GateReport::refusing() const {
  const auto found =
      std::find_if(items.begin(), items.end(),
                   [](const GateItem& item) { return item.refuses(); });
  return found == items.end() ? nullptr : &*found;
}

std::vector<std::string> GateItemNames() {
  std::vector<std::string> names;
  for (const engine::GateEntry& entry : engine::GateEntries()) {
    names.emplace_back(entry.name);
  }
  return names;
}

namespace engine {

const std::vector<GateEntry>& GateEntries() {
  static const std::vector<GateEntry> kEntries = {
      {"objects", "what segue has made is as it was", AskObjects},
      {"defaults", "no default was another one for a while", AskDefaults,
       GateTime::kFirst, true},
      {"dependents",
       "what hangs on the columns that go is as it was, or follows",
       AskDependents, GateTime::kFirst, false, ErrorKind::kRefused, true},
      {"foreign_keys", "no row that stays is behind a foreign key that goes",
       AskForeignKeys},
      {"instances", "live instances run the new version", AskInstances,
       GateTime::kTwice, true, ErrorKind::kRefused, true},
      {"sessions",
       "no session is known to be of another version; others cannot be told "
       "apart",
       AskSessions, GateTime::kTwice, true, ErrorKind::kRefused, true},
      {"soak",
       "nothing has read or written through the old version for a while",
       AskSoak, GateTime::kTwice, true},
      {"statements", "no query that the server has counted names what goes",
       AskStatements, GateTime::kTwice, true},
      {"writes", "no write that both versions accept will be refused",
       AskWrites, GateTime::kTwice, true},
      {"superuser", "no application is a superuser, whom nothing shuts out",
       AskSuperuser},
      {"transactions", "no transaction reads rows as they were before",
       AskTransactions, GateTime::kFirst, true},
      {"indexes", "no query has used an index that goes", AskUsage,
       GateTime::kFirst, true, ErrorKind::kRefused, true},
      {"standby_queries", "no long query reads on a standby what changes",
       AskStandbyQueries, GateTime::kFirst, true, ErrorKind::kRefused, true},
      {"privileges", "privileges and defaults are as at the start, or follow",
       AskPrivileges, GateTime::kLast, true},
      {"rows", "old and new agree in every row", AskRows, GateTime::kLast,
       false, ErrorKind::kMismatch, true},
  };
  return kEntries;
}

GateAnswer FailsOver(std::vector<std::string> details, std::string message,
                     std::string hint) {
  if (details.empty()) return {};
  return {GateState::kFail, std::move(message), std::move(details),
          std::move(hint)};
}

GateAnswer FailsWith(const Error& error) {
  if (error.kind() != ErrorKind::kRefused) throw error;
  return {GateState::kFail, error.what(), {}, error.hint()};
}

GateAnswer NotWatched(std::string message) {
  return {GateState::kNotWatched, std::move(message), {}, ""};
}

namespace {

// Returns the option with which a contract goes on over the item all the same;
// empty when there is none.
std::string WayOver(const GateContext& gate, const GateEntry& entry,
                    const GateItem& item) {
  if (!item.refuses()) return "";
  // The drop of what is sealed loses nothing but the way back.
  if (gate.sealed && item.state == GateState::kFail) {
    return ", or run 'segue complete --drop --force --reason TEXT'";
  }
  if (item.state == GateState::kUnknown) {
    return ", or run 'segue complete --accept-unknown " + item.name + "'";
  }
  return entry.forcible ? ", or run 'segue complete --force --reason TEXT'"
                        : "";
}

}  // namespace

std::optional<GateItem> AskItem(const GateContext& gate,
                                const GateEntry& entry) {
  std::optional<GateAnswer> answer = entry.ask(gate);
  if (!answer) return std::nullopt;
  GateItem item{entry.name,
                entry.about,
                answer->state,
                std::move(answer->message),
                std::move(answer->details),
                std::move(answer->hint)};
  const auto& accepted = gate.context.options.accept_unknown;
  item.accepted = item.state == GateState::kUnknown &&
                  std::count(accepted.begin(), accepted.end(), item.name) > 0;
  item.refusal = entry.refusal;
  item.hint += WayOver(gate, entry, item);
  return item;
}

void RequireItems(const std::vector<std::string>& names) {
  const std::vector<std::string> known = GateItemNames();
  for (const std::string& name : names) {
    if (std::count(known.begin(), known.end(), name) > 0) continue;
    const std::string near = base::Nearest(name, known);
    throw Error(ErrorKind::kUsage,
                "the gate has no item '" + name + "'" +
                    (near.empty() ? "" : "; did you mean '" + near + "'?"))
        .WithHint("it has " + base::Join(known, ", "));
  }
}

}  // namespace engine
}  // namespace segue
