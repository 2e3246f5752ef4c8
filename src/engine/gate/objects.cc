#include "engine/gate/items.h"
#include "engine/missing.h"

namespace segue::engine {

std::optional<GateAnswer> AskObjects(const GateContext& gate) {
  try {
    RequireWhole(gate.context, gate.row);
  } catch (const Error& error) {
    return FailsWith(error);
  }
  return GateAnswer{};
}

}  // namespace segue::engine
