// The requests to the runner of a migration, and the pace at which the runner
// lets rows be moved.
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
  double pace = 1;  // the requested share of the full pace
  std::string by;   // who made the request
  // The share of the full pace at which the runner lets rows be moved.
  double allowed = 1;
  std::string reason;  // one of a closed set; empty: full pace
  std::string message;
};

// Keeps the control row for a moment, because reading it before each of many
// short chunks would take a good part of their time.
class RecentControl {
 public:
  // Returns the control row. Calls `load` when no row is known, or only an old
  // one.
  const Control& Get(const std::function<Control()>& load);
  void Forget() { known_.reset(); }

 private:
  std::optional<Control> known_;
  std::chrono::steady_clock::time_point since_;
};

// The control rows of a schema. All methods run on the given connection and
// join its open transaction.
class Controls {
 public:
  // `ledger` must outlive this object.
  explicit Controls(const Ledger& ledger) : ledger_(ledger) {}

  Control Load(db::Connection& connection) const;
  // Writes the requests; what the runner allows stays.
  void Ask(db::Connection& connection, const Control& control) const;
  // Writes what the runner allows; the requests stay.
  void Allow(db::Connection& connection, const Control& control) const;

 private:
  const Ledger& ledger_;
};

}  // namespace segue::engine
