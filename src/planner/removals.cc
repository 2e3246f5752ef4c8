#include "planner/removals.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "planner/original_names.h"

namespace segue::engine {
namespace {

// A table, or a part of one: its name in the table.
using Part = std::pair<std::string, std::string>;

class Removals {
 public:
  explicit Removals(const schema::Schema& schema) : schema_(schema) {}

  // A seal renames what its drop takes away later.
  void Read(const plan::Action& action) {
    names_.Follow(action);
    if (const auto* gone = std::get_if<plan::DropTable>(&action)) {
      Add({names_.OfTable(gone->table.name.name), ""});
    } else if (const auto* drop = std::get_if<plan::DropColumn>(&action)) {
      if (!drop->of_ours) AddKeysOf(*drop);
    } else if (const auto* key = std::get_if<plan::DropConstraint>(&action)) {
      if (key->constraint.kind == schema::ConstraintKind::kForeignKey) {
        Add({names_.OfTable(key->table.name), key->constraint.name});
      }
    } else if (const auto* name =
                   std::get_if<plan::RenameConstraint>(&action)) {
      given_.push_back({name->table.name, name->to});
    } else if (const auto* made = std::get_if<plan::AddConstraint>(&action)) {
      given_.push_back({made->table.name, made->constraint.name});
    }
  }

  // A foreign key that a copy has taken the name of does not go, and one of a
  // table that goes is a part of that.
  std::vector<Removal> Take() {
    const auto stays = [&](const Removal& one) {
      return !one.foreign_key.empty() &&
             (std::count(given_.begin(), given_.end(),
                         Part{one.table, one.foreign_key}) > 0 ||
              std::count(all_.begin(), all_.end(), Removal{one.table, ""}) > 0);
    };
    std::vector<Removal> left;
    for (const Removal& one : all_) {
      if (!stays(one)) left.push_back(one);
    }
    return left;
  }

 private:
  void Add(Removal one) {
    if (std::count(all_.begin(), all_.end(), one) == 0) {
      all_.push_back(std::move(one));
    }
  }

  void AddKeysOf(const plan::DropColumn& drop) {
    const schema::Table* table = schema_.FindTable(drop.table.name);
    if (table == nullptr) return;
    const std::string name =
        names_.OfColumn(drop.table.name, drop.column.physical());
    for (const schema::Constraint& constraint : table->constraints) {
      const auto& over = constraint.columns;
      if (constraint.kind == schema::ConstraintKind::kForeignKey &&
          std::count(over.begin(), over.end(), name) > 0) {
        Add({drop.table.name, constraint.name});
      }
    }
  }

  const schema::Schema& schema_;
  OriginalNames names_;
  std::vector<Part> given_;  // constraints
  std::vector<Removal> all_;
};

}  // namespace

std::vector<Removal> RemovalsOf(const schema::Schema& schema,
                                const std::vector<ops::DraftStep>& steps) {
  Removals removals(schema);
  for (const ops::DraftStep& step : steps) {
    if (step.place.phase != Phase::kContracting) continue;
    for (const plan::Action& action : step.actions) removals.Read(action);
  }
  return removals.Take();
}

}  // namespace segue::engine
