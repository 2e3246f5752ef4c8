// SQL for a table and its hidden copy (plan::TableMotion): the triggers that
// carry each write over, and the walks that fill and check the copy.
#pragma once

#include <vector>

#include "db/language.h"
#include "plan/motion.h"
#include "plan/planned.h"

namespace segue::postgres {

// These throw kRefused for a table that triggers cannot follow.
PlannedAction CreateCopySync(const plan::TableMotion& motion,
                             const db::RenderContext& context);
PlannedAction DropCopySync(const plan::TableMotion& motion,
                           const db::RenderContext& context);

PlannedAction FillCopy(const plan::TableMotion& motion);
PlannedAction VerifyCopy(const plan::TableMotion& motion);
// Returns the statements that install and remove these triggers.
std::vector<Statement> CopySyncSql(const plan::TableMotion& motion,
                                   const db::RenderContext& context);
std::vector<Statement> DropCopySyncSql(const plan::TableMotion& motion);
MotionSql CopySql(const plan::TableMotion& motion,
                  const db::RenderContext& context);

}  // namespace segue::postgres
