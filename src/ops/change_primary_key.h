// The keys of change_primary_key (* is required): table*, column*, type*, up,
// down, negative_ids. The columns that refer to the column change with it.
#pragma once

#include "planning/key_change.h"
#include "planning/operation.h"

namespace segue::ops {

// `spec.operation` is set here.
NewOperation MakeChangePrimaryKey(KeyChangeSpec spec);
NewOperation ParseChangePrimaryKey(const base::Node& body);

}  // namespace segue::ops
