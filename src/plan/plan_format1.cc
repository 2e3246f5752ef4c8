#include "plan/plan_format1.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

namespace segue::plan {
namespace {

using Json = nlohmann::ordered_json;

// The key and its bounds, which all walks except some fills had in common.
Json Order(const Json& motion) {
  Json walk = Json::object();
  for (const char* key :
       {"table", "key_columns", "next_bound", "cuts", "estimated_rows"}) {
    if (motion.contains(key)) walk[key] = motion.at(key);
  }
  return walk;
}

Json Walk(const Json& motion, const char* statement, bool writes) {
  Json walk = Order(motion);
  walk["statement"] = motion.at(statement);
  walk["writes"] = writes;
  return walk;
}

// The fill may have had another order than the other walks.
Json Fill(const Json& motion) {
  Json walk = Walk(motion, "fill", true);
  if (motion.contains("fill_next_bound")) {
    walk["next_bound"] = motion.at("fill_next_bound");
    walk.erase("cuts");
    if (motion.contains("fill_cuts")) walk["cuts"] = motion.at("fill_cuts");
  }
  if (motion.contains("fill_marking")) {
    walk["when_refused"] = motion.at("fill_marking");
  }
  if (motion.contains("fill_share")) {
    walk["share"] = motion.at("fill_share");
    walk["shares"] = motion.value("shares", 1);
  }
  return walk;
}

Json Motion(const Json& old) {
  Json motion = {{"name", old.at("name")}};
  for (const char* key : {"table", "count_left", "reclaim", "after_fill"}) {
    if (old.contains(key)) motion[key] = old.at(key);
  }
  if (old.contains("fill")) motion["fill"] = Fill(old);
  for (const char* key : {"repair", "settle", "retreat"}) {
    if (old.contains(key)) motion[key] = Walk(old, key, true);
  }
  for (const char* key : {"verify", "marked", "both_given"}) {
    if (!old.contains(key)) continue;
    motion[key] = Json::array();
    motion[key].push_back(Walk(old, key, false));
  }
  return motion;
}

void KeepOnce(Json& motions, Json motion) {
  for (const Json& known : motions) {
    if (known.at("name") == motion.at("name")) return;
  }
  motions.push_back(std::move(motion));
}

// In this format, the verification of the contract checked that no row is
// marked.
void UpgradeAction(Json& action, bool contracting, Json& motions) {
  if (contracting && action.at("kind") == "verify") {
    action["kind"] = "verify_unmarked";
  }
  if (!action.contains("motion")) return;
  const Json motion = action.at("motion");
  action["motion"] = motion.at("name");
  // In this format, such a verification stood in the place of the motion's own
  // one.
  if (action.at("kind") != "verify_unmarked") KeepOnce(motions, Motion(motion));
}

void NumberUnits(Json& actions) {
  int unit = 0;
  bool open = false;
  for (Json& action : actions) {
    const bool fits =
        action.at("kind") == "schema" && action.at("transactional").get<bool>();
    if (!fits || !open) ++unit;
    action["unit"] = unit;
    open = fits;
  }
}

}  // namespace

void UpgradeFromFormat1(Json& plan) {
  Json motions = Json::array();
  for (Json& step : plan.at("steps")) {
    const bool contracting = step.at("phase") == "CONTRACTING";
    if (contracting) step["stage"] = "drop";
    for (Json& action : step.at("actions")) {
      UpgradeAction(action, contracting, motions);
    }
    NumberUnits(step.at("actions"));
  }
  if (!motions.empty()) plan["motions"] = std::move(motions);
}

int StrengthOf(std::string_view lock_mode) {
  constexpr std::array<std::string_view, 8> kFromTheWeakest = {
      "ACCESS SHARE",  "ROW SHARE",
      "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
      "SHARE",         "SHARE ROW EXCLUSIVE",
      "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
  const auto* found =
      std::find(kFromTheWeakest.begin(), kFromTheWeakest.end(), lock_mode);
  return found == kFromTheWeakest.end()
             ? 0
             : static_cast<int>(found - kFromTheWeakest.begin()) + 1;
}

}  // namespace segue::plan
