// The steps of motions around the other work of an operation on their columns.
#pragma once

namespace segue::ops {

// The methods are called once each, in this order.
class MotionSteps {
 public:
  virtual ~MotionSteps() = default;
  virtual void Expand() = 0;
  virtual void Migrate() = 0;
  virtual void Contract() = 0;
};

}  // namespace segue::ops
