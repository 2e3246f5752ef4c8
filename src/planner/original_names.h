// The names that tables and columns have before a migration, by those that the
// actions of its contract have given them so far.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "plan/action.h"

namespace segue::engine {

class OriginalNames {
 public:
  // Takes the action into account, if it renames something.
  void Follow(const plan::Action& action) {
    if (const auto* table = std::get_if<plan::RenameTable>(&action)) {
      Move({table->from.name, ""}, {table->to, ""});
    } else if (const auto* column = std::get_if<plan::RenameColumn>(&action)) {
      const std::string& name = column->table.name;
      Move({name, column->from}, {name, column->to});
    }
  }

  std::string OfTable(const std::string& table) const {
    return Of({table, ""}).first;
  }
  // `table` is called so now, too.
  std::string OfColumn(const std::string& table,
                       const std::string& column) const {
    return Of({table, column}).second;
  }

 private:
  using Place = std::pair<std::string, std::string>;

  // Names may be exchanged by way of a third one.
  void Move(const Place& from, const Place& to) {
    const Place origin = Of(from);
    origins_.erase(from);
    origins_[to] = origin;
  }
  Place Of(const Place& place) const {
    const auto found = origins_.find(place);
    return found == origins_.end() ? place : found->second;
  }

  std::map<Place, Place> origins_;
};

}  // namespace segue::engine
