// The keys of set_replica_identity (* is required): table*, identity*{type*,
// index}.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct SetReplicaIdentitySpec {
  std::string table;
  std::string type;   // "DEFAULT", "FULL", "NOTHING", "INDEX"
  std::string index;  // for INDEX only
};

NewOperation MakeSetReplicaIdentity(SetReplicaIdentitySpec spec);
NewOperation ParseSetReplicaIdentity(const base::Node& body);

}  // namespace segue::ops
