// An operation that keeps what its file says, so that operations of one
// migration can be told apart and made into one; see combine.h.
#pragma once

#include <utility>

#include "planning/operation.h"

namespace segue::ops {

template <class Spec>
class WithSpec : public Operation {
 public:
  const Spec& spec() const { return spec_; }

 protected:
  explicit WithSpec(Spec spec) : spec_(std::move(spec)) {}

  Spec spec_;
};

// Returns what the file says when the operation is of this kind, else nullptr.
template <class Spec>
const Spec* SpecOf(const Operation& operation) {
  const auto* found = dynamic_cast<const WithSpec<Spec>*>(&operation);
  return found == nullptr ? nullptr : &found->spec();
}

}  // namespace segue::ops
