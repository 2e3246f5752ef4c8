#include "engine/gate/keeper.h"

#include <algorithm>

#include "base/text.h"

namespace segue::engine {
namespace {

// Some of the hints are also those of errors that the contract itself ends
// with.
std::string HintOf(const std::vector<std::string>& hints) {
  const std::string end = "; nothing was contracted";
  const std::string hint = base::Join(hints, "; ");
  return hint.ends_with(end) ? hint : hint + end;
}

constexpr const char* kPasses = "pass";
constexpr const char* kForced = "forced";

std::string VerdictOn(const GateItem& item) {
  if (item.state == GateState::kPass) return kPasses;
  if (item.accepted) return "unknown and accepted";
  return item.refuses() ? kForced : "not watched";
}

}  // namespace

void GateKeeper::Require(const std::vector<GateTime>& times) {
  Require([&](const GateEntry& entry) {
    return std::count(times.begin(), times.end(), entry.time) > 0;
  });
}

void GateKeeper::RequireBeforeDrop() {
  Require([](const GateEntry& entry) { return entry.before_drop; });
}

void GateKeeper::Require(const std::function<bool(const GateEntry&)>& asked) {
  std::vector<std::string> texts;
  std::vector<std::string> hints;
  std::vector<std::string> forced;
  ErrorKind kind = ErrorKind::kRefused;
  for (const GateEntry& entry : GateEntries()) {
    if (!asked(entry)) continue;
    const std::optional<GateItem> item = AskItem(gate_, entry);
    if (!item) continue;
    std::string& verdict = verdicts_[item->name];
    const bool known = verdict == kForced;
    verdict = VerdictOn(*item);
    if (!item->refuses()) continue;
    const bool forcible = entry.forcible || gate_.sealed;
    if (item->state == GateState::kFail && forcible && !reason_.empty()) {
      if (!known) forced.push_back(item->Text());
      continue;
    }
    if (texts.empty()) kind = item->refusal;
    texts.push_back(item->Text());
    hints.push_back(item->hint);
  }
  if (!texts.empty()) {
    throw Error(kind, base::Join(texts, "; ")).WithHint(HintOf(hints));
  }
  if (forced.empty()) return;
  transitions_.InLedger([&] {
    for (const std::string& text : forced) {
      transitions_.AddEvent(EventKind::kForced, reason_ + " (" + text + ")");
    }
  });
}

void GateKeeper::Record() {
  std::map<std::string, std::vector<std::string>> names;
  for (const GateEntry& entry : GateEntries()) {
    const auto found = verdicts_.find(entry.name);
    if (found != verdicts_.end()) names[found->second].push_back(entry.name);
  }
  std::vector<std::string> parts;
  for (const auto& [verdict, items] : names) {
    parts.push_back(verdict + ": " + base::Join(items, ", "));
  }
  transitions_.InLedger([&] {
    transitions_.AddEvent(EventKind::kNote, "Gate: " + base::Join(parts, "; "));
  });
}

}  // namespace segue::engine
