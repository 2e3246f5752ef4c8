#include "planning/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "segue/error.h"

namespace segue::ops {
namespace {

// The database keeps what it has over a column with the column, whatever the
// column is called.
bool IsKept(Use use) { return use == Use::kIndexes || use == Use::kConstrains; }

// A column that is only read may be read by others too, and may be dropped once
// the readers are done, because the steps of the contract run in the order of
// the operations. An index is built once the columns are filled, over the
// columns that stay.
bool GoTogether(Use earlier, Use later) {
  if (later == Use::kIndexes) {
    return earlier != Use::kDrops && earlier != Use::kCopies;
  }
  if (earlier == Use::kRelabels || earlier == Use::kAdds) {
    return later == Use::kConstrains;
  }
  if (later == Use::kRelabels) return IsKept(earlier);
  const bool reads = later == Use::kReads || later == Use::kConstrains;
  if (earlier == Use::kIndexes) return reads;
  return (earlier == Use::kReads || earlier == Use::kConstrains) &&
         (reads || later == Use::kDrops);
}

const char* Verb(Use use) {
  switch (use) {
    case Use::kReads:
    case Use::kIndexes:
    case Use::kConstrains:
      return "used";
    case Use::kDrops:
      return "dropped";
    case Use::kAdds:
      return "added";
    case Use::kRelabels:
    case Use::kChanges:
    case Use::kCopies:
      return "changed";
  }
  return "used";
}

// A table that nobody uses yet needs no protected change: whatever else it
// should have can be written where the table is created.
constexpr std::array<std::string_view, 4> kOnCreated = {
    "add_column", "create_index", "create_constraint", "set_replica_identity"};

// These operations neither drop a column of the table nor give it another
// column's name while the view exists.
constexpr std::array<std::string_view, 7> kWithAlias = {
    "add_column",          "drop_column",       "create_index",
    "drop_index",          "create_constraint", "rename_constraint",
    "set_replica_identity"};

bool Contains(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool GoesWithAlias(const std::string& operation) {
  return Contains(kWithAlias, operation);
}

void Claims::Begin(const std::string& operation) {
  operation_ = operation;
  ++number_;
}

void Claims::TakeColumn(const std::string& table, const std::string& column,
                        Use use) {
  Take({table, "column", column, use, operation_, number_});
}

void Claims::TakeIndex(const std::string& table, const std::string& index,
                       Use use) {
  Take({table, "index", index, use, operation_, number_});
}

void Claims::TakeConstraint(const std::string& table,
                            const std::string& constraint) {
  Take({table, "constraint", constraint, Use::kChanges, operation_, number_});
}

void Claims::Take(Claim claim) {
  for (const Claim& earlier : claims_) {
    const bool same = earlier.table == claim.table &&
                      earlier.kind == claim.kind && earlier.name == claim.name;
    if (!same || earlier.number == claim.number) continue;
    // A rename copies an index, and needs the original for that only.
    const bool copied = claim.kind == "index" && earlier.use == Use::kDrops &&
                        claim.use == Use::kReads;
    if (copied || GoTogether(earlier.use, claim.use)) continue;
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': {} '{}' is already {} by an "
                            "earlier {} of this migration",
                            claim.operation, claim.table, claim.kind,
                            claim.name, Verb(earlier.use), earlier.operation))
        .WithHint("split it into two migrations");
  }
  claims_.push_back(std::move(claim));
}

bool Claims::IsTaken(const std::string& table, const std::string& column,
                     Use use) const {
  return std::any_of(claims_.begin(), claims_.end(), [&](const Claim& claim) {
    return claim.kind == "column" && claim.table == table &&
           claim.name == column && claim.use == use;
  });
}

std::vector<std::string> Claims::Columns(const std::string& table) const {
  std::vector<std::string> names;
  for (const Claim& claim : claims_) {
    if (claim.table == table && claim.kind == "column") {
      names.push_back(claim.name);
    }
  }
  return names;
}

const schema::Table& Claims::Live(const schema::Table& now) {
  return live_.try_emplace(now.name.name, now).first->second;
}

void Claims::DecideFate(const schema::TableName& table, TableFate fate,
                        const std::string& to) {
  fates_.insert_or_assign(table.name, Decision{table, fate, to});
}

std::vector<schema::TableName> Claims::Dropped() const {
  std::vector<schema::TableName> dropped;
  for (const auto& [name, decision] : fates_) {
    if (decision.fate == TableFate::kDropped) dropped.push_back(decision.table);
  }
  return dropped;
}

bool Claims::HasFate(const std::string& table, TableFate fate) const {
  const auto found = fates_.find(table);
  return found != fates_.end() && found->second.fate == fate;
}

void Claims::RequireReachable(const std::string& operation,
                              const std::string& shown) const {
  const auto found = fates_.find(shown);
  if (found == fates_.end() || found->second.fate == TableFate::kCreated ||
      found->second.fate == TableFate::kRebuilt) {
    return;
  }
  const bool dropped = found->second.fate == TableFate::kDropped;
  Error error(
      ErrorKind::kRefused,
      fmt::format("{} on table '{}': an earlier {} of this migration "
                  "{}",
                  operation, shown, dropped ? "drop_table" : "rename_table",
                  dropped ? "drops it"
                          : fmt::format("calls it '{}'", found->second.to)));
  error.WithHint(dropped ? "put it into a migration of its own"
                         : "use the new name");
  throw error;
}

void Claims::WorkOn(const std::string& operation, const std::string& table,
                    bool in_place) {
  if (HasFate(table, TableFate::kCreated) && !Contains(kOnCreated, operation)) {
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': this migration creates the "
                            "table",
                            operation, table))
        .WithHint("put it into the create_table");
  }
  if (HasFate(table, TableFate::kRebuilt)) {
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': an earlier operation of this "
                            "migration lets a copy take its place",
                            operation, table))
        .WithHint("split it into two migrations");
  }
  const bool aliased = in_place && HasFate(table, TableFate::kRenamed);
  if (aliased && !GoesWithAlias(operation)) {
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': this migration renames the "
                            "table, and the view that has the new name until "
                            "the contract holds on to its columns",
                            operation, fates_.at(table).to))
        .WithHint(
            "put it into a migration of its own, or use 'access: "
            "versioned'");
  }
  workers_[table].push_back(operation);
}

std::vector<std::string> Claims::Workers(const std::string& table) const {
  const auto found = workers_.find(table);
  return found == workers_.end() ? std::vector<std::string>{} : found->second;
}

}  // namespace segue::ops
