// The states of all actions of a migration, read at once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "ledger/ledger.h"

namespace segue::engine {

class ActionStates {
 public:
  // Reads them with one statement, which joins an open transaction.
  ActionStates(db::Connection& connection, const Ledger& ledger,
               const std::string& id);

  ActionState Of(std::size_t step, std::size_t action) const {
    return At(step, static_cast<int>(action));
  }
  ActionState OfStep(std::size_t step) const { return At(step, kWholeStep); }

 private:
  ActionState At(std::size_t step, int action) const;

  std::map<std::pair<int, int>, ActionState> states_;
};

}  // namespace segue::engine
