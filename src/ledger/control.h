// What is asked of whoever runs the migration, and how fast it lets rows be
// moved.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "ledger/ledger.h"

namespace segue::engine {

struct Control {
  bool pause = false;
  bool cancel = false;
  double pace = 1;  // asked for, of the full pace
  std::string by;   // who asked
  // How fast whoever runs the migration lets rows be moved, and why.
  double allowed = 1;
  std::string reason;  // of the closed set; empty at full pace
  std::string message;
};

// What the control row said a moment ago: to ask before each of many short
// chunks would cost a good part of what they take.
class RecentControl {
 public:
  // Calls `load` where nothing is known, or not from just now.
  const Control& Get(const std::function<Control()>& load);
  void Forget() { known_.reset(); }

 private:
  std::optional<Control> known_;
  std::chrono::steady_clock::time_point since_;
};

// The rows of a schema that say so. All calls run on the connection given and
// join its open transaction.
class Controls {
 public:
  // `ledger` must outlive it.
  explicit Controls(const Ledger& ledger) : ledger_(ledger) {}

  Control Load(db::Connection& connection) const;
  // What was asked for; what is allowed stays.
  void Ask(db::Connection& connection, const Control& control) const;
  // What is allowed; what was asked for stays.
  void Allow(db::Connection& connection, const Control& control) const;

 private:
  const Ledger& ledger_;
};

}  // namespace segue::engine
