// The steps that motions put around what else an operation does to their
// columns.
#pragma once

namespace segue::ops {

// Each is called once, in this order.
class MotionSteps {
 public:
  virtual ~MotionSteps() = default;
  virtual void Expand() = 0;
  virtual void Migrate() = 0;
  virtual void Contract() = 0;
};

}  // namespace segue::ops
