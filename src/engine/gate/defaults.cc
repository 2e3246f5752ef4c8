#include "engine/gate/items.h"
#include "engine/missing.h"

namespace segue::engine {

std::optional<GateAnswer> AskDefaults(const GateContext& gate) {
  return FailsOver(SetDefaults(gate.context, gate.row),
                   "rows may have a default in place of the value that was "
                   "written:",
                   "look at the rows that were written since");
}

}  // namespace segue::engine
