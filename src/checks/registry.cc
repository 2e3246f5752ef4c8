#include <algorithm>
#include <iterator>
#include <type_traits>
#include <variant>

#include "checks/check.h"
#include "checks/hazards.h"
#include "checks/ownership.h"
#include "checks/row_security.h"
#include "checks/subscribed_tables.h"
#include "checks/unknown_facts.h"
#include "checks/unproven_constraints.h"
#include "checks/user_triggers.h"

namespace segue::checks {
namespace {

// Returns the table that an action concerns; empty for an action on a whole
// schema.
std::string TableOf(const plan::Action& action, const plan::Motions& motions) {
  return std::visit(
      [&](const auto& value) -> std::string {
        using T = std::decay_t<decltype(value)>;
        if constexpr (requires { value.motion; }) {
          return plan::TableOf(motions.At(value.motion)).name;
        } else if constexpr (requires { value.motions; }) {
          return plan::TableOf(motions.At(value.motions.at(0))).name;
        } else if constexpr (requires { value.table.name.name; }) {
          return value.table.name.name;
        } else if constexpr (requires { value.table; }) {
          return value.table.name;
        } else if constexpr (requires { value.from.name; }) {
          return value.from.name;
        } else if constexpr (requires { value.view.base().name; }) {
          return value.view.base().name;
        } else if constexpr (std::is_same_v<T, plan::RepointViews>) {
          return value.views.front().before.base().name;
        } else {
          static_assert(std::is_same_v<T, plan::PublishVersion> ||
                        std::is_same_v<T, plan::SealVersion> ||
                        std::is_same_v<T, plan::RetireVersion> ||
                        std::is_same_v<T, plan::LockTables> ||
                        std::is_same_v<T, plan::RawSql>);
          return {};
        }
      },
      action);
}

template <typename Predicate>
std::vector<FoundTable> Tables(const CheckContext& context, Predicate wanted) {
  std::vector<FoundTable> tables;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      if (!wanted(action)) continue;
      const schema::Table* table =
          context.schema.FindTable(TableOf(action, context.motions));
      const bool known =
          std::any_of(tables.begin(), tables.end(),
                      [&](const auto& one) { return one.table == table; });
      if (table != nullptr && !known) tables.push_back({table, step.source});
    }
  }
  return tables;
}

}  // namespace

const std::vector<CheckEntry>& Registry() {
  static const std::vector<CheckEntry> kRegistry = {
      {"ownership", CheckOwnership},
      {"row-security", CheckRowSecurity},
      {"unknown-facts", CheckUnknownFacts},
      {"unproven-constraints", CheckUnprovenConstraints},
      {"user-triggers", CheckUserTriggers},
      {"subscribed-tables", CheckSubscribedTables},
      {"hazards", CheckHazards},
  };
  return kRegistry;
}

std::vector<Finding> RunAll(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const CheckEntry& entry : Registry()) {
    std::vector<Finding> found = entry.run(context);
    std::move(found.begin(), found.end(), std::back_inserter(findings));
  }
  return findings;
}

std::vector<FoundTable> TouchedTables(const CheckContext& context) {
  return Tables(context, [](const plan::Action&) { return true; });
}

std::vector<FoundTable> ReshapedTables(const CheckContext& context) {
  return Tables(context, [](const plan::Action& action) {
    return std::holds_alternative<plan::AddColumn>(action) ||
           std::holds_alternative<plan::RenameColumn>(action) ||
           std::holds_alternative<plan::DropColumn>(action) ||
           std::holds_alternative<plan::RenameTable>(action) ||
           std::holds_alternative<plan::DropTable>(action);
  });
}

std::vector<FoundTable> MovedTables(const CheckContext& context) {
  return Tables(context, [](const plan::Action& action) {
    return std::holds_alternative<plan::Backfill>(action);
  });
}

}  // namespace segue::checks
