// SQL for a table and its hidden copy (plan::TableMotion): the triggers that
// carry each write over, and the walks that fill and check the copy.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"

namespace segue::sqlite {

// These return the statements that install the triggers in place of existing
// ones, and that remove them. They throw kRefused when a write could pass
// unseen by every trigger.
std::vector<Statement> CreateCopyTriggers(const plan::TableMotion& motion);
std::vector<Statement> DropCopyTriggers(const plan::TableMotion& motion);
// Returns a condition that is true when the triggers exist.
std::string CopyTriggersExist(const plan::TableMotion& motion);

// Returns a condition over a row of the source, which is true when the copy has
// no row of its key.
std::string MissingInCopy(const plan::TableMotion& motion);
MotionSql CopySql(const plan::TableMotion& motion);

}  // namespace segue::sqlite
