#include "engine/plan_change.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using Names = std::set<std::string>;

// How a query plan reads one of its tables.
struct Reading {
  Names indexes;
  std::string whole;  // the method of a full read; empty: no full read
  std::vector<TableAccess> all;
};

Reading ReadingOf(const QueryPlan& plan, const std::string& table) {
  Reading reading;
  for (const TableAccess& access : plan.accesses) {
    if (access.table != table) continue;
    reading.all.push_back(access);
    if (access.index.empty()) {
      reading.whole = access.method;
    } else {
      reading.indexes.insert(access.index);
    }
  }
  return reading;
}

std::string NotIn(const Names& names, const Names& others) {
  std::vector<std::string> left;
  std::set_difference(names.begin(), names.end(), others.begin(), others.end(),
                      std::back_inserter(left));
  return base::Join(left, ", ");
}

std::string Methods(const Reading& reading) {
  std::vector<std::string> methods;
  for (const TableAccess& access : reading.all) {
    methods.push_back(access.method +
                      (access.index.empty() ? "" : " of " + access.index));
  }
  return base::Join(methods, ", ");
}

// Returns an empty text when nothing has changed.
std::string ChangeOf(const std::string& table, const Reading& before,
                     const Reading& after) {
  if (before.all == after.all) return {};
  if (before.all.empty()) return "reads " + table + " now";
  if (after.all.empty()) return "no longer reads " + table;
  const std::string gained = NotIn(after.indexes, before.indexes);
  const std::string lost = NotIn(before.indexes, after.indexes);
  if (before.whole.empty() && !after.whole.empty()) {
    return "no longer uses an index: " + after.whole + " on " + table;
  }
  if (gained.empty() && !lost.empty()) return "no longer uses " + lost;
  if (!gained.empty()) {
    std::string text = "uses " + gained;
    if (!lost.empty()) return text + " instead of " + lost;
    const bool instead = !before.whole.empty() && after.whole.empty();
    return text + (instead ? " instead of a sequential scan" : " as well");
  }
  return "reads " + table + " by " + Methods(after) + " instead of " +
         Methods(before);
}

// Returns the empty text for nullopt, otherwise text from which the same number
// can be read back.
std::string CostText(const std::optional<double>& cost) {
  if (!cost) return {};
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, *cost).ptr};
}

}  // namespace

std::string Verdict(const QueryPlan& before, const QueryPlan& after) {
  if (!before.error.empty() && !after.error.empty()) {
    return "cannot be explained: " + after.error;
  }
  if (!before.error.empty()) {
    return "could not be explained before: " + before.error;
  }
  if (!after.error.empty()) {
    return "can no longer be explained: " + after.error;
  }
  Names tables;
  for (const QueryPlan* plan : {&before, &after}) {
    for (const TableAccess& access : plan->accesses) {
      tables.insert(access.table);
    }
  }
  std::vector<std::string> changes;
  for (const std::string& table : tables) {
    std::string change =
        ChangeOf(table, ReadingOf(before, table), ReadingOf(after, table));
    if (!change.empty()) changes.push_back(std::move(change));
  }
  return changes.empty() ? "unchanged" : base::Join(changes, "; ");
}

std::vector<db::Value> ToValues(const QueryPlan& plan) {
  std::vector<db::Value> values = {plan.error, CostText(plan.cost)};
  for (const TableAccess& access : plan.accesses) {
    values.insert(values.end(), {access.method, access.table, access.index});
  }
  return values;
}

QueryPlan PlanFromValues(const std::vector<db::Value>& values) {
  constexpr std::size_t kHead = 2;
  constexpr std::size_t kEach = 3;
  if (values.size() < kHead || (values.size() - kHead) % kEach != 0) {
    throw Error(ErrorKind::kCorrupt,
                "the ledger has a query's plan that cannot be read");
  }
  QueryPlan plan;
  plan.error = db::ToText(values[0]);
  const std::string cost = db::ToText(values[1]);
  if (!cost.empty()) {
    double number = 0;
    std::from_chars(cost.data(), cost.data() + cost.size(), number);
    plan.cost = number;
  }
  for (std::size_t at = kHead; at < values.size(); at += kEach) {
    plan.accesses.push_back({db::ToText(values[at]), db::ToText(values[at + 1]),
                             db::ToText(values[at + 2])});
  }
  return plan;
}

}  // namespace segue::engine
