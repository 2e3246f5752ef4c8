#include "ops/claims.h"

#include <fmt/format.h>

#include <utility>

#include "segue/error.h"

namespace segue::ops {
namespace {

// What is only read may be read again, and may go once the reader is done:
// contract steps run in the order of the operations. An index is built when
// the columns are filled, over what stays of them.
bool GoTogether(Use earlier, Use later) {
  if (later == Use::kIndexes) {
    return earlier != Use::kDrops && earlier != Use::kCopies;
  }
  if (earlier == Use::kIndexes) return later == Use::kReads;
  return earlier == Use::kReads &&
         (later == Use::kReads || later == Use::kDrops);
}

const char* Verb(Use use) {
  switch (use) {
    case Use::kReads:
    case Use::kIndexes:
      return "used";
    case Use::kDrops:
      return "dropped";
    case Use::kChanges:
    case Use::kCopies:
      return "changed";
  }
  return "used";
}

}  // namespace

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
    if (GoTogether(earlier.use, claim.use)) continue;
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': {} '{}' is already {} by an "
                            "earlier {} of this migration",
                            claim.operation, claim.table, claim.kind,
                            claim.name, Verb(earlier.use), earlier.operation))
        .WithHint("split it into two migrations");
  }
  claims_.push_back(std::move(claim));
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

}  // namespace segue::ops
