// A table and its hidden copy (plan::TableMotion): the triggers that carry each
// write over, and the walks that fill and check the copy.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"

namespace segue::sqlite {

// Replace those there are. Throw kRefused where a write could go unseen by
// every trigger.
std::vector<Statement> CreateCopyTriggers(const plan::TableMotion& motion);
std::vector<Statement> DropCopyTriggers(const plan::TableMotion& motion);
// A condition: are the triggers there?
std::string CopyTriggersExist(const plan::TableMotion& motion);

// A condition over a row of the source: the copy has no row of its key.
std::string MissingInCopy(const plan::TableMotion& motion);
MotionSql CopySql(const plan::TableMotion& motion);

}  // namespace segue::sqlite
