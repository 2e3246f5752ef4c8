#include "planning/replica_identity.h"

#include <fmt/format.h>

#include "base/text.h"

namespace segue::ops {

void RefuseLostIdentity(const TableWork& work, const std::string& object,
                        const std::string& identity) {
  const db::Answer& answer =
      work.context().Ask(db::PublishedQuestion{work.live().name});
  if (answer.names.empty()) return;
  throw work
      .Refused(object, fmt::format("{} would go, and the table is published "
                                   "({}), so that the database would take no "
                                   "UPDATE and no DELETE of it",
                                   identity, base::Join(answer.names, ", ")))
      .WithHint(
          "give it another replica identity first (set_replica_identity), "
          "in a migration of its own");
}

}  // namespace segue::ops
