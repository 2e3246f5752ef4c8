// What has to be done on the subscribers of published tables while a migration
// runs on the publisher.
#pragma once

#include <string>
#include <vector>

namespace segue {

// Statements for a subscriber that belong together, in their order, and the
// time at which they have to run there. They run in one transaction.
struct SubscriberPart {
  std::string name;  // "before start", "at complete": stable, for programs
  std::string when;  // for people: when to run it, and what to mind
  std::vector<std::string> sql;
};

}  // namespace segue
