// The steps of motions around the other work of an operation on their columns.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// The methods are called once each, in this order.
class MotionSteps {
 public:
  virtual ~MotionSteps() = default;
  virtual void Expand() = 0;
  virtual void Migrate() = 0;
  virtual void Contract() = 0;
  // Returns the place in which the new columns take the old ones' places.
  virtual Place Switch() const = 0;
};

}  // namespace segue::ops
