// The keys of drop_column (* is required): table*, column*, down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/motion.h"
#include "planning/operation.h"

namespace segue::ops {

struct DropColumnSpec {
  std::string table;
  std::string column;
  std::string down;  // empty: none
  // The operation of which the drop is a part, for messages.
  std::string operation = "drop_column";
  // The motion that carries the values to another table, and with an undo
  // window back to the column once it is put aside.
  std::optional<plan::MotionId> carrier = {};
};

NewOperation MakeDropColumn(DropColumnSpec spec);
// Returns the descriptions of the steps of a drop, after `texts`.
std::vector<std::string> DropColumnTexts(const DropColumnSpec& spec,
                                         std::vector<std::string> texts);
NewOperation ParseDropColumn(const base::Node& body);

}  // namespace segue::ops
