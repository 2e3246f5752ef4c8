// Asks the items of the gate for a contract, refuses it over them, and records
// what they have answered.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/gate/item.h"
#include "engine/transitions.h"

namespace segue::engine {

class GateKeeper {
 public:
  // What the context refers to, and the transitions, must outlive the keeper.
  // An empty reason forces nothing.
  GateKeeper(GateContext gate, Transitions& transitions, std::string reason)
      : gate_(gate), transitions_(transitions), reason_(std::move(reason)) {}

  // Asks the items that have one of these times. Throws an error of the first
  // one's kind that names each item which fails, or is unknown and was not
  // accepted, unless a reason is given and allowed for each. The history keeps
  // that reason.
  void Require(const std::vector<GateTime>& times);
  // Asks the items that count before the drop of a sealed contract, as Require
  // does.
  void RequireBeforeDrop();
  // Records which items have passed, and over which the contract goes on all
  // the same.
  void Record();

 private:
  void Require(const std::function<bool(const GateEntry&)>& asked);

  GateContext gate_;
  Transitions& transitions_;
  std::string reason_;
  std::map<std::string, std::string> verdicts_;  // by the name of the item
};

}  // namespace segue::engine
